"""Selecting, checking, starting, and editing text without a catalogue."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.browse import orders
from modeltui.domain.browse.columns import COLUMNS
from modeltui.domain.browse.orders import Orders
from modeltui.domain.browse.sort import GiveWay, SortKey
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import OF_MODEL, Field, field_named
from modeltui.errors import BrokenFileError, QueryError, RefusedError
from modeltui.services.changing.toml_edit import edit_text
from modeltui.services.starting import init_catalog
from modeltui.services.workspace import Workspace
from modeltui.storage.guard import Folder
from modeltui.storage.limits import MAX_BYTES


def test_select_filters_and_sorts(workspace: Workspace) -> None:
    assert [model.key for model in workspace.catalog.select("-lock:yes", "-name")] == ["chat/c", "chat/b", "chat/a"]
    with pytest.raises(QueryError):
        workspace.catalog.select("nonsense:")


def test_what_was_prepared_sorts_by_every_column_of_the_rows(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [name for name in COLUMNS if _field(name).name in OF_MODEL]
    assert {"name", "key", "model_id", "uid", "order", "cost"} < set(columns)
    expected = {name: workspace.catalog.select("", name) for name in columns}
    again = replace(workspace.catalog.snapshot().catalog.models["chat/a"], order=-7)  # so that nothing is kept
    _show(workspace, again)
    workspace.catalog.prepare(["odd.path,", "cost"])
    monkeypatch.setattr(orders, "ranks_of", _refused)
    for name in columns:
        assert len(workspace.catalog.select("", name)) == len(expected[name])
    assert workspace.catalog.select("", "order")[0] is again


def test_columns_that_are_shown_are_prepared_first_and_of_the_state_of_then(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = Orders.prepare

    def noted(orders: Orders, key: SortKey, plan: Plan, give_way: GiveWay) -> None:
        made.append(key.field.name)
        real(orders, key, plan, give_way)

    monkeypatch.setattr(Orders, "prepare", noted)
    again = replace(workspace.catalog.snapshot().catalog.models["chat/a"], order=-7)
    asked: list[int] = []

    def goes_on(seconds: float) -> bool:
        assert seconds >= 0
        asked.append(len(made))
        if asked.count(2) == 1 and asked[-1] == 2:
            _show(workspace, again)
        return len(made) < 4

    workspace.catalog.prepare(["status", "limits.most", "order", "cost"], goes_on)
    assert made == ["status", "order", "cost", "lock"]
    assert asked.count(1) > 1  # also within a step
    monkeypatch.setattr(orders, "ranks_of", _refused)
    assert workspace.catalog.select("", "cost")
    with pytest.raises(AssertionError, match="made again"):
        workspace.catalog.select("", "status")


def _show(workspace: Workspace, row: Model) -> None:
    """Have a row say something else, as after its file changed."""
    current = workspace.catalog._current
    before = current.snapshot()
    rows = {**before.catalog.models, row.key: row}
    current._snapshot = replace(before, catalog=replace(before.catalog, models=rows))


def _field(name: str) -> Field:
    field = field_named(name)
    assert field is not None
    return field


def _refused(*_: object) -> Any:
    raise AssertionError("made again")


def test_check_names_the_line(workspace: Workspace, root: Path) -> None:
    path = root / "models" / "chat" / "b.toml"
    path.write_text(path.read_text().replace("estimated_seconds = 2", "estimatd_seconds = 2"))
    finding = next(each for each in workspace.catalog.check() if each.code == "unknown-key")
    assert finding.where == "models/chat/b.toml:15"
    assert "estimated_seconds" in (finding.hint or "")


def test_providers_are_known_without_their_keys(workspace: Workspace) -> None:
    [status] = workspace.providers.all()
    assert (status.id, status.models, status.is_ready) == ("sandbox", 4, True)


def test_init_makes_a_catalogue_and_never_overwrites(tmp_path: Path) -> None:
    made = Path(init_catalog(str(tmp_path / "new")))
    assert (made / "catalog.toml").is_file()
    with pytest.raises(RefusedError):
        init_catalog(str(made))


def test_init_with_the_sample(tmp_path: Path) -> None:
    made = Path(init_catalog(str(tmp_path / "new"), sample=True))
    assert len(list((made / "models").rglob("*.toml"))) >= 40
    assert not (made / ".modeltui").exists()


def test_edit_text_keeps_every_other_line() -> None:
    text = "a = 1 # one\r\n[t]\r\nb = 'x'"
    assert edit_text(text, [(("t", "b"), "y")], [("a",)]) == '[t]\r\nb = "y"'
    with pytest.raises(BrokenFileError):
        edit_text("a = \n", [])


def test_check_reads_every_file_once_and_believes_no_earlier_reading(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.catalog.snapshot()
    for path in root.glob("models/chat/*.toml"):  # as an editor might that keeps sizes and times
        stat = path.stat()
        path.write_bytes(path.read_bytes().replace(b"[timing]", b"[timinh]"))
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    asked: Counter[str] = Counter()
    read = Folder.read

    def counted(folder: Folder, path: str, *, limit: int = MAX_BYTES) -> bytes:
        asked[path] += 1
        return read(folder, path, limit=limit)

    monkeypatch.setattr(Folder, "read", counted)
    findings = [finding for finding in workspace.catalog.check() if finding.field == "timinh"]
    assert len(findings) == 4
    assert {finding.line for finding in findings} >= {14}
    others = {path: times for path, times in asked.items() if not path.startswith(("models/", ".modeltui/"))}
    assert {times for path, times in asked.items() if path.startswith("models/")} == {2}  # once more for the lines
    assert max(others.values()) <= 2
