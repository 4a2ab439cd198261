"""System users of one group on one catalogue: what both do lands, and neither is in the other's way or power."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from crash.group import ALICE, BOB, GROUP, STRANGER, Member, Said, build, is_active, named_users
from modeltui.storage import state_dir
from modeltui.storage.mutex import Mutex
from modeltui.storage.real_fs import RealFs

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes of other users")

ROUNDS = 3
MINE, YOURS, SHARED, LOCKED = ("a0", "a1", "a2"), ("b0", "b1", "b2"), "both", "frozen"

Join: TypeAlias = Callable[..., Member]


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder that other users can reach; those of pytest are closed to them."""
    top = Path(tempfile.mkdtemp(prefix="modeltui-users-"))
    top.chmod(0o755)
    yield top
    shutil.rmtree(top)


@pytest.fixture
def join(ground: Path) -> Iterator[Join]:
    """Starts a process for a user."""
    members: list[Member] = []

    def start(uid: int, gid: int = GROUP) -> Member:
        members.append(Member(ground / "shared", uid, gid))
        return members[-1]

    yield start
    for member in members:
        member.close()


@pytest.fixture
def root(ground: Path) -> Path:
    build(ground / "shared", GROUP, [*MINE, *YOURS, SHARED], locked=[LOCKED])
    return ground / "shared"


def _switch(member: Member, verb: str, slugs: tuple[str, ...]) -> None:
    for slug in slugs:
        said = member(verb, f"key:chat/{slug}")
        assert said.code == 0, said


def _apply_at_once(one: Member, other: Member) -> list[Said]:
    for member in (one, other):
        member.begin("apply", "--yes", "--reason", "at the same moment")
    return [member.end() for member in (one, other)]


def _check_access(root: Path, gid: int) -> None:
    """Whatever one of them left, the other can go on with."""
    for path in (root, *root.rglob("*")):
        status = path.stat()
        mode = stat.S_IMODE(status.st_mode)
        assert status.st_gid == gid, path
        if state_dir.STATE in path.parts:
            assert mode == (0o2770 if path.is_dir() else 0o660), f"{path}: {mode:o}"
        else:
            assert mode == (0o2775 if path.is_dir() else 0o664), f"{path}: {mode:o}"
    left = os.listdir(root / state_dir.STATE)
    assert not [name for name in left if name.startswith(("journal", "txn-")) or ".broken" in name], left


def _rounds(root: Path, alice: Member, bob: Member, gid: int) -> None:
    for number in range(ROUNDS):
        verb = "enable" if number % 2 else "disable"
        _switch(alice, verb, MINE)
        _switch(bob, verb, YOURS)
        results = _apply_at_once(alice, bob)
        assert [said.code for said in results] == [0, 0], results
        assert {is_active(root, slug) for slug in MINE + YOURS} == {verb == "enable"}
        assert [member("pending", "--format", "json").json for member in (alice, bob)] == [[], []]
        _check_access(root, gid)
    histories = [member("history", "--format", "json").json for member in (alice, bob)]
    assert histories[0] == histories[1]
    assert len(histories[0]) == 2 * ROUNDS


def test_both_sets_of_changes_land(root: Path, join: Join) -> None:
    _rounds(root, join(ALICE), join(BOB), GROUP)


def test_both_land_where_the_system_lists_the_users(ground: Path, join: Join) -> None:
    one, other, gid = named_users()
    build(ground / "shared", gid, [*MINE, *YOURS])
    _rounds(ground / "shared", join(one, gid), join(other, gid), gid)


def test_each_sees_the_queue_of_the_other_and_changes_only_their_own(root: Path, join: Join) -> None:
    alice, bob = join(ALICE), join(BOB)
    _switch(alice, "disable", MINE)
    _switch(bob, "disable", (SHARED,))
    assert f"uid-{ALICE}: {len(MINE)} pending" in bob("pending", "--all-users").out
    assert f"uid-{BOB}: 1 pending" in alice("pending", "--all-users").out
    assert bob("discard", "--all").code == 0
    assert len(alice("pending", "--format", "json").json) == len(MINE)


def test_the_second_conflicts_only_where_files_overlap(root: Path, join: Join) -> None:
    members = alice, bob = join(ALICE), join(BOB)
    _switch(alice, "disable", (*MINE, SHARED))
    _switch(bob, "disable", (*YOURS, SHARED))
    results = _apply_at_once(alice, bob)
    assert sorted(said.code for said in results) == [0, 3], results
    loser, said = next((member, said) for member, said in zip(members, results, strict=True) if said.code == 3)
    assert f"models/chat/{SHARED}.toml" in said.err
    assert not any(slug in said.err for slug in MINE + YOURS)
    assert len(loser("pending", "--format", "json").json) == 4
    assert loser("discard", f"key:chat/{SHARED}").code == 0
    assert loser("apply", "--yes", "--reason", "the rest").code == 0
    assert not any(is_active(root, slug) for slug in (*MINE, *YOURS, SHARED))


def test_who_is_killed_while_applying_is_recovered_by_the_other(root: Path, join: Join) -> None:
    alice, bob = join(ALICE), join(BOB)
    _switch(alice, "disable", MINE)
    _switch(bob, "disable", YOURS)
    assert alice.died("apply", "--yes", "--reason", "cut off", killed_at=1) == -signal.SIGKILL
    assert len({is_active(root, slug) for slug in MINE}) == 2, "it died in the middle"
    details = bob("recover", "--details", "--format", "json").json
    assert (details["state"], details["by"], details["holder"]) == ("interrupted", f"uid-{ALICE}", None)
    said = bob("apply", "--yes", "--reason", "mine")
    assert said.code == 0
    assert "an interrupted apply" in said.err
    assert "waiting for" not in said.err
    assert not any(is_active(root, slug) for slug in MINE + YOURS)
    again = join(ALICE)
    assert again("pending", "--format", "json").json == []
    assert [each["by"] for each in again("history", "--format", "json").json] == [f"uid-{BOB}", f"uid-{ALICE}"]
    _switch(again, "enable", MINE)
    assert again("apply", "--yes", "--reason", "on we go").code == 0
    _check_access(root, GROUP)


