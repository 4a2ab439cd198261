"""Earlier contents of files: the newest that fits, from git or from the records."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modeltui.domain.change import Action
from modeltui.history.record import ApplyRecord, FileChange, encoded_record
from modeltui.history.repository import HistoryRepository
from modeltui.history.versions import Versions
from modeltui.storage.log_file import LogFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_names import HISTORY

X, ODD = "models/x.toml", "models/odd näme.toml"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _holds(text: bytes) -> Callable[[bytes], bool]:
    return lambda content: text in content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue below the top of a work tree."""
    (tmp_path / "catalogue" / "models").mkdir(parents=True)
    return tmp_path / "catalogue"


@pytest.fixture
def repository(root: Path) -> HistoryRepository:
    return HistoryRepository(LogFile(RealFs(str(root)), HISTORY))


@pytest.fixture
def versions(root: Path, repository: HistoryRepository) -> Versions:
    return Versions(str(root), repository)


@pytest.fixture
def commits(root: Path) -> list[str]:
    """x.toml as 1, 2 and 3, then removed; the other file beside it."""
    _git(root.parent, "init", "-q")
    made = []
    for number in "123":
        (root / X).write_text(f"a = {number}\n")
        (root / ODD).write_text(f"odd = {number}\n")
        _git(root, "add", "-A")
        _git(root, "commit", "-qm", number)
        made.append(_git(root, "rev-parse", "HEAD"))
    (root / X).unlink()
    _git(root, "commit", "-qam", "gone")
    return made


def test_the_newest_content_that_fits(versions: Versions, commits: list[str]) -> None:
    found = versions.find({X: _holds(b"a ="), ODD: _holds(b"odd = 2")})
    assert (found[X].content, found[X].commit) == (b"a = 3\n", commits[2])
    assert (found[ODD].content, found[ODD].commit) == (b"odd = 2\n", commits[1])


@pytest.mark.usefixtures("commits")
def test_what_never_was_is_not_found(versions: Versions) -> None:
    assert versions.find({X: _holds(b"a = 4"), "models/never.toml": _holds(b"")}) == {}
    assert versions.find({}) == {}


@pytest.mark.usefixtures("commits")
def test_many_paths_are_found_as_few_are(versions: Versions) -> None:
    many = {f"models/{number}.toml": _holds(b"") for number in range(200)}
    assert list(versions.find({**many, X: _holds(b"a = 1")})) == [X]


def test_a_huge_blob_is_passed_over(versions: Versions, root: Path) -> None:
    _git(root.parent, "init", "-q")
    (root / X).write_text("#" * (2**18 + 1))
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "huge")
    assert versions.find({X: _holds(b"#")}) == {}


def test_records_hold_what_was_rewritten(versions: Versions, repository: HistoryRepository) -> None:
    file = FileChange("x", X, Action.DELETE, "d", None, "a = 1\n")
    at = datetime(2026, 11, 20, tzinfo=UTC)
    repository.append(encoded_record(ApplyRecord("id-1", at, "alice", "here", "", (), (file,))))
    found = versions.find({X: _holds(b"a = 1"), ODD: _holds(b"")})
    assert {path: (version.content, version.commit) for path, version in found.items()} == {X: (b"a = 1\n", None)}
