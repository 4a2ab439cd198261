"""Selecting, checking, starting, and editing text without a catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.errors import BrokenFileError, QueryError, RefusedError
from modeltui.services.starting import init_catalog
from modeltui.services.toml_edit import edit_text
from modeltui.services.workspace import Workspace


def test_select_filters_and_sorts(workspace: Workspace) -> None:
    assert [model.key for model in workspace.catalog.select("-lock:yes", "-name")] == ["chat/c", "chat/b", "chat/a"]
    with pytest.raises(QueryError):
        workspace.catalog.select("nonsense:")


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
