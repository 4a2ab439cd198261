"""Refusals and warnings of `apply` say what is so, and what helps there."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import FLUX, KLING, Line
from modeltui.storage.log_file import LogContent, LogFile


def _git(modeltui: Line, *words: str) -> str:
    command = ["git", "-C", str(modeltui.root), "-c", "user.name=A", "-c", "user.email=a@x", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _committed(modeltui: Line) -> None:
    _git(modeltui, "init", "-q")
    _git(modeltui, "add", "models", "providers", "catalog.toml")
    _git(modeltui, "commit", "-qm", "start")


def _gone(path: Path) -> None:
    path.unlink()


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.symlink_to(path.with_suffix(".old"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _broken(path: Path) -> None:
    path.write_text('name = "odd\n')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_gone, "the file is gone"),
        (_link, "a link, and links are never followed"),
        (_pipe, "a device or a pipe, not a file"),
        (_broken, "a string is not closed"),
    ],
)
def test_what_became_of_a_file_is_said(modeltui: Line, change: Callable[[Path], None], said: str) -> None:
    modeltui("disable", KLING)
    change(modeltui.file(KLING))
    for words in (["apply", "--yes"], ["apply", "--dry-run"]):
        ran = modeltui(*words)
        assert ran.code == 3
        assert said in ran.err + ran.out, words
        assert "changed since the edit was queued" not in ran.err


def test_a_plan_is_not_told_of_the_queue(modeltui: Line, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    modeltui("disable", KLING)
    modeltui("plan", "--out", str(plan))
    modeltui("discard", "--all")
    path = modeltui.file(KLING)
    path.write_text(path.read_text() + "# later\n")
    ran = modeltui("apply", "--plan", str(plan), "--yes")
    assert ran.code == 3
    assert "changed since the plan was made" in ran.err
    assert "make the plan anew" in ran.err
    for word in ("rebase", "discard", "queued"):
        assert word not in ran.err


def test_a_plan_comes_through_stdin(modeltui: Line, piped: Callable[[bytes], None]) -> None:
    modeltui("disable", KLING)
    text = modeltui("plan").out
    modeltui("discard", "--all")
    piped(text.encode())
    assert modeltui("apply", "--plan", "-", "--yes").code == 0
    assert "active = false" in modeltui.file(KLING).read_text()


def test_what_a_commit_takes_along_is_said_before_and_in_a_dry_run(modeltui: Line) -> None:
    _committed(modeltui)
    path = modeltui.file(KLING)
    path.write_text(path.read_text() + "# by hand\n")
    modeltui("disable", KLING)
    modeltui("enable", FLUX)
    said = f"warning: the commit takes along what is not committed yet in models/{KLING}.toml"
    assert said in modeltui("apply", "--dry-run").err
    assert said in modeltui("apply", "--yes").err


def test_giving_back_what_git_has_takes_nothing_along(modeltui: Line) -> None:
    modeltui("lock", KLING)
    modeltui("apply", "--yes")
    _committed(modeltui)
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace('base = "28.5"', 'base = "1"'))
    assert modeltui("drift", KLING, "--restore").code == 0
    for words in (["apply", "--dry-run"], ["apply", "--yes"]):
        ran = modeltui(*words)
        assert ran.code == 0, ran
        assert "takes along" not in ran.err


def test_a_commit_that_git_refused_stays_in_sight(modeltui: Line) -> None:
    _committed(modeltui)
    hook = modeltui.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    modeltui("disable", KLING)
    assert "history pending" in modeltui("apply", "--yes").err
    (row,) = [row for row in modeltui("history", "--format", "json").json if row["commit"] is None]
    assert row["commit_error"]
    assert "not committed: " in modeltui("history").out
    found = [row for row in modeltui("check", "--format", "json").json if row["code"] == "commit-pending"]
    assert [row["severity"] for row in found] == ["warning"]
    assert row["id"] in found[0]["message"]
    hook.unlink()
    modeltui("enable", FLUX)
    modeltui("apply", "--yes")
    assert all(row["commit_error"] is None for row in modeltui("history", "--format", "json").json)
    assert "commit-pending" not in modeltui("check").out


def test_a_damaged_history_is_said_and_kept(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui("apply", "--yes")
    history = modeltui.root / ".modeltui" / "history.jsonl"
    os.truncate(history, history.stat().st_size - 20)
    assert "history.jsonl.torn-1" in modeltui("list").err
    assert "history.jsonl" not in modeltui("list").err
    assert "log-damaged" in modeltui("check").out


def test_an_apply_whose_queue_cannot_be_read_is_refused(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(_: LogFile) -> LogContent:
        raise PermissionError(errno.EACCES, "Permission denied")

    modeltui("disable", KLING)
    monkeypatch.setattr(LogFile, "read", unread)
    ran = modeltui("apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "your queue cannot be read" in ran.err
