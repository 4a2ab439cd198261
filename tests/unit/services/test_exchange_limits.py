"""What an import and the queue refuse by name: values beyond bounds, and documents that say a thing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.change import Edit
from modeltui.domain.exchange.import_plan import Changed, ImportPlan
from modeltui.domain.exchange.row import Options
from modeltui.domain.price import LONGEST, price_of
from modeltui.domain.schema.kinds import is_price
from modeltui.domain.value_size import LARGEST_FILE
from modeltui.errors import EditRefusedError, UsageError
from modeltui.services.changing.exchange import ImportFormat
from modeltui.services.workspace import Workspace
from modeltui.storage.limits import MAX_BYTES

A = "chat/a"
LARGE = 262_144


def _plan(workspace: Workspace, form: ImportFormat, content: str) -> ImportPlan:
    return workspace.exchange.preview(form, f"rows.{form}", Options(), content.encode())


@pytest.mark.parametrize("field", ["base", "minimum"])
def test_a_price_that_no_run_takes_is_refused(field: str, workspace: Workspace) -> None:
    fits, beyond = "1" * LONGEST, "1" * (LONGEST + 1)
    assert price_of(fits) == int(fits)
    assert price_of(beyond) is None
    assert (is_price(fits), is_price(beyond)) == (True, False)
    rows = [{"key": A, "cost": {field: fits}}, {"key": "chat/b", "cost": {field: beyond}}]
    plan = _plan(workspace, "json", json.dumps(rows))
    assert [row.key for row in plan.changed] == [A]
    assert f"`cost.{field}` has 41 characters, and a price at most 40" in plan.refused[0].reason


def test_a_large_value_is_refused_by_field_before_it_is_queued(workspace: Workspace) -> None:
    plan = _plan(workspace, "json", json.dumps([{"key": A, "description": "x" * 10**6}]))
    assert [row.key for row in plan.refused] == [A]
    assert "`description` takes 1,000,000 bytes" in plan.refused[0].reason
    whole = ImportPlan("import", changed=(Changed("row 1", A, (_edit(workspace, "x" * 10**6),)),))
    outcome = workspace.exchange.queue(whole)
    assert outcome.changed == ()
    assert outcome.refused[0].reason.startswith(workspace.catalog.snapshot().catalog.models[A].label)
    assert "`description`" in outcome.refused[0].reason


def test_what_is_pending_counts_for_the_size_of_the_file(workspace: Workspace) -> None:
    half = "x" * (LARGE // 2)
    first = _plan(workspace, "json", json.dumps([{"key": A, "description": half}]))
    assert workspace.exchange.queue(first).changed == (A,)
    second = _plan(workspace, "json", json.dumps([{"key": A, "name": half}]))
    outcome = workspace.exchange.queue(second)
    assert "`name` takes 131,072 bytes" in outcome.refused[0].reason
    assert workspace.applying.apply("large").files == (f"models/{A}.toml",)


def test_an_apply_that_cannot_be_names_the_model(workspace: Workspace) -> None:
    """A text that grows as it is written: each of its characters takes six bytes in the file."""
    assert LARGE == LARGEST_FILE == MAX_BYTES
    escaped = "\x01" * 60_000
    assert workspace.exchange.queue(_plan(workspace, "json", json.dumps([{"key": A, "description": escaped}]))).changed
    with pytest.raises(EditRefusedError, match=rf"^{A}: .*nothing was written"):
        workspace.applying.apply("large")


def _edit(workspace: Workspace, text: str) -> Edit:
    plan = _plan(workspace, "json", json.dumps([{"key": A, "description": "y"}]))
    return replace(plan.changed[0].edits[0], new=text)


def test_a_number_without_end_costs_only_its_row(workspace: Workspace) -> None:
    text = f'[{{"key": "{A}", "order": {"9" * 10**6}}}, {{"key": "chat/b", "order": 3}}]'
    plan = _plan(workspace, "json", text)
    assert [row.key for row in plan.changed] == ["chat/b"]
    assert [(row.where, row.key) for row in plan.refused] == [("row 1", A)]
    assert plan.refused[0].reason == "it has a number of 1,000,000 digits; 1,000 are the most"


def test_a_name_that_is_said_twice_costs_only_its_row(workspace: Workspace) -> None:
    text = f'[{{"key": "{A}", "timing": {{"x": 1, "x": 2}}}}, {{"key": "chat/b", "order": 3, "order": 4}}, '
    plan = _plan(workspace, "json", text + '{"key": "chat/c", "order": 5}]')
    assert [row.key for row in plan.changed] == ["chat/c"]
    assert [(row.key, row.reason) for row in plan.refused] == [
        (A, 'it says "x" twice'),
        ("chat/b", 'it says "order" twice'),
    ]
    assert _plan(workspace, "json", f'{{"key": "{A}", "key": "chat/b"}}').refused[0].key is None


def test_a_model_that_a_price_map_has_twice_is_refused(workspace: Workspace) -> None:
    entry = '{"litellm_provider": "sandbox", "mode": "chat"}'
    plan = _plan(workspace, "litellm", f'{{"m": {entry}, "m": {entry}, "n": {{"rpm": 1, "rpm": 2}}}}')
    assert [(row.where, row.reason) for row in plan.refused] == [
        ("m", "it is there twice"),
        ("n", 'it says "rpm" twice'),
    ]


@pytest.mark.parametrize(
    ("column", "meant"),
    [("estimated_seconds", "timing.estimated_seconds"), ("base_cost", "cost.base"), ("nmae", "name"), ("zzz", None)],
)
def test_a_column_that_is_no_field_is_told_with_what_was_meant(
    column: str, meant: str | None, workspace: Workspace
) -> None:
    plan = _plan(workspace, "csv", f"key,order,{column}\n{A},3,1\n")
    hint = f"; did you mean `{meant}`?" if meant else ""
    assert plan.warnings == (f"column {column!r} is no field, and left aside{hint}",)
    with pytest.raises(UsageError, match="no column that is a field"):
        _plan(workspace, "csv", f"key,{column}\n{A},1\n")


def test_what_is_locked_is_told_before_rows_that_mean_no_model(workspace: Workspace) -> None:
    rows: list[Any] = [7, {"key": "chat/held", "active": False}]
    plan = _plan(workspace, "json", json.dumps(rows))
    assert "locked" in plan.refused_by_reason()[0][0]