def test_who_waits_is_told_for_whom_and_goes_on(root: Path, join: Join) -> None:
    """Carol lets go once bob was told."""
    bob = join(BOB)
    _switch(bob, "disable", ("b0",))
    assert bob.heard() == "1 model queued\n"
    with Mutex(RealFs(str(root)), "carol", host="east").held("applying 3 files"):
        bob.begin("apply", "--yes", "--reason", "in a moment")
        assert bob.heard().startswith("waiting for carol on east: applying 3 files since ")
        assert is_active(root, "b0")
    assert bob.end().code == 0
    assert not is_active(root, "b0")
    _check_access(root, GROUP)


def _base(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_plan_of_the_other_is_checked_like_any_change(root: Path, join: Join) -> None:
    """Bob writes what he likes into a plan that alice applies: locks, digests and paths are those on the disk."""
    alice, bob = join(ALICE), join(BOB)
    _switch(bob, "disable", (SHARED,))
    plan = bob.home / "plan.json"
    assert bob("plan", "--out", str(plan)).code == 0
    text = plan.read_text()
    frozen = root / f"models/chat/{LOCKED}.toml"
    bases = _base(root / f"models/chat/{SHARED}.toml"), _base(frozen)
    crafted = {
        "locked": text.replace(f"chat/{SHARED}", f"chat/{LOCKED}").replace(bases[0], bases[1]),
        "stale": text.replace(bases[0], "0" * 64),
        "climbing": text.replace(f"models/chat/{SHARED}.toml", "models/../../outside.toml"),
        "state": text.replace(f"models/chat/{SHARED}.toml", ".modeltui/queue/x.toml"),
    }
    before = {path: path.read_bytes() for path in (root / "models").rglob("*.toml")}
    for name, content in crafted.items():
        assert content != text
        (bob.home / name).write_text(content)
        (bob.home / name).chmod(0o644)
        said = alice("apply", "--plan", str(bob.home / name), "--yes", "--reason", "trust me")
        assert said.code in {1, 3}, (name, said)
        assert said.err.startswith("error:") or "\nerror: " in said.err, (name, said)
        assert {path: path.read_bytes() for path in (root / "models").rglob("*.toml")} == before
    assert not (root.parent / "outside.toml").exists()
    assert alice("history", "--format", "json").json == []


def test_a_stranger_reads_no_queue_and_writes_nothing(root: Path, join: Join) -> None:
    alice, stranger = join(ALICE), join(STRANGER, STRANGER)
    _switch(alice, "disable", MINE)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for words in (("disable", f"key:chat/{SHARED}"), ("apply", "--yes", "--reason", "x"), ("recover",)):
        said = stranger(*words)
        assert "bug" not in said.err
        assert f"uid-{ALICE}" not in said.out + said.err
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


# in a git work tree


def _git(directory: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=directory, check=True, capture_output=True, text=True).stdout


def _in_git(root: Path) -> None:
    """A repository of root's that the group may write."""
    _git(root, "init", "--quiet", "--shared=group")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "--message=first")
    for path in (root / ".git", *(root / ".git").rglob("*")):
        os.chown(path, 0, GROUP)
        path.chmod(0o2775 if path.is_dir() else path.stat().st_mode | 0o060)


def _knows_git(member: Member, root: Path | None) -> None:
    trusted = f"[safe]\n\tdirectory = {root}\n" if root else ""
    config = member.home / ".gitconfig"
    config.write_text(f"[user]\n\tname = {member.uid}\n\temail = {member.uid}@example.invalid\n{trusted}")
    os.chown(config, member.uid, -1)


def _authors(root: Path) -> list[str]:
    """Of all commits, newest first."""
    return _git(root, "-c", f"safe.directory={root}", "log", "--format=%an").split()


def test_both_commit_to_one_work_tree(root: Path, join: Join) -> None:
    _in_git(root)
    members = alice, bob = join(ALICE), join(BOB)
    for member in members:
        _knows_git(member, root)
    for verb in ("disable", "enable"):
        _switch(alice, verb, MINE)
        _switch(bob, verb, YOURS)
        results = _apply_at_once(alice, bob)
        assert [said.code for said in results] == [0, 0]
        assert all("history pending" not in said.err and "commit" in said.err for said in results), results
    assert sorted(_authors(root)) == sorted([str(ALICE), str(BOB)] * 2 + ["Test"])
    assert _git(root, "status", "--porcelain") == ""


def test_who_does_not_trust_the_work_tree_is_told_how_and_the_next_one_commits(root: Path, join: Join) -> None:
    _in_git(root)
    alice, bob = join(ALICE), join(BOB)
    _knows_git(alice, root)
    _knows_git(bob, None)
    _switch(bob, "disable", YOURS)
    said = bob("apply", "--yes", "--reason", "bob's")
    assert said.code == 0
    assert "history pending: the files are applied, but not committed: git does not trust this work tree" in said.err
    assert not any(is_active(root, slug) for slug in YOURS)
    _switch(alice, "disable", MINE)
    assert alice("apply", "--yes", "--reason", "alice's").code == 0
    assert len(_authors(root)) == 3
    assert "bob's" in _git(root, "log", "--format=%B")
    assert _git(root, "status", "--porcelain") == ""
