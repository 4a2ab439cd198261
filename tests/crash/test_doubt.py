"""An apply that was killed half-way and whose journal was lost: nothing is guessed, and nothing forgotten."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import Line, model_text, write
from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.services.changing.queueing import Creation
from modeltui.storage.real_fs import RealFs

MODELS = 12
DONE = 4
"""Files that are new when the apply is killed."""
STATE = ".modeltui"
JOURNAL = f"{STATE}/journal"


@pytest.fixture
def modeltui(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    """A catalogue of twelve models, four of which an apply had written when it was killed."""
    root = tmp_path / "catalog"
    write(root / "catalog.toml", "schema = 1\n\n[policy]\nreason_required = false\n")
    for number in range(MODELS):
        uid = f"3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d{number:04x}"
        write(_file(root, number), model_text(f"chat/m{number:02}", f"Model {number}", uid=uid, content_type="chat"))
    line = Line(root, capsys)
    assert line("disable", "key:*").code == 0
    _killed(root)
    return line


def _file(root: Path, number: int) -> Path:
    return root / "models" / "chat" / f"m{number:02}.toml"


def _killed(root: Path, moves: int = DONE) -> None:
    """Apply in a child that kills itself before it puts one file more than these in place."""
    child = os.fork()
    if child == 0:
        try:
            _apply_until(root, moves)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _apply_until(root: Path, moves: int) -> None:
    done: list[str] = []
    for name in ("exchange", "rename_new"):
        method: Callable[..., Any] = getattr(RealFs, name)

        def counting(fs: RealFs, one: str, other: str, _method: Callable[..., Any] = method) -> None:
            if len(done) == moves:
                os.kill(os.getpid(), signal.SIGKILL)
            done.append(one)
            _method(fs, one, other)

        setattr(RealFs, name, counting)
    open_workspace(_settings(root)).applying.apply("half")


def _settings(root: Path) -> Settings:
    return Settings(root=str(root), user=_user(root), host="here", secret=lambda _: None, log_file="/dev/null")


def _user(root: Path) -> str:
    return next((root / STATE / "queue").glob("*.jsonl")).stem


def _active(line: Line) -> list[bool]:
    return ["active = true" in _file(line.root, number).read_text() for number in range(MODELS)]


def _truncated(path: Path) -> None:
    os.truncate(path, 300)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    write(path / "inside", "x")


def _open_to_all(path: Path) -> None:
    path.chmod(0o666)


def _of_a_stranger(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    os.chown(path, 65534, 65534)


DAMAGES: tuple[Callable[[Path], None], ...] = (
    _truncated, _empty, _linked, _pipe, _folder, _open_to_all, _of_a_stranger,
)  # fmt: skip


def test_without_damage_the_next_start_finishes_it(modeltui: Line) -> None:
    assert _active(modeltui) == [False] * DONE + [True] * (MODELS - DONE)
    assert "was finished" in modeltui("list").err
    assert _active(modeltui) == [False] * MODELS


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_stays_in_doubt_until_somebody_decides(modeltui: Line, damage: Callable[[Path], None]) -> None:
    damage(modeltui.root / JOURNAL)
    before = _active(modeltui)
    assert before == [False] * DONE + [True] * (MODELS - DONE)
    for words in (["list"], ["pending"], ["show", "chat/m00"], ["history"]):
        ran = modeltui(*words)
        assert ran.code == 0, words
        assert "an apply is in doubt" in ran.err, words
    for words in (
        ["apply", "--yes"], ["apply", "--dry-run"], ["set", "key:*", "order=7"], ["discard", "--all"], ["undo"],
        ["rebase", "--all"], ["plan"], ["enable", "chat/m00"], ["recover"], ["recover", "--forward"],
    ):  # fmt: skip
        ran = modeltui(*words)
        assert ran.code == 3, (words, ran)
        assert "an apply is in doubt" in ran.err, words
        assert "stale" not in ran.err, words
        assert "recover --" in ran.err, words
    assert _active(modeltui) == before
    found = modeltui("check", "--format", "json")
    assert found.code == 1
    assert [row["severity"] for row in found.json if row["code"] == "apply-in-doubt"] == ["error"]


def test_details_tell_by_digest_which_file_is_new_and_which_is_old(modeltui: Line) -> None:
    _truncated(modeltui.root / JOURNAL)
    found = modeltui("recover", "--details", "--format", "json").json
    assert found["state"] == "in doubt"
    assert JOURNAL in found["reason"]
    doubt = found["doubt"]
    assert doubt["journals"] == [JOURNAL]
    assert found["why_not_back"] is None
    (stage,) = doubt["stages"]
    assert (modeltui.root / stage).is_dir()
    holds = {row["of"]: row["holds"] for row in doubt["kept"]}
    expected = ["old"] * DONE + ["new"] * (MODELS - DONE)
    assert holds == {f"models/chat/m{number:02}.toml": what for number, what in enumerate(expected)}
    text = modeltui("recover", "--details").out
    assert f"models/chat/m00.toml: new; its old content is {stage}/0" in text
    assert f"models/chat/m05.toml: old; its new content is {stage}/5" in text
    assert "recover --back" in text


def test_back_makes_every_file_old_and_keeps_what_was_new(modeltui: Line) -> None:
    _truncated(modeltui.root / JOURNAL)
    edited = _file(modeltui.root, 0).read_text() + "# by hand, since\n"
    _file(modeltui.root, 0).write_text(edited)
    ran = modeltui("recover", "--back")
    assert ran.code == 0, ran
    assert "was undone" in ran.err
    assert _active(modeltui) == [True] * MODELS
    kept = modeltui.root / STATE / "rescued" / "doubt-1"
    assert (kept / "models_chat_m00.toml-1").read_text() == edited
    assert (kept / "journal-1").stat().st_size == 300
    assert not list((modeltui.root / STATE).glob("txn-*"))
    assert "apply-in-doubt" not in modeltui("check").out
    assert modeltui("apply", "--yes").code == 0
    assert _active(modeltui) == [False] * MODELS


def test_what_no_queue_proves_is_not_undone_but_can_be_accepted(modeltui: Line) -> None:
    _truncated(modeltui.root / JOURNAL)
    for path in (modeltui.root / STATE / "queue").glob("*.jsonl"):
        path.unlink()
    ran = modeltui("recover", "--back")
    assert ran.code == 3
    assert "cannot be undone without its journal" in ran.err
    assert "of which file is not known" in modeltui("recover", "--details").out
    before = _active(modeltui)
    stage = next((modeltui.root / STATE).glob("txn-*"))
    contents = sorted(path.read_bytes() for path in stage.iterdir())
    ran = modeltui("recover", "--accept")
    assert ran.code == 0, ran
    assert "the files are left as they are" in ran.err
    kept = modeltui.root / STATE / "rescued" / "doubt-1"
    assert str(kept.relative_to(modeltui.root)) in ran.err
    assert sorted(path.read_bytes() for path in (kept / stage.name).iterdir()) == contents
    assert _active(modeltui) == before
    assert modeltui("recover").err == "nothing to recover\n"
    assert modeltui("list").err == "12 models\n" or "in doubt" not in modeltui("list").err
    assert modeltui("disable", "chat/m11").code == 0
    assert modeltui("apply", "--yes").code == 0
    assert sorted(path.read_bytes() for path in (kept / stage.name).iterdir()) == contents


@pytest.mark.parametrize("way", ["back", "accept"])
def test_a_way_out_that_is_killed_can_be_gone_again(modeltui: Line, way: str) -> None:
    """Killed before one of its effects after the other; the next try ends as one that was not."""
    _truncated(modeltui.root / JOURNAL)
    before = _active(modeltui)
    for at in range(0, 1000, 3):
        child = os.fork()
        if child == 0:
            _kill_at(at)
            try:
                applying = open_workspace(_settings(modeltui.root), recovers=False).applying
                applying.recover("back") if way == "back" else applying.recover(accepts=True)
            finally:
                os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in {0, -signal.SIGKILL}
        if code == 0:
            break
    assert modeltui("recover").code == 0
    assert _active(modeltui) == ([True] * MODELS if way == "back" else before)
    assert not list((modeltui.root / STATE).glob("txn-*"))
    assert list((modeltui.root / STATE / "rescued").glob("doubt-*/journal-1"))
    assert "apply-in-doubt" not in modeltui("check").out


@pytest.mark.parametrize("moves", range(4))
def test_what_was_made_and_removed_comes_back_too(modeltui: Line, moves: int) -> None:
    """Two files edited, one made, one removed, in the order of their keys; cut off before each of them."""
    modeltui("recover")
    modeltui("enable", "key:*")
    modeltui("apply", "--yes")
    before = {path: path.read_bytes() for path in (modeltui.root / "models").rglob("*.toml")}
    workspace = open_workspace(_settings(modeltui.root))
    key = "chat/m05-new"
    uid = "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1dffff"
    new = Creation(key, f"models/{key}.toml", model_text(key, "New", uid=uid, content_type="chat"))
    workspace.changes.set_active(["chat/m04", "chat/m07"], active=False)
    workspace.changes._queueing.queue("make and remove", [], lambda *_: [], creations=[new], removals=["chat/m06"])
    _killed(modeltui.root, moves)
    _truncated(modeltui.root / JOURNAL)
    found = modeltui("recover", "--details", "--format", "json").json
    assert found["why_not_back"] is None
    assert found["doubt"]["made"] == ([f"models/{key}.toml"] if moves > 1 else [])
    assert modeltui("recover", "--back").code == 0
    assert {path: path.read_bytes() for path in (modeltui.root / "models").rglob("*.toml")} == before
    assert not list(modeltui.root.rglob("*.tmp"))
    assert len(modeltui("pending", "--format", "json").json) == 4
    assert modeltui("apply", "--yes").code == 0
    assert not (modeltui.root / "models/chat/m06.toml").exists()


def _kill_at(number: int) -> None:
    count = iter(range(10**6))
    for name in ("create", "rename", "unlink", "exchange", "sync_file", "sync_directory", "make_directory"):
        method: Callable[..., Any] = getattr(RealFs, name)

        def effect(fs: RealFs, *arguments: Any, _method: Callable[..., Any] = method) -> Any:
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return _method(fs, *arguments)

        setattr(RealFs, name, effect)
