"""A commit of many files by import is the commit that git itself would have made, or git makes it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.history import bulk_commit
from modeltui.history.git import Git
from modeltui.history.record import ApplyRecord, FileChange, encoded_record
from modeltui.history.recorder import GitRecorder
from modeltui.history.repository import HistoryRepository
from modeltui.storage.log_file import LogFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_dir import ensure
from modeltui.storage.state_names import HISTORY

TESTS = Path(__file__).parents[2]
ODD = ("*", "a b", "ü", ":(top)", "-x", "new\nline", "q'\"", "back\\slash")
OLD = [f"models/chat/{name}.toml" for name in (*ODD, *(f"m{number:03}" for number in range(72)))]
GONE = OLD[10:14]
MADE = [f"models/new/n{number}.toml" for number in range(5)]
PATHS = [*OLD, *MADE]
RunGit = Callable[..., str]


class Cut(BaseException):
    """The process is gone."""


class Watched(Git):
    """Notes what it is asked, and is cut off before or after one of its calls."""

    def __init__(self, root: str, *, before: int = -1, after: int = -1, cut: Callable[[], None] | None = None) -> None:
        super().__init__(root)
        self.verbs: list[str] = []
        self._before = before
        self._after = after
        self._cut = cut or _cut

    def run(self, *arguments: str, given: bytes = b"", timeout_s: float = 60.0) -> bytes:
        number = len(self.verbs)
        self.verbs.append(arguments[0])
        if number == self._before:
            self._cut()
        said = super().run(*arguments, given=given, timeout_s=timeout_s)
        if number == self._after:
            self._cut()
        return said


def _cut() -> None:
    raise Cut


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    place = tmp_path / "tree"
    make_tree(place)
    return place


def make_tree(place: Path, *options: str) -> None:
    root = place / "catalog"
    (root / "models/chat").mkdir(parents=True)
    (root / "catalog.toml").write_text("schema = 1\n")
    (place / "notes.txt").write_text("notes\n")
    for path in OLD:
        (root / path).write_text(f"name = {path!r}\n")
    ensure(RealFs(str(root)))
    for arguments in (["init", "-q", *options], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=place, check=True)


@pytest.fixture
def git(tree: Path) -> RunGit:
    return git_in(tree)


def git_in(place: Path) -> RunGit:
    def run(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=place, check=True, capture_output=True, text=True).stdout

    return run


def change_files(root: Path) -> dict[str, Any]:
    """Eighty files changed, some of them gone or new, and the record of it."""
    (root / "models/new").mkdir(exist_ok=True)
    after = {path: None if path in GONE else f"name = 'new'\npath = {path!r}\n".encode() for path in PATHS}
    for path, content in after.items():
        if content is None:
            (root / path).unlink(missing_ok=True)
        else:
            (root / path).write_bytes(content)
    files = tuple(
        FileChange(path[7:-5], path, Action.UPDATE, "0" * 64, None if content is None else digest(content))
        for path, content in after.items()
    )
    return encoded_record(
        ApplyRecord("one", datetime(2030, 1, 1, tzinfo=UTC), "alice", "here", "because\n\n\n# of it  ", (), files)
    )


def recorder_of(root: Path, git: Git | None = None) -> GitRecorder:
    repository = HistoryRepository(LogFile(RealFs(str(root)), HISTORY))
    return GitRecorder(str(root), repository, git=git or Git(str(root)), pause=lambda _seconds: None)


def assert_sound(place: Path) -> None:
    """One commit of the apply, nothing left to commit, no object missing, no draft left."""
    git = git_in(place)
    assert git("rev-list", "--count", "HEAD").strip() == "2"
    assert git("log", "-1", "--format=%(trailers:key=Modeltui-Txn,valueonly)").strip() == "one"
    assert git("status", "--porcelain") == ""
    assert git("fsck", "--strict", "--no-dangling") == ""
    assert [line.split()[2] for line in git("for-each-ref").splitlines()] == [git("symbolic-ref", "HEAD").strip()]


def test_it_is_the_commit_that_git_makes(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    shutil.copytree(tree, other, symlinks=True)
    watched, usual = Watched(str(tree / "catalog")), Watched(str(other / "catalog"))
    first = recorder_of(tree / "catalog", watched).record(change_files(tree / "catalog"), PATHS)
    monkeypatch.setattr(bulk_commit, "committed_at_once", lambda *_: False)
    second = recorder_of(other / "catalog", usual).record(change_files(other / "catalog"), PATHS)
    assert ("fast-import" in watched.verbs, "commit" in watched.verbs) == (True, False)
    assert ("fast-import" in usual.verbs, "commit" in usual.verbs) == (False, True)
    git, git_other = git_in(tree), git_in(other)
    for question in (
        ("rev-parse", "HEAD^{tree}", "HEAD^"),
        ("log", "-1", "--date=format:%z", "--format=%B%an%ae%ad%cn%ce%cd"),
        ("ls-files", "--stage"),
        ("show", "--name-status", "--format=", "-z", "--no-renames"),
        ("reflog", "-1", "--format=%gs"),
        ("reflog", "-1", "--format=%gs", git("symbolic-ref", "--short", "HEAD").strip()),
    ):
        assert git(*question) == git_other(*question), question
    for place, recorded in ((tree, first), (other, second)):
        assert_sound(place)
        assert recorded.warning is None
        assert recorded.commit == git_in(place)("rev-parse", "HEAD").strip()


def test_what_the_user_has_staged_stays_staged(tree: Path, git: RunGit) -> None:
    (tree / "notes.txt").write_text("mine\n")
    (tree / "catalog/catalog.toml").write_text("schema = 1\n# half an idea\n")
    git("add", "-A")
    git("rm", "-q", "--cached", "notes.txt")
    (tree / "catalog" / OLD[0]).write_text("staged by hand, and overwritten by the apply\n")
    git("add", "-A", "catalog")
    before = git("status", "--porcelain", "notes.txt", "catalog/catalog.toml")
    assert recorder_of(tree / "catalog").record(change_files(tree / "catalog"), PATHS).commit
    assert git("status", "--porcelain") == before
    assert git("show", "--name-only", "--format=").count("\n") == len(PATHS)


def test_few_files_go_the_usual_way(tree: Path) -> None:
    watched = Watched(str(tree / "catalog"))
    record = change_files(tree / "catalog")
    assert recorder_of(tree / "catalog", watched).record(record, PATHS[:63]).commit
    assert "fast-import" not in watched.verbs


def test_nothing_to_commit_is_no_commit(tree: Path, git: RunGit) -> None:
    record = change_files(tree / "catalog")
    git("add", "-A")
    git("commit", "-q", "-m", "by hand")
    watched = Watched(str(tree / "catalog"))
    assert recorder_of(tree / "catalog", watched).record(record, PATHS).commit is None
    assert "commit" not in watched.verbs
    assert git("rev-list", "--count", "HEAD").strip() == "2"


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",), ("--shared=group",)])
def test_kinds_of_repositories(tmp_path: Path, options: tuple[str, ...]) -> None:
    make_tree(tmp_path / "tree", *options)
    watched = Watched(str(tmp_path / "tree/catalog"))
    recorder_of(tmp_path / "tree/catalog", watched).record(change_files(tmp_path / "tree/catalog"), PATHS)
    assert "fast-import" in watched.verbs
    assert_sound(tmp_path / "tree")


def test_a_linked_work_tree(tree: Path, git: RunGit, tmp_path: Path) -> None:
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    root = tmp_path / "side/catalog"
    ensure(RealFs(str(root)))
    watched = Watched(str(root))
    recorder_of(root, watched).record(change_files(root), PATHS)
    assert "fast-import" in watched.verbs
    side = git_in(tmp_path / "side")
    assert side("status", "--porcelain") == ""
    assert side("rev-list", "--count", "side").strip() == "2"
    assert git("rev-list", "--count", "HEAD").strip() == "1"
    assert git("status", "--porcelain") == ""


def _hook(name: str) -> Callable[[Path], None]:
    def make(tree: Path) -> None:
        hook = tree / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho {name} >> '{tree}/.git/seen'\n")
        hook.chmod(0o755)

    return make


def _run(*arguments: str) -> Callable[[Path], object]:
    return lambda tree: git_in(tree)(*arguments)


def _config(name: str, value: str) -> Callable[[Path], object]:
    return _run("config", name, value)


def _appended(text: str) -> Callable[[Path], object]:
    def make(tree: Path) -> None:
        with (tree / ".git/config").open("a") as config:
            config.write(text)

    return make


def _attributes(text: str) -> Callable[[Path], object]:
    return lambda tree: (tree / ".git/info/attributes").write_text(text)


def _gitlink(tree: Path) -> None:
    head = git_in(tree)("rev-parse", "HEAD").strip()
    (tree / "catalog/models/sub").mkdir()
    git_in(tree)("update-index", "--add", "--cacheinfo", f"160000,{head},catalog/models/sub")


def _shallow(tree: Path) -> None:
    (tree / ".git/shallow").write_text(git_in(tree)("rev-parse", "HEAD"))


def _ignored(tree: Path) -> None:
    (tree / ".git/info/exclude").write_text("catalog/models/new/\n")


USUAL: dict[str, Callable[[Path], object]] = {
    **{name: _hook(name) for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction")},
    "prepare-commit-msg": _hook("prepare-commit-msg"),
    "signed": _config("commit.gpgSign", "true"),
    "signed by number": _config("commit.gpgSign", "2"),
    "signed by name": _appended("[commit]\n\tgpgSign\n"),
    "modes by number": _config("core.fileMode", "2"),
    "autocrlf": _config("core.autocrlf", "input"),
    "encoding": _config("i18n.commitEncoding", "ISO-8859-1"),
    "configured hook": _config("hook.mine.command", "true"),
    "sparse": _config("core.sparseCheckout", "true"),
    "split index": _config("core.splitIndex", "true"),
    "text": _attributes("*.toml text\n"),
    "ident": _attributes("*.toml ident\n"),
    "filter": _attributes("m001.toml filter=lfs\n"),
    "detached": _run("switch", "-q", "--detach"),
    "hidden": _run("update-index", "--assume-unchanged", f"catalog/{OLD[20]}"),
    "skipped": _run("update-index", "--skip-worktree", f"catalog/{OLD[20]}"),
    "gitlink": _gitlink,
    "shallow": _shallow,
    "ignored": _ignored,
}


@pytest.mark.parametrize("make", USUAL.values(), ids=USUAL)
def test_what_wants_git_itself(tree: Path, make: Callable[[Path], object]) -> None:
    make(tree)
    watched = Watched(str(tree / "catalog"))
    recorder_of(tree / "catalog", watched).record(change_files(tree / "catalog"), PATHS)
    assert "fast-import" not in watched.verbs
    assert {"commit", "add"} & set(watched.verbs), "it was tried, whether git then would or not"


@pytest.mark.parametrize("value", ["false", "No", "0", ""])
def test_a_switch_that_is_off_is_in_nobodys_way(tree: Path, value: str) -> None:
    _config("commit.gpgSign", value)(tree)
    watched = Watched(str(tree / "catalog"))
    recorder_of(tree / "catalog", watched).record(change_files(tree / "catalog"), PATHS)
    assert "fast-import" in watched.verbs


def test_a_hook_of_many_files_runs(tree: Path, git: RunGit) -> None:
    _hook("post-commit")(tree)
    assert recorder_of(tree / "catalog").record(change_files(tree / "catalog"), PATHS).commit
    assert (tree / ".git/seen").read_text() == "post-commit\n"


def test_a_file_that_was_edited_since_is_taken_as_git_takes_it(tree: Path, git: RunGit) -> None:
    record = change_files(tree / "catalog")
    (tree / "catalog" / OLD[0]).write_text("x = 'by hand, meanwhile'\n")
    watched = Watched(str(tree / "catalog"))
    assert recorder_of(tree / "catalog", watched).record(record, PATHS).commit
    assert "fast-import" not in watched.verbs
    assert git("status", "--porcelain") == ""


def test_a_branch_that_moved_is_not_moved_back(tree: Path, git: RunGit) -> None:
    record = change_files(tree / "catalog")

    class Raced(Watched):
        def run(self, *arguments: str, given: bytes = b"", timeout_s: float = 60.0) -> bytes:
            if arguments[0] == "update-ref" and "fast-import" in self.verbs and "commit" not in self.verbs:
                git("commit", "--allow-empty", "--only", "-q", "-m", "somebody was quicker")
                self.verbs.append("commit")
            return super().run(*arguments, given=given, timeout_s=timeout_s)

    assert recorder_of(tree / "catalog", Raced(str(tree / "catalog"))).record(record, PATHS).commit
    assert git("log", "--format=%s").split("\n")[:3] == ["because", "somebody was quicker", "first"]
    assert git("status", "--porcelain") == ""
    assert git("for-each-ref").count("\n") == 1


def test_cut_off_anywhere_it_is_committed_once(tree: Path, tmp_path: Path) -> None:
    record = change_files(tree / "catalog")
    whole = tmp_path / "whole"
    shutil.copytree(tree, whole, symlinks=True)
    watched = Watched(str(whole / "catalog"))
    recorder_of(whole / "catalog", watched).record(record, PATHS)
    first = watched.verbs.index("fast-import")
    for number in range(first - 1, len(watched.verbs)):
        for before, after in ((number, -1), (-1, number)):
            place = tmp_path / f"{before} {after}"
            shutil.copytree(tree, place, symlinks=True)
            root = place / "catalog"
            with pytest.raises(Cut):
                recorder_of(root, Watched(str(root), before=before, after=after)).record(record, PATHS)
            assert recorder_of(root).record(record, PATHS).commit == git_in(place)("rev-parse", "HEAD").strip()
            assert_sound(place)
            shutil.rmtree(place)


@pytest.mark.parametrize("where", ["inside fast-import", "update-index", "update-ref"])
def test_killed_it_is_committed_once(tree: Path, where: str) -> None:
    record, root = change_files(tree / "catalog"), tree / "catalog"
    command = [sys.executable, "-c", _CHILD, str(root), where]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}
    child = subprocess.run(command, input=json.dumps(record).encode(), env=environment, check=False)
    assert child.returncode == -signal.SIGKILL
    assert git_in(tree)("rev-list", "--count", "HEAD").strip() == "1"
    assert recorder_of(root).record(record, PATHS).commit
    assert_sound(tree)


_CHILD = """
import json, pathlib, sys
from unit.history import test_bulk_commit as tests
tests.commit_and_die(pathlib.Path(sys.argv[1]), json.load(sys.stdin), sys.argv[2])
"""


def commit_and_die(root: Path, record: dict[str, Any], where: str) -> None:
    """In a child: begin the commit, and be killed on the way."""

    class Killed(Git):
        def run(self, *arguments: str, given: bytes = b"", timeout_s: float = 60.0) -> bytes:
            if arguments[0] == where:
                os.kill(os.getpid(), signal.SIGKILL)
            if where == f"inside {arguments[0]}":
                with subprocess.Popen(["git", *arguments], cwd=self.directory, stdin=subprocess.PIPE) as process:
                    assert process.stdin is not None
                    process.stdin.write(given[: len(given) // 2])
                    process.stdin.flush()
                    os.kill(os.getpid(), signal.SIGKILL)
            return super().run(*arguments, given=given, timeout_s=timeout_s)

    recorder_of(root, Killed(str(root))).record(record, PATHS)
