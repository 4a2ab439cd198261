"""Applies and commits made by hand in one order, none twice, whatever the messages say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT
from modeltui.errors import NotFoundError, UsageError
from modeltui.history.commits import Commits
from modeltui.history.record import ApplyRecord, FieldChange, FileChange, encoded_record
from modeltui.history.recorder import GitRecorder
from modeltui.history.repository import HistoryRepository
from modeltui.history.timeline import Timeline
from modeltui.storage.toml.codec import parse

RunGit = Callable[..., str]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def timeline(root: Path, repository: HistoryRepository) -> Timeline:
    return Timeline(repository, Commits(str(root)), parse)


def _by_hand(root: Path, git: RunGit, text: str, message: str) -> str:
    (root / "models/chat/a.toml").write_text(text)
    git("add", "-A")
    git("commit", "-q", "-m", message, "--author=Bob \x1b[31m <b@x>")
    return git("rev-parse", "HEAD").strip()


def _apply(root: Path, repository: HistoryRepository, name: str, number: int, at: datetime = NOW) -> ApplyRecord:
    """An apply of ours that sets `n` of the model a, recorded and committed."""
    path = "models/chat/a.toml"
    text = f"name = 'a'\nn = {number}\n"
    (root / path).write_text(text)
    record = ApplyRecord(
        id=name,
        at=at,
        by="alice",
        host="here",
        reason=f"why {name}",
        changes=(FieldChange("chat/a", path, ("n",), number - 1, number, Action.UPDATE),),
        files=(FileChange("chat/a", path, Action.UPDATE, None, sha256(text.encode()).hexdigest()),),
    )
    GitRecorder(str(root), repository).record(encoded_record(record), [path])
    return record


def test_commits_by_hand_are_told_between_applies(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline
) -> None:
    first = git("rev-parse", "HEAD").strip()
    _apply(root, repository, "one", 1)
    hand = _by_hand(root, git, "name = 'A'\nn = 2\n", ":100644 subject\n\nbody")
    _apply(root, repository, "two", 3)
    records = list(timeline.read())
    assert [record.id for record in records] == ["two", hand, "one", first]
    found = records[1]
    assert (found.by, found.reason, found.is_by_hand) == ("Bob \x1b[31m", ":100644 subject", True)
    assert [(change.field, change.old, change.new) for change in found.changes] == [
        (("name",), "a", "A"),
        (("n",), 1, 2),
    ]
    assert [(change.key, change.old, change.new) for change in records[3].changes] == [
        (f"chat/{name}", ABSENT, f"name = '{name}'\n") for name in "abc"
    ]
    assert [record.id for record in timeline.read("chat/a")] == ["two", hand, "one", first]
    assert [record.id for record in timeline.read("chat/b")] == [first]
    assert [change.key for record in timeline.read("chat/b") for change in record.changes] == ["chat/b"]


def test_files_that_are_no_models_are_no_history(root: Path, git: RunGit, timeline: Timeline) -> None:
    before = len(list(timeline.read()))
    (root / "catalog.toml").write_text("schema = 1 # x\n")
    (root / "models/chat/notes.txt").write_text("x")
    (root / "models/chat/link.toml").symlink_to("/etc/passwd")
    git("add", "-A")
    git("commit", "-qm", "no models")
    found = list(timeline.read())
    assert len(found) - before <= 1
    assert all(change.new is ABSENT for record in found[:-1] for change in record.changes)


def test_a_removal_and_a_broken_file_are_told_whole(root: Path, git: RunGit, timeline: Timeline) -> None:
    _by_hand(root, git, "name = \n", "break it")
    (root / "models/chat/b.toml").unlink()
    git("commit", "-qam", "remove it")
    removed, broken, _ = timeline.read()
    assert [(change.key, change.field, change.new, change.action) for change in removed.changes] == [
        ("chat/b", (), ABSENT, Action.DELETE)
    ]
    assert removed.files[0].old_text == "name = 'b'\n"
    assert [(change.field, change.new) for change in broken.changes] == [((), "name = \n")]


def test_a_rebased_commit_of_ours_is_still_one_record(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline
) -> None:
    _apply(root, repository, "one", 1)
    git("commit", "-q", "--amend", "--no-edit", "--date=2001-01-01T00:00:00Z")
    assert [record.id for record in timeline.read()][:1] == ["one"]
    assert len(list(timeline.read())) == 2


@pytest.mark.parametrize("text", ["name = 'evil'\n", "name = 'a'\nn = 1\n"])
def test_a_forged_trailer_hides_no_commit(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline, text: str
) -> None:
    """Not even one that brings back the very bytes of the apply that it claims to be."""
    _apply(root, repository, "one", 1)
    _by_hand(root, git, "name = 'between'\n", "between")
    forged = _by_hand(root, git, text, "harmless\n\nModeltui-Txn: one")
    assert next(iter(timeline.read())).id == forged
    assert len(list(timeline.read())) == 4


def test_a_merge_tells_what_it_changed_itself(root: Path, git: RunGit, timeline: Timeline) -> None:
    git("checkout", "-qb", "side")
    _by_hand(root, git, "name = 'side'\n", "side")
    git("checkout", "-q", "-")
    _by_hand(root, git, "name = 'main'\n", "main")
    with pytest.raises(Exception, match="merge"):
        git("merge", "-q", "side")
    merged = _by_hand(root, git, "name = 'both'\n", "merged")
    found = {record.id: record for record in timeline.read()}
    assert len(found) == 4
    assert [(change.key, change.old, change.new) for change in found[merged].changes] == [("chat/a", "main", "both")]


def test_without_git_our_own_records_are_all(tmp_path: Path, repository: HistoryRepository, root: Path) -> None:
    record = _apply(root, repository, "one", 1)
    elsewhere = Timeline(repository, Commits("/"), parse)
    assert [each.id for each in elsewhere.read()] == [record.id]
    assert elsewhere.find("one").id == "one"
    with pytest.raises(NotFoundError):
        elsewhere.find("HEAD")


def test_a_git_that_fails_is_said_and_our_records_stay(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline
) -> None:
    _apply(root, repository, "one", 1)
    tree = git("rev-parse", "HEAD^{tree}").strip()
    (root.parent / ".git/objects" / tree[:2] / tree[2:]).unlink()
    reading = timeline.read()
    assert [record.id for record in reading] == ["one"]
    assert reading.trouble is not None
    assert reading.trouble.startswith("commits are not shown: git log")


def test_names_are_whole_or_the_first_characters(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline
) -> None:
    _apply(root, repository, "20300101-aa", 1)
    own = git("rev-parse", "HEAD").strip()
    _apply(root, repository, "20300101-bb", 2)
    hand = _by_hand(root, git, "name = 'x'\n", "x")
    assert timeline.find("20300101-a").id == "20300101-aa"
    assert timeline.find(own[:10]).id == "20300101-aa"
    assert timeline.find("HEAD").id == timeline.find(hand[:7]).id == hand
    assert timeline.find("HEAD~1").id == "20300101-bb"
    with pytest.raises(UsageError, match="could be"):
        timeline.find("20300101")
    for name in ("nothing", "--help", "-1", "", "a\0b", "20"):
        with pytest.raises(NotFoundError):
            timeline.find(name)


def test_commits_are_read_as_they_are_asked_for(
    root: Path, git: RunGit, repository: HistoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        _by_hand(root, git, f"n = {number}\n", f"{number}")
    commits = Commits(str(root))
    pages: list[tuple[int, int]] = []
    page = commits.page

    def counted(path: str | None, skip: int, count: int) -> object:
        pages.append((skip, count))
        return page(path, skip, count)

    monkeypatch.setattr(commits, "page", counted)
    reading = iter(Timeline(repository, commits, parse).read())
    assert [next(reading).reason for _ in range(3)] == ["59", "58", "57"]
    assert pages == [(0, 50)]
    assert len(list(reading)) == 58


def test_an_order_by_time_where_git_does_not_know(
    root: Path, git: RunGit, repository: HistoryRepository, timeline: Timeline
) -> None:
    """Records whose commits are not there (other clones, no git then) stand by their time."""
    hand = git("rev-parse", "HEAD").strip()
    for name, hours in (("old", -5), ("new", 5)):
        record = ApplyRecord(name, NOW + timedelta(hours=hours), "alice", "here", "", (), ())
        repository.append(encoded_record(replace(record)))
    assert [record.id for record in timeline.read()] == ["new", hand, "old"]


def test_a_time_that_no_calendar_has_is_no_crash(root: Path, git: RunGit, timeline: Timeline) -> None:
    body = git("cat-file", "commit", "HEAD")
    lines = [
        line.rpartition("> ")[0] + "> 99999999999999 +0000" if line.startswith(("author", "committer")) else line
        for line in body.splitlines()
    ]
    (root / "odd").write_text("\n".join(lines) + "\n")
    commit = git("hash-object", "-t", "commit", "-w", "--literally", "catalog/odd").strip()
    git("update-ref", "HEAD", commit)
    assert [record.id for record in timeline.read()] == [commit]
