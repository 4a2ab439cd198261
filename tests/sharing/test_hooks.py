"""Hooks that whoever merges with git expects: the message may be changed or refused, and the end is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sharing.clones import Clone


def _hook(clone: Clone, name: str, script: str) -> Path:
    path = clone.tree / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def diverged(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/a", "name=Mine")


def test_a_hook_may_add_to_the_message_of_the_merge(ann: Clone, bob: Clone, diverged: None) -> None:
    _hook(bob, "prepare-commit-msg", 'test "$2" = merge && echo "Prepared: yes" >> "$1"')
    _hook(bob, "commit-msg", 'echo "Change-Id: I0" >> "$1"')
    bob.pull()
    lines = bob.git("log", "-1", "--format=%B").splitlines()
    assert lines[-2:] == ["Prepared: yes", "Change-Id: I0"]
    assert any(line.startswith("Modeltui-Txn: ") for line in lines)
    [record] = [each for each in bob.done("history", "--format", "json").json if each["reason"] == "pull origin/main"]
    assert record["commit"] == bob.git("rev-parse", "HEAD")


def test_a_hook_that_refuses_the_message_refuses_the_pull(ann: Clone, bob: Clone, diverged: None) -> None:
    before = bob.git("rev-parse", "HEAD"), bob.text("chat/a")
    hook = _hook(bob, "commit-msg", "printf 'no \\033[31mticket' >&2; exit 1")
    said = bob("pull", "--yes")
    assert (said.code, "the hook commit-msg refuses: no" in said.err) == (1, True)
    assert "\033" not in said.err
    hook.write_text('#!/bin/sh\necho "mine" > "$1"\n')
    assert "took the trailer" in bob("pull", "--yes").err
    assert (bob.git("rev-parse", "HEAD"), bob.text("chat/a")) == before
    assert "modeltui" not in bob.git("for-each-ref")
    assert not list((bob.tree / ".git").glob("*MERGE_MSG"))


def test_what_runs_after_a_merge_runs_once_the_branch_is_there(ann: Clone, bob: Clone, diverged: None) -> None:
    _hook(bob, "post-merge", 'git rev-parse HEAD > "$(git rev-parse --git-dir)/ran-$1"')
    _hook(bob, "pre-merge-commit", "exit 1")
    said = bob.pull()
    assert (bob.tree / ".git" / "ran-0").read_text().strip() == bob.git("rev-parse", "HEAD")
    assert "the hook pre-merge-commit is not run by a pull" in said.err
    bob.push()
    _hook(ann, "post-merge", "exit 3")
    said = ann.pull()
    assert "the hook post-merge failed" in said.err
    assert "pre-merge-commit" not in said.err
    assert 'name = "Mine"' in ann.text("chat/a"), "it is too late to refuse"


def test_a_file_that_cannot_be_run_is_no_hook(ann: Clone, bob: Clone, diverged: None) -> None:
    _hook(bob, "commit-msg", "exit 1").chmod(0o644)
    bob.pull()


def test_hooks_are_run_by_a_git_that_has_no_command_for_it(
    ann: Clone, bob: Clone, diverged: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hook(bob, "commit-msg", 'echo "Change-Id: I0" >> "$1"')
    older = tmp_path / "older" / "git"
    older.parent.mkdir()
    older.write_text(f"""#!/bin/sh
for word; do test "$word" = hook && {{ echo "git: 'hook' is not a git command" >&2; exit 1; }}; done
exec {shutil.which("git")} "$@"
""")
    older.chmod(0o755)
    monkeypatch.setenv("PATH", f"{older.parent}{os.pathsep}{os.environ['PATH']}")
    bob.pull()
    assert bob.git("log", "-1", "--format=%B").splitlines()[-1] == "Change-Id: I0"


def test_a_hook_may_use_patterns_and_stands_where_git_puts_it(ann: Clone, bob: Clone, diverged: None) -> None:
    _hook(bob, "post-merge", 'git ls-files "*a.toml" > "$(git rev-parse --git-dir)/seen"; pwd >> .git/seen')
    bob.pull()
    assert (bob.tree / ".git" / "seen").read_text().splitlines() == ["catalog/models/chat/a.toml", str(bob.tree)]
