"""What the console keeps: private, whole or not at all, never in the catalogue."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from modeltui.errors import BrokenFileError, ModeltuiError, UsageError
from modeltui.storage.console_state import ConsoleState


@pytest.fixture
def state(tmp_path: Path) -> ConsoleState:
    return ConsoleState(str(tmp_path / "state" / "modeltui"), str(tmp_path / "catalogue"))


def test_what_is_written_is_read_again_and_private(state: ConsoleState) -> None:
    assert state.read("place") == {}
    state.write("place", {"key": "chat/ä"})
    state.write("views", {"views": []})
    assert state.read("place")["key"] == "chat/ä"
    path = Path(state.path("place"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(list(path.parent.iterdir())) == 2, "no draft stays"


def test_two_catalogues_have_two_files(state: ConsoleState, tmp_path: Path) -> None:
    other = ConsoleState(str(tmp_path / "state" / "modeltui"), str(tmp_path / "other"))
    state.write("place", {"key": "a"})
    assert other.read("place") == {}


def test_nothing_is_kept_in_the_catalogue_or_without_a_folder(tmp_path: Path) -> None:
    root = tmp_path / "catalogue"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    for folder in ("", str(root), str(root / "below"), str(tmp_path / "link" / "below")):
        state = ConsoleState(folder, str(root))
        state.write("place", {"key": "a"})
        assert not state.is_kept
        assert state.read("place") == {}
        assert state.keep_copy("text") is None
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"null", b'{"catalogue": "/elsewhere"}', b"[" * 100_000]
)
def test_a_damaged_file_is_refused_and_set_aside(state: ConsoleState, content: bytes) -> None:
    state.write("place", {})
    path = Path(state.path("place"))
    path.write_bytes(content)
    with pytest.raises(BrokenFileError):
        state.read("place")
    aside = Path(state.set_aside("place"))
    assert aside.read_bytes() == content
    assert state.read("place") == {}


def test_several_damaged_files_are_all_kept(state: ConsoleState) -> None:
    asides = []
    for number in range(3):
        state.write("place", {})
        Path(state.path("place")).write_text(str(number))
        asides.append(Path(state.set_aside("place")).read_text() + state.path("place"))
    assert len(set(asides)) == 3


def test_a_link_is_not_followed_and_replaced_not_written_through(state: ConsoleState, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("{}")
    state.write("views", {})
    Path(state.path("place")).symlink_to(target)
    with pytest.raises(BrokenFileError):
        state.read("place")
    state.write("place", {"key": "a"})
    assert target.read_text() == "{}"
    assert state.read("place")["key"] == "a"


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = ConsoleState(str(tmp_path / "file" / "below"), str(tmp_path / "catalogue"))
    with pytest.raises(UsageError, match="cannot write"):
        state.write("place", {})
    assert state.keep_copy("x") is None
    with pytest.raises(ModeltuiError):
        state.set_aside("place")


def test_text_that_no_file_can_hold_is_kept_all_the_same(state: ConsoleState) -> None:
    state.write("place", {"key": "\ud800"})
    assert state.read("place")["key"] == "\ud800"
    path = state.keep_copy("a\ud800b")
    assert path is not None
    assert Path(path).read_text() == "a\\ud800b"
    assert json.loads(Path(state.path("place")).read_text())["key"] == "\ud800"
