"""What a lock freezes does not change by a pull, but where it was lifted or somebody chose that."""

from __future__ import annotations

import pytest

from modeltui.domain.lock import lock_of
from modeltui.storage.toml import codec
from modeltui.storage.toml.codec import parse
from sharing.clones import Clone


def _lock(clone: Clone, key: str, reason: str = "in production") -> None:
    clone.done("lock", key, "--reason", reason)
    clone.done("apply", "--yes")


def _unlock(clone: Clone, key: str) -> None:
    clone.done("unlock", key)
    clone.done("apply", "--yes")


def _is_locked(clone: Clone, key: str) -> bool:
    """With a digest that holds."""
    content = clone.path(key).read_bytes()
    lock = lock_of(parse(content))
    return lock is not None and lock.fits(content)


@pytest.fixture
def both_locked(ann: Clone, bob: Clone) -> None:
    _lock(ann, "chat/a")
    ann.push()
    bob.pull()
    assert _is_locked(bob, "chat/a")


def test_a_lock_that_comes_in_holds_from_then_on(ann: Clone, bob: Clone, both_locked: None) -> None:
    assert "locked" in bob("set", "chat/a", "order=4").err
    assert not bob.done("drift", "--format", "json").json


def test_an_edit_behind_the_lock_there_is_a_conflict(ann: Clone, bob: Clone, both_locked: None) -> None:
    ann.commit("chat/a", "order = 1", "order = 4")
    ann.push()
    said = bob("pull", "--yes", "--format", "json")
    [conflict] = said.json["conflicts"]
    assert (said.code, conflict["key"], conflict["field"]) == (3, "chat/a", None)
    assert "changed there without an unlock" in conflict["why"]
    assert "order = 1" in bob.text("chat/a")
    bob.pull("--ours", "chat/a")
    assert _is_locked(bob, "chat/a")
    bob.push()
    ann.pull("--yes")
    assert "order = 1" in ann.text("chat/a")


def test_whoever_may_unlock_can_choose_what_a_lock_would_refuse(ann: Clone, bob: Clone, both_locked: None) -> None:
    ann.commit("chat/a", "order = 1", "order = 4")
    ann.push()
    bob.pull("--theirs", "chat/a")
    assert "order = 4" in bob.text("chat/a")
    assert bob.git("rev-parse", "HEAD") == ann.git("rev-parse", "HEAD")


def test_an_edit_behind_the_lock_here_is_a_conflict_where_both_changed(
    ann: Clone, bob: Clone, both_locked: None
) -> None:
    _unlock(ann, "chat/a")
    ann.push()
    bob.commit("chat/a", "order = 1", "order = 4")
    assert "changed here without an unlock" in bob("pull", "--yes").out


def test_what_was_unlocked_changed_and_locked_anew_comes_in(ann: Clone, bob: Clone, both_locked: None) -> None:
    _unlock(ann, "chat/a")
    ann.apply("chat/a", "order=4")
    _lock(ann, "chat/a", "again")
    ann.push()
    bob.pull()
    assert "order = 4" in bob.text("chat/a")
    assert _is_locked(bob, "chat/a")
    bob.done("set", "chat/b", "order=9")
    bob.done("apply", "--yes")
    assert bob.done("check", "--format", "json").json == ann.done("check", "--format", "json").json


def test_a_lock_here_and_an_edit_there_is_a_conflict(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    _lock(bob, "chat/a")
    said = bob("pull", "--yes")
    assert (said.code, "changed what that freezes" in said.out) == (3, True)
    assert said.out.splitlines()[-3:] == [
        "    base    a file, not locked",
        f"    ours    {lock_of(parse(bob.path('chat/a').read_bytes()))}",
        "    theirs  order: 1 → 4",
    ]
    assert _is_locked(bob, "chat/a")
    bob.pull("--ours", "chat/a")
    assert _is_locked(bob, "chat/a")
    assert "order = 1" in bob.text("chat/a")


def test_a_lock_there_and_an_edit_here_is_a_conflict(ann: Clone, bob: Clone) -> None:
    _lock(ann, "chat/a")
    ann.push()
    bob.apply("chat/a", "order=4")
    assert "changed what that freezes" in bob("pull", "--yes").out
    bob.pull("--theirs", "chat/a")
    assert _is_locked(bob, "chat/a")


def test_a_locked_model_that_was_removed_there_asks(ann: Clone, bob: Clone, both_locked: None) -> None:
    ann.git("rm", "-q", "catalog/models/chat/a.toml")
    ann.git("commit", "-qm", "gone")
    ann.push()
    assert "was removed there without an unlock" in bob("pull", "--yes").out
    assert bob.path("chat/a").exists()
    bob.pull("--theirs", "chat/a")
    assert not bob.path("chat/a").exists()


@pytest.mark.parametrize("content", [b'name = "odd\n', b"\xff\xfe", b""])
def test_a_broken_file_does_not_take_the_place_of_a_locked_one(
    ann: Clone, bob: Clone, both_locked: None, content: bytes
) -> None:
    ann.path("chat/a").write_bytes(content)
    ann.git("commit", "-qam", "broken")
    ann.push()
    assert bob("pull", "--yes").code == 3
    assert _is_locked(bob, "chat/a")


@pytest.mark.parametrize("edits_too", [True, False])
def test_a_lock_that_was_taken_away_there_by_hand_asks(
    ann: Clone, bob: Clone, both_locked: None, edits_too: bool
) -> None:
    ann.path("chat/a").write_text(ann.text("chat/a").partition("\n[lock]")[0])
    ann.git("commit", "-qam", "no lock")
    ann.push()
    if edits_too:
        _unlock(bob, "chat/a")
        bob.apply("chat/a", "order=4")
    said = bob("pull", "--yes")
    assert (said.code, "that was taken away there by hand" in said.out) == (3, True)
    bob.pull("--theirs", "chat/a")
    assert "lock" not in codec.parse(bob.path("chat/a").read_bytes())


def test_pending_changes_of_a_model_that_comes_in_locked_stay(ann: Clone, bob: Clone) -> None:
    bob.done("set", "chat/a", "order=4")
    _lock(ann, "chat/a")
    ann.push()
    said = bob.pull("--format", "json").json
    assert [each["key"] for each in said["stale"]] == ["chat/a"]
    assert "locked" in said["stale"][0]["reason"]
    assert [each["key"] for each in bob.done("pending", "--format", "json").json] == ["chat/a"]


@pytest.mark.parametrize("is_locked_here", [True, False])
def test_a_lock_beside_a_file_that_is_broken_on_the_other_side_asks(
    ann: Clone, bob: Clone, is_locked_here: bool
) -> None:
    breaker, locker = (ann, bob) if is_locked_here else (bob, ann)
    breaker.commit("chat/a", "schema = 1", "schema = ")
    _lock(locker, "chat/a")
    ann.push()
    before = bob.text("chat/a")
    said = bob("pull", "--yes")
    assert (said.code, "a lock, and the file is broken on the other side" in said.out) == (3, True)
    assert bob.text("chat/a") == before
    bob.pull("--ours" if is_locked_here else "--theirs", "chat/a")
    assert _is_locked(bob, "chat/a")
