"""Import and export on a catalogue: previewed first, queued as one step, never past a lock."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.document import same
from modeltui.errors import UsageError
from modeltui.services.changing.exchange import ImportFormat, ImportPlan, Options
from modeltui.services.workspace import Workspace

SHIPPED = Path(__file__).parents[3] / "catalog"


def _json(workspace: Workspace, rows: Any, **options: Any) -> ImportPlan:
    return workspace.exchange.preview("json", "rows.json", Options(**options), json.dumps(rows).encode())


def _new(slug: str, **fields: Any) -> dict[str, Any]:
    return {"key": f"chat/{slug}", "model_id": slug, "name": slug.title(), "provider": "sandbox", **fields}


def test_a_preview_says_what_would_be_and_queues_nothing(workspace: Workspace) -> None:
    plan = _json(
        workspace,
        [
            {"key": "chat/a", "active": False},
            {"key": "chat/b", "active": True},
            _new("new", cost={"currency": "USD", "base": 0.5}),
            {"key": "chat/held", "active": False},
            {"key": "chat/c", "cost": {"base": "cheap"}},
            7,
            {"name": "nobody"},
        ],
    )
    assert [(row.where, row.key) for row in plan.created] == [("row 3", "chat/new")]
    assert [(row.key, [(edit.path, edit.new) for edit in row.edits]) for row in plan.changed] == [
        ("chat/a", [(("active",), False)])
    ]
    assert [(row.key, row.reason) for row in plan.skipped] == [("chat/b", "already so")]
    assert [(row.where, row.key) for row in plan.refused] == [
        ("row 4", "chat/held"),
        ("row 5", "chat/c"),
        ("row 6", None),
        ("row 7", None),
    ]
    assert "locked by ops" in plan.refused[0].reason
    assert workspace.catalog.snapshot().plan.files == {}


def test_all_of_it_is_one_step(workspace: Workspace) -> None:
    plan = _json(workspace, [{"key": "chat/a", "active": False}, _new("new"), {"key": "chat/b", "tags": ["x"]}])
    outcome = workspace.exchange.queue(plan)
    assert set(outcome.changed) == {"chat/a", "chat/b", "chat/new"}
    assert len(outcome.snapshot.queue.done) == 1
    assert workspace.changes.undo().plan.files == {}


def test_what_was_imported_is_so_at_once_and_can_be_applied(workspace: Workspace, root: Path) -> None:
    rows = [{"key": "chat/a", "active": False}, _new("new")]
    workspace.exchange.queue(_json(workspace, rows))
    again = _json(workspace, rows)
    assert (again.is_empty, len(again.skipped)) == (True, 2)
    workspace.applying.apply("imported")
    text = (root / "models" / "chat" / "new.toml").read_text()
    assert text.startswith("schema = 1\nuid = ")
    assert "active = false   # kept" in (root / "models" / "chat" / "a.toml").read_text()


def test_a_lock_is_never_imported(workspace: Workspace) -> None:
    lock = {"locked": True, "by": "mallory"}
    plan = _json(workspace, [{"key": "chat/a", "lock": lock}, _new("new", lock=lock), {"key": "chat/held", "lock": {}}])
    assert "lock" not in plan.created[0].text
    assert [row.key for row in plan.skipped] == ["chat/a", "chat/held"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (_new("../../x"), "no key"),
        (_new("Upper"), "no key"),
        ({**_new("x"), "key": "chat"}, "no key"),
        ({**_new("x"), "key": "../chat/x"}, "content_type"),
        (_new("x", provider="nobody"), "no provider nobody"),
        (_new("x", uid="not-a-uuid"), "uid"),
        (_new("x", content_type="other"), "folder"),
        (_new("x", colour="red"), "colour"),
        (_new("x", inputs={"p": {"type": "odd"}}), "inputs.p"),
        ({"key": "chat/new"}, "missing"),
        ({"key": "chat/a", "uid": "00000000-0000-0000-0000-000000000000"}, "never changes"),
        ({"key": "chat/a", "name": None}, "name"),
        ({"key": "chat/a", "provider": "nobody"}, "no provider"),
        ({"key": "chat/a", "request": {"body": {"x": "${inputs.nothing}"}}}, "nothing"),
        ({"key": "chat/a", "description": "\ud800"}, "half a character"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_alone(row: dict[str, Any], word: str, workspace: Workspace) -> None:
    plan = _json(workspace, [row, {"key": "chat/b", "active": False}])
    assert len(plan.changed) == 1
    [refused] = plan.refused
    assert word in f"{refused.reason} {refused.hint}"


def test_rows_that_contradict_each_other_are_named(workspace: Workspace) -> None:
    rows = [{"key": "chat/a", "active": False}, {"key": "chat/a", "active": True}, {"key": "chat/a", "active": False}]
    plan = _json(workspace, [*rows, _new("x"), _new("x"), _new("y", uid=_uid(workspace, "chat/a"))])
    assert [row.where for row in plan.refused] == ["row 2", "row 5", "row 6"]
    assert [row.where for row in plan.skipped] == ["row 3"]


def test_a_refused_row_says_nothing_for_later_ones(workspace: Workspace) -> None:
    plan = _json(workspace, [{"key": "chat/a", "colour": "red"}, {"key": "chat/a", "active": False}])
    assert [row.where for row in plan.refused] == ["row 1"]
    assert [row.where for row in plan.changed] == ["row 2"]


def test_an_export_says_which_models_have_no_file_yet(workspace: Workspace) -> None:
    workspace.exchange.queue(_json(workspace, [_new("new")]))
    found = workspace.exchange.export("json", ["chat/a", "chat/new"])
    assert (found.count, found.warnings) == (1, ("1 left out: it waits to be created",))


def _uid(workspace: Workspace, key: str) -> str:
    return str(workspace.catalog.snapshot().catalog.models[key].uid)


def test_a_uid_finds_its_model(workspace: Workspace) -> None:
    plan = _json(workspace, [{"uid": _uid(workspace, "chat/b"), "active": False}, {"uid": "x", "active": False}])
    assert [row.key for row in plan.changed] == ["chat/b"]
    assert [row.where for row in plan.refused] == ["row 2"]


def test_whole_removes_what_a_row_leaves_out(workspace: Workspace) -> None:
    document = {"key": "chat/a", "model_id": "vendor/a", "name": "Model A", "provider": "sandbox"}
    assert _json(workspace, [document]).changed == ()
    [changed] = _json(workspace, [document], whole=True).changed
    assert {str(edit.path[0]) for edit in changed.edits} >= {"description", "tags", "request", "cost"}


def test_a_provider_may_be_mapped(workspace: Workspace) -> None:
    plan = _json(workspace, [_new("x", provider="Theirs")], providers={"Theirs": "sandbox"})
    assert 'provider = "sandbox"' in plan.created[0].text
    plan = _json(workspace, [_new("x", provider="Theirs")], providers={"Theirs": "nobody"})
    assert "no provider 'nobody'" in plan.refused[0].reason


def test_a_model_that_changed_since_the_preview_refuses(workspace: Workspace) -> None:
    plan = _json(workspace, [{"key": "chat/a", "active": False}, {"key": "chat/b", "active": False}])
    workspace.changes.set_active(["chat/a"], active=False)
    outcome = workspace.exchange.queue(plan)
    assert outcome.changed == ("chat/b",)
    assert "changed since the preview" in outcome.refused[0].reason


def test_a_second_default_is_warned_of(workspace: Workspace) -> None:
    assert _json(workspace, [{"key": "chat/b", "default": True}]).warnings == (
        "chat would have 2 defaults: chat/a, chat/b",
    )
    assert _json(workspace, [{"key": "chat/b", "default": True}, {"key": "chat/a", "default": False}]).warnings == ()
    assert _json(workspace, [{"key": "chat/held", "default": True}]).warnings == ()


LITELLM = {
    "sandbox/vendor/a": {
        "litellm_provider": "sandbox",
        "mode": "chat",
        "max_input_tokens": 8,
        "input_cost_per_token": 1e-6,
    },
    "vendor/held": {"litellm_provider": "sandbox", "mode": "chat", "max_input_tokens": 8},
    "vendor/new": {"litellm_provider": "sandbox", "mode": "chat"},
    "sandbox/vendor/new": {"litellm_provider": "sandbox", "mode": "chat"},
    "vendor/odd": {"litellm_provider": "sandbox", "mode": "rerank"},
    "elsewhere/x": {"litellm_provider": "elsewhere", "mode": "chat"},
}


def test_a_price_map_updates_what_is_here(workspace: Workspace) -> None:
    content = json.dumps(LITELLM).encode()
    plan = workspace.exchange.preview("litellm", "map.json", Options(), content)
    assert [row.key for row in plan.changed] == ["chat/a"]
    assert [edit.path for edit in plan.changed[0].edits] == [("limits",)]
    assert plan.warnings == ("chat/a: its price is in credits, theirs in USD; the price stays",)
    assert [row.where for row in plan.refused] == ["vendor/held"]
    assert "--provider THEIRS=OURS" in str(plan.skipped[-1].hint)
    assert plan.skipped_by_reason() == {"not in the catalogue": 3, "the catalogue has no provider elsewhere": 1}


def test_a_price_map_creates_only_where_asked(workspace: Workspace) -> None:
    content = json.dumps(LITELLM).encode()
    plan = workspace.exchange.preview("litellm", "map.json", Options(creates=True), content)
    assert [row.key for row in plan.created] == ["chat/new"]
    assert "active = false" in plan.created[0].text
    assert [row.where for row in plan.refused] == ["vendor/held", "vendor/odd"]
    workspace.exchange.queue(plan)
    again = workspace.exchange.preview("litellm", "map.json", Options(creates=True), content)
    assert again.created == ()


def test_the_shipped_catalogue_goes_through_json_and_csv(tmp_path: Path) -> None:
    def opened(name: str) -> Workspace:
        settings = Settings(
            root=str(tmp_path / name), user="alice", host="here", secret=lambda _: None, log_file=str(tmp_path / "log")
        )
        return open_workspace(settings)

    shutil.copytree(SHIPPED, tmp_path / "full", ignore=shutil.ignore_patterns(".modeltui"))
    shutil.copytree(SHIPPED, tmp_path / "empty", ignore=shutil.ignore_patterns(".modeltui", "models"))
    full = opened("full")
    documents = full.catalog.snapshot().catalog.documents
    texts: dict[ImportFormat, str] = {
        "json": full.exchange.export("json", documents).text,
        "csv": full.exchange.export("csv", documents, ["all"]).text,
    }
    for form, text in texts.items():
        same_again = full.exchange.preview(form, "x", Options(whole=True), text.encode())
        assert (len(same_again.skipped), same_again.is_empty, same_again.refused) == (len(documents), True, ())
        empty = opened("empty")
        plan = empty.exchange.preview(form, "x", Options(), text.encode())
        assert (len(plan.created), plan.refused) == (len(documents), ())
        made = empty.exchange.queue(plan).snapshot.shown.documents
        for key, document in documents.items():
            without_lock = {name: value for name, value in document.items() if name != "lock"}
            assert same(made[key], without_lock), key
        empty.changes.undo()


def test_the_real_tree_is_read_without_extracting(
    workspace: Workspace, shared_data: Path, tmp_path: Path, settings_for: Callable[[str], Settings]
) -> None:
    plan = workspace.exchange.preview(
        "models.dev", str(shared_data / "models.dev.tar.gz"), Options(providers={"xai": "sandbox"}, creates=True)
    )
    assert "chat/grok-4-3" in [row.key for row in plan.created]
    assert sum("a link" in row.reason for row in plan.refused) == 37


def test_one_object_and_a_packed_map_are_read_as_well(workspace: Workspace) -> None:
    entry = {"name": "New", "modalities": {"output": ["text"]}}
    listed = json.dumps({"sandbox": {"models": {"maker/new": entry}}}).encode()
    priced = json.dumps({"sandbox/new": {"litellm_provider": "sandbox", "mode": "chat"}}).encode()
    snapshots: tuple[tuple[ImportFormat, bytes], ...] = (("models.dev", listed), ("litellm", priced))
    for form, content in snapshots:
        for packed in (content, gzip.compress(content)):
            plan = workspace.exchange.preview(form, "x", Options(creates=True), packed)
            assert [row.key for row in plan.created] == ["chat/new"]


def test_a_model_whose_every_name_is_taken_has_a_number(workspace: Workspace) -> None:
    entries = {f"sandbox/{name}": {"litellm_provider": "sandbox", "mode": "chat"} for name in ("sandbox-a", "a", "A")}
    plan = workspace.exchange.preview("litellm", "x", Options(creates=True), json.dumps(entries).encode())
    assert plan.refused == ()
    assert [row.key for row in plan.created] == ["chat/sandbox-a", "chat/sandbox-a-2", "chat/sandbox-a-3"]


def test_csv_cells_are_read_by_their_fields(workspace: Workspace) -> None:
    content = '\ufeffkey;active;cost.base;released_on;tags;nonsense\nchat/a;FALSE;2;2026-01-31;["x"];?\nchat/b;;;;;\n'
    plan = workspace.exchange.preview("csv", "t.csv", Options(), content.encode())
    assert {edit.path: edit.new for edit in plan.changed[0].edits}.keys() == {
        ("active",),
        ("cost", "base"),
        ("released_on",),
        ("tags",),
    }
    assert [row.key for row in plan.skipped] == ["chat/b"]
    assert plan.warnings == ("column 'nonsense' is no field, and left aside",)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("csv", b""),
        ("csv", b"a,b\n"),
        ("csv", b"key,name,name\n"),
        ("csv", b"key\n\xff\n"),
        ("json", b"7"),
        ("json", b"[{]"),
        ("json", b"[" * 100_000),
    ],
)
def test_what_is_not_of_its_format_is_said_so(form: Any, content: bytes, workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        workspace.exchange.preview(form, "x", Options(), content)


def test_a_bad_line_of_a_table_is_named(workspace: Workspace) -> None:
    plan = workspace.exchange.preview(
        "csv", "x", Options(), b"key,active,tags\nchat/a,no,\nchat/b,false,[x\nchat/c,,,,\n,,x\n"
    )
    assert [row.where for row in plan.refused] == ["row 2", "row 3", "row 4", "row 5"]
