"""What `check --fix` mends, and what it leaves to a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from modeltui.domain.document import ABSENT
from modeltui.domain.rules.codes import CODES
from modeltui.domain.rules.fixes import FIXABLE, Fix, fixes_of, meant

from .conftest import catalog_of, model_file


def _fixes(**fields: Any) -> tuple[Fix, ...]:
    document = model_file("chat/a", **fields)
    catalog = catalog_of([("chat/a", document)])
    return fixes_of(catalog.models["chat/a"], document, catalog)


def _edits(**fields: Any) -> list[tuple[tuple[str | int, ...], Any, Any]]:
    return [(edit.path, edit.old, edit.new) for fix in _fixes(**fields) for edit in fix.edits]


def test_the_page_and_the_code_agree_on_what_is_fixable() -> None:
    assert {name for name, code in CODES.items() if code.fix} == FIXABLE


def test_a_good_file_has_no_fix() -> None:
    assert _fixes(active=True, tags=["a", "b"]) == ()


def test_a_misspelled_key_is_renamed() -> None:
    assert _edits(famly="Veo") == [(("famly",), "Veo", ABSENT), (("family",), ABSENT, "Veo")]
    assert [fix.finding.code for fix in _fixes(famly="Veo")] == ["unknown-key"]


def test_a_misspelled_key_of_a_nested_table_is_renamed() -> None:
    assert _edits(inputs={"prompt": {"type": "string", "max_lenght": 5, "ignored": True}}) == [
        (("inputs", "prompt", "max_lenght"), 5, ABSENT),
        (("inputs", "prompt", "max_length"), ABSENT, 5),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"famly": "Veo", "family": "Kling"},
        {"colour": "red"},
        {"deprecated": True},
        {"timng": {"estimated_seconds": 3}},
        {"x" * 61: "long"},
    ],
    ids=["the target is there", "nothing is near", "the value does not fit", "a whole table", "a long name"],
)
def test_a_key_that_is_not_clear_stays(fields: dict[str, Any]) -> None:
    assert _edits(**fields) == []


def test_two_near_names_are_not_chosen_between() -> None:
    assert meant("retires_om", ["retires_on", "retires_om2"]) is None
    assert meant("Retires-On", ["retires_on", "released_on"]) == "retires_on"
    assert meant("anything", []) is None


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("active", "true", True),
        ("active", "false", False),
        ("order", "3", 3),
        ("order", 3.0, 3),
        ("released_on", "2026-01-31", date(2026, 1, 31)),
        ("tags", "fast", ["fast"]),
    ],
)
def test_a_value_of_the_wrong_type_is_converted(name: str, wrong: Any, right: Any) -> None:
    ((path, old, new),) = _edits(**{name: wrong})
    assert (path, old) == ((name,), wrong)
    assert new == right
    assert type(new) is type(right)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("active", "yes"),
        ("active", 1),
        ("order", "03"),
        ("order", "3.5"),
        ("order", 3.5),
        ("order", "-1"),
        ("released_on", "31.1.2026"),
        ("released_on", "2026-02-31"),
        ("released_on", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("version", 3.1),
        ("name", 5),
        ("tags", 5),
        ("tags", ""),
    ],
)
def test_a_value_that_may_mean_several_things_stays(name: str, wrong: Any) -> None:
    assert _edits(**{name: wrong}) == []


def test_a_price_gets_its_quotes() -> None:
    assert _edits(cost={"currency": "credits", "base": 0.25}) == [(("cost", "base"), 0.25, "0.25")]
    assert _edits(cost={"currency": "credits", "base": 5}) == [(("cost", "base"), 5, "5")]
    assert _edits(cost={"currency": "credits", "base": 1e-7}) == []
    assert _edits(cost={"currency": "credits", "base": True}) == []


def test_a_choice_is_spelled_as_the_format_has_it() -> None:
    assert _edits(status="Active ") == [(("status",), "Active ", "active")]
    assert _edits(status="activ") == []
    assert _edits(modalities={"input": ["Text"], "output": ["text"]}) == [(("modalities", "input"), ["Text"], ["text"])]


def test_a_repeated_value_is_kept_once() -> None:
    assert _edits(tags=["a", "b", "a", "c", "b"]) == [(("tags",), ["a", "b", "a", "c", "b"], ["a", "b", "c"])]


def test_a_provider_is_spelled_as_its_file() -> None:
    assert _edits(provider="kie-ai") == [(("provider",), "kie-ai", "kie_ai")]
    assert _edits(provider="nobody") == []


def test_what_is_broken_in_a_list_of_tables_stays() -> None:
    assert _edits(rules=[{"wen": {"a": 1}}]) == []


def test_each_fix_builds_on_those_before_it() -> None:
    fixes = _fixes(actve="true", tags=["a", "a"], famly="Veo")
    assert {fix.finding.field for fix in fixes} == {"tags", "famly"}, "actve would only become another fault"
    assert _fixes(statsu="active", activ=True, status="Beta")[0].finding.field in {"status", "activ"}


def test_a_fix_leaves_no_new_finding() -> None:
    """`defualt` near `default`; a retyped enum value would make a default that is none of them."""
    assert _edits(inputs={"n": {"type": "integer", "ignored": True, "minimum": 3, "defualt": 1}}) == []


def test_a_file_of_many_faults_is_not_tried_for_ever() -> None:
    assert len(_fixes(**{f"tag{number}": ["x"] for number in range(500)})) == 0
