"""An apply on a real disk: what it writes, what it refuses, and what it leaves."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from crash import real, scenario
from crash.plain_recorder import PlainRecorder
from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.pending.queue import Step
from modeltui.errors import (
    ApplyError,
    BrokenFileError,
    BusyError,
    ConflictError,
    InDoubtError,
    LockedError,
    RefusedError,
)
from modeltui.storage import state_dir
from modeltui.storage.applying import journal as journals
from modeltui.storage.applying.applier import Applied, Applier, ApplyRequest, FileOperation
from modeltui.storage.applying.journal import Journal, Move
from modeltui.storage.fs import FileSystem
from modeltui.storage.mutex import Mutex
from modeltui.storage.queue_file import QueueSettler
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_check import state_findings

LOCKED = b"name = 'a'\n\n[lock]\nlocked = true\nby = 'alice'\nreason = 'in production'\n"
UNLOCKED = b"name = 'a'\n\n[lock]\nlocked = false\n"
A = "models/chat/a.toml"
NOBODY = 65534
DOUBT = f"{state_dir.RESCUED}/doubt-1"
ACL = bytes.fromhex("02000000 01000600ffffffff 02000600e7030000 04000400ffffffff 10000600ffffffff 20000000ffffffff")
"""User 999 may write: an access control list as Linux keeps it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "catalog"


@pytest.fixture
def fs(root: Path) -> RealFs:
    return real.catalogue(root)


def _request(*operations: FileOperation, apply_id: str = "one") -> ApplyRequest:
    record = {**scenario.request().record, "id": apply_id}
    return replace(scenario.request(), id=apply_id, operations=operations, change_ids=(), record=record)


def _update(path: str, old: bytes, new: bytes, *, is_of_lock_only: bool = False) -> FileOperation:
    return FileOperation(path[7:-5], path, Action.UPDATE, digest(old), new, is_of_lock_only)


def _create(path: str, content: bytes = b"name = 'n'\n") -> FileOperation:
    return FileOperation(path[7:-5], path, Action.CREATE, None, content)


def _left(fs: FileSystem) -> list[str]:
    return [name for name in fs.list(state_dir.STATE) if name.startswith(("journal", "txn-", "rescued"))]


# what it writes


@pytest.mark.parametrize("few", [0, 8])
def test_all_files_the_history_and_the_queue(fs: RealFs, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.storage.applying.stage.FEW", few)
    applied = scenario.applier(fs).apply(scenario.request())
    assert applied.id == scenario.ID
    assert sorted(applied.paths) == [operation.path for operation in scenario.operations()]
    assert applied.warnings == ()
    assert scenario.outcome(fs) == "new"
    assert scenario.applier(fs).recover() is None
    assert scenario.applier(fs).status().state == "idle"


def test_a_new_directory_and_its_parents(fs: RealFs, root: Path) -> None:
    path = "models/new/deeper/x.toml"
    scenario.applier(fs).apply(_request(_create(path)))
    assert (root / path).read_bytes() == b"name = 'n'\n"
    assert [child.name for child in (root / "models").iterdir() if child.name.startswith(".")] == []


def test_what_changes_nothing_is_not_touched(fs: RealFs, root: Path) -> None:
    content = scenario.OLD[A]
    before = (root / A).stat()
    applied = scenario.applier(fs).apply(_request(_update(A, content, content)))
    assert applied.paths == ()
    assert (root / A).stat().st_ino == before.st_ino


def test_mode_and_attributes_survive(fs: RealFs, root: Path) -> None:
    try:
        os.setxattr(root / A, "user.note", b"kept")
        os.setxattr(root / A, "system.posix_acl_access", ACL)
    except OSError:
        pytest.skip("this file system keeps no extended attributes or ACLs")
    mode = (root / A).stat().st_mode
    scenario.applier(fs).apply(_request(_update(A, scenario.OLD[A], b"name = 'x'\n")))
    assert (root / A).read_bytes() == b"name = 'x'\n"
    assert (root / A).stat().st_mode == mode
    assert os.getxattr(root / A, "user.note") == b"kept"
    assert os.getxattr(root / A, "system.posix_acl_access") == ACL


def test_what_the_stage_inherits_does_not_cling(fs: RealFs, root: Path) -> None:
    """A default ACL of the folder reaches our stage, and must not reach a file that has no ACL."""
    try:
        os.setxattr(root / ".modeltui", "system.posix_acl_default", ACL)
    except OSError:
        pytest.skip("this file system keeps no ACLs")
    scenario.applier(fs).apply(_request(_update(A, scenario.OLD[A], b"name = 'x'\n")))
    assert os.listxattr(root / A) == []
    assert (root / A).stat().st_mode & 0o777 == scenario.MODES[A]


def test_a_new_owner_is_said(groups_root: Path) -> None:
    with _as_nobody():
        applied = _apply_x(groups_root)
    assert applied.warnings == (f"{A}: the owner is another now, group and mode are kept",)
    assert (groups_root / A).stat().st_mode & 0o777 == scenario.MODES[A]
    assert (groups_root / A).stat().st_uid == NOBODY


def test_a_group_that_cannot_be_kept_is_refused(groups_root: Path) -> None:
    os.chown(groups_root / A, 0, 12345)
    (groups_root / A).chmod(0o644)
    with _as_nobody(), pytest.raises(RefusedError, match="its group 12345 cannot be kept"):
        _apply_x(groups_root)
    assert (groups_root / A).read_bytes() == scenario.OLD[A]
    assert _left(RealFs(str(groups_root))) == []


def test_who_may_only_read_has_nothing_to_recover(groups_root: Path) -> None:
    _interrupted(RealFs(str(groups_root)))
    (groups_root / ".modeltui").chmod(0o700)
    with _as_nobody():
        assert scenario.applier(RealFs(str(groups_root))).recover() is None
        assert scenario.applier(RealFs(str(groups_root))).status().state == "idle"
        with pytest.raises(ApplyError, match="Permission denied; nothing was written"):
            _apply_x(groups_root)


def _apply_x(root: Path) -> Applied:
    return scenario.applier(RealFs(str(root))).apply(_request(_update(A, scenario.OLD[A], b"x = 1\n")))


@pytest.fixture
def groups_root() -> Iterator[Path]:
    """A catalogue that belongs to root and the group of `nobody`, in a place where everybody may go."""
    if os.geteuid() != 0:
        pytest.skip("only root can play another user")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "catalog"
        real.catalogue(root)
        for path in (root, *root.rglob("*")):
            mode = 0o2775 if path.is_dir() else path.stat().st_mode | (0o060 if ".modeltui" in path.parts else 0)
            os.chown(path, 0, NOBODY)
            path.chmod(mode)
        yield root


@contextmanager
def _as_nobody() -> Iterator[None]:
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


# what it refuses


def test_every_conflict_is_named_and_nothing_is_touched(fs: RealFs, root: Path) -> None:
    (root / A).write_bytes(b"theirs = 1\n")
    (root / "models/image/c.toml").unlink()
    (root / "models/image/d.toml").write_bytes(b"theirs = 2\n")
    before = scenario.files(fs)
    with pytest.raises(ConflictError) as caught:
        scenario.applier(fs).apply(scenario.request())
    for words in (f"{A} changed", "c.toml is gone", "d.toml is there already"):
        assert words in caught.value.message
    assert scenario.files(fs) == before
    assert scenario.queue(fs).load().changes == scenario.changes()
    assert _left(fs) == []


def test_a_lock_in_the_file_holds(fs: RealFs, root: Path) -> None:
    (root / A).write_bytes(LOCKED)
    with pytest.raises(LockedError, match="locked by alice"):
        scenario.applier(fs).apply(_request(_update(A, LOCKED, b"name = 'b'\n")))
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(FileOperation("chat/a", A, Action.DELETE, digest(LOCKED), None)))
    assert (root / A).read_bytes() == LOCKED


def test_a_lock_may_be_taken_off_and_nothing_else_with_it(fs: RealFs, root: Path) -> None:
    (root / A).write_bytes(LOCKED)
    forged = UNLOCKED.replace(b"'a'", b"'b'")
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(_update(A, LOCKED, forged, is_of_lock_only=True)))
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(_update(A, LOCKED, UNLOCKED)))
    scenario.applier(fs).apply(_request(_update(A, LOCKED, UNLOCKED, is_of_lock_only=True)))
    assert (root / A).read_bytes() == UNLOCKED


@pytest.mark.parametrize("spelling", ['["l\\u006fck"]', "['lock']", '["\\U0000006cock"]'])
def test_a_lock_holds_however_it_is_spelt(fs: RealFs, root: Path, spelling: str) -> None:
    content = f"name = 'a'\n{spelling}\nlocked = true\n".encode()
    (root / A).write_bytes(content)
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(_update(A, content, b"name = 'b'\n")))


def test_a_broken_file_is_never_overwritten(fs: RealFs, root: Path) -> None:
    (root / A).write_bytes(b"[lock\n")
    with pytest.raises(BrokenFileError, match=r"a\.toml"):
        scenario.applier(fs).apply(_request(_update(A, b"[lock\n", b"name = 'b'\n")))
    assert (root / A).read_bytes() == b"[lock\n"


def test_hard_links_are_not_parted(fs: RealFs, root: Path) -> None:
    os.link(root / A, root / "elsewhere")
    with pytest.raises(RefusedError, match="2 hard links"):
        scenario.applier(fs).apply(_request(_update(A, scenario.OLD[A], b"name = 'b'\n")))
    assert (root / "elsewhere").read_bytes() == scenario.OLD[A]


def test_no_link_is_followed(fs: RealFs, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.toml").write_bytes(scenario.OLD[A])
    (root / "models/linked").symlink_to(outside)
    (root / "models/chat/l.toml").symlink_to(outside / "a.toml")
    for path in ("models/linked/a.toml", "models/chat/l.toml"):
        with pytest.raises(ConflictError):
            scenario.applier(fs).apply(_request(_update(path, scenario.OLD[A], b"stolen = 1\n")))
    with pytest.raises(ConflictError):
        scenario.applier(fs).apply(_request(_create("models/linked/new.toml")))
    assert [child.name for child in outside.iterdir()] == ["a.toml"]
    assert (outside / "a.toml").read_bytes() == scenario.OLD[A]


@pytest.mark.parametrize(
    "path",
    [
        "../x.toml",
        "/etc/x.toml",
        "models/../../x.toml",
        "models/./x.toml",
        "models//x.toml",
        ".modeltui/journal",
        ".modeltui/x.toml",
        "models/.hidden.toml",
        "models/x.txt",
        "models/a\0.toml",
        "models\\x.toml",
        "",
    ],
)
def test_a_crafted_path_is_refused(fs: RealFs, path: str) -> None:
    with pytest.raises(RefusedError):
        scenario.applier(fs).apply(_request(_create(path)))
    assert _left(fs) == []


def test_a_crafted_plan_is_refused(fs: RealFs) -> None:
    for request in (
        _request(_create("models/x/y.toml"), _create("models/x/y.toml")),
        _request(replace(_create("models/x/y.toml"), old_digest="0" * 64)),
        _request(replace(_create("models/x/y.toml"), action=Action.DELETE)),
        _request(_create("models/x/y.toml"), apply_id="../../x"),
    ):
        with pytest.raises(RefusedError):
            scenario.applier(fs).apply(request)


def test_one_at_a_time(fs: RealFs) -> None:
    with (
        Mutex(fs, "bob", host="there").held("applying 3 files"),
        pytest.raises(BusyError, match=r"bob on there .* applying 3 files"),
    ):
        scenario.applier(fs).apply(scenario.request())
    assert scenario.outcome(fs) == "old"


# what it recovers


class _Stopped(Exception):  # noqa: N818  # a crash, not an error
    pass


class _Settler:
    """Fails until it is told not to."""

    def __init__(self, fs: FileSystem) -> None:
        self.inner = QueueSettler("", fs=fs)
        self.error: Exception | None = None

    def settle(self, user: str, ids: Collection[str], apply_id: str) -> None:
        if self.error is not None:
            raise self.error
        self.inner.settle(user, ids, apply_id)


def _interrupted(fs: RealFs) -> None:
    """An apply that died with its files in place and its history written."""
    settler = _Settler(fs)
    settler.error = _Stopped()
    with pytest.raises(_Stopped):
        Applier("", PlainRecorder(scenario.history(fs)), settler, fs=fs, user="alice").apply(scenario.request())


def test_the_next_apply_finishes_the_last_one_first(fs: RealFs, root: Path) -> None:
    _interrupted(fs)
    assert scenario.applier(fs).status().state == "interrupted"
    scenario.applier(fs).apply(_request(_create("models/chat/later.toml")))
    assert [record.id for record in scenario.history(fs).entries()] == ["one", scenario.ID]
    assert scenario.queue(fs).load().changes == ()


def test_another_user_may_recover_and_the_right_queue_is_settled(fs: RealFs) -> None:
    _interrupted(fs)
    other = Applier("", PlainRecorder(scenario.history(fs)), QueueSettler("", fs=fs), fs=fs, user="bob")
    recovered = other.recover()
    assert recovered is not None
    assert (recovered.id, recovered.outcome) == (scenario.ID, "finished")
    assert scenario.outcome(fs) == "new"


def test_going_back_is_refused_once_it_is_history(fs: RealFs) -> None:
    _interrupted(fs)
    with pytest.raises(RefusedError, match="in the history already"):
        scenario.applier(fs).recover("back")
    assert scenario.applier(fs).recover("forward") is not None
    assert scenario.outcome(fs) == "new"


def test_a_queue_that_cannot_be_settled_is_said_and_finished_later(fs: RealFs) -> None:
    settler = _Settler(fs)
    settler.error = RefusedError("the queue could not be written: No space left on device")
    applier = Applier("", PlainRecorder(scenario.history(fs)), settler, fs=fs, user="alice")
    with pytest.raises(InDoubtError, match=r"the files are written, but .* No space left"):
        applier.apply(scenario.request())
    settler.error = None
    assert applier.recover() is not None
    assert scenario.outcome(fs) == "new"


def test_a_live_apply_is_not_an_interrupted_one(fs: RealFs) -> None:
    _interrupted(fs)
    with Mutex(fs, "bob", host="there").held("applying 5 files"):
        status = scenario.applier(fs).status()
        assert (status.state, status.by) == ("applying", "alice")
        assert status.holder is not None
        assert status.holder.user == "bob"
        assert scenario.applier(fs).recover() is None
    assert scenario.applier(fs).recover() is not None


# journals that are not to be believed


def _journal_of(fs: RealFs, root: Path) -> bytes:
    _interrupted(fs)
    return (root / state_dir.JOURNAL).read_bytes()


def _crafted(content: bytes, **changed: Any) -> bytes:
    """A journal with a right checksum and wrong intentions."""
    body = {**json.loads(content.split(b"\n")[1]), **changed}
    text = json.dumps(body).encode()
    return b"modeltui-journal 1 %s\n%s\n" % (digest(text).encode(), text)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"a.toml", b"x.toml"),
        lambda content: b"\0" * len(content),
        lambda content: _crafted(content, moves=[["../../etc/x.toml", "update", "0" * 64, "1" * 64, ".modeltui/0"]]),
        lambda content: _crafted(content, moves=[[A, "update", "0" * 64, "1" * 64, "/etc/passwd"]]),
        lambda content: _crafted(content, moves=[[A, "create", None, "1" * 64, "models/image/.modeltui-x-0.tmp"]]),
        lambda content: _crafted(content, id="../../x"),
        lambda content: _crafted(content, directories=["../x"]),
        lambda content: _crafted(content, moves=5),
    ],
)
def test_a_damaged_or_crafted_journal_is_in_doubt_until_somebody_decides(fs: RealFs, root: Path, damage: Any) -> None:
    content = damage(_journal_of(fs, root))
    (root / state_dir.JOURNAL).write_bytes(content)
    before = scenario.files(fs)
    for _ in range(2):
        assert scenario.applier(fs).status().state == "in doubt"
        with pytest.raises(InDoubtError, match="cannot be followed"):
            scenario.applier(fs).apply(_request(_create("models/chat/later.toml")))
        with pytest.raises(InDoubtError, match="cannot be followed") as caught:
            scenario.applier(fs).recover()
        assert "--accept" in (caught.value.hint or "")
        with pytest.raises(InDoubtError) as caught:
            scenario.applier(fs).recover("forward")
        assert "recover --back" in (caught.value.hint or "")
    assert (root / state_dir.JOURNAL).read_bytes() == content
    assert scenario.files(fs) == before
    recovered = scenario.applier(fs).recover(accepts=True)
    assert recovered is not None
    assert recovered.outcome == "accepted"
    assert (root / f"{DOUBT}/journal-1").read_bytes() == content
    assert (root / f"{DOUBT}/txn-{scenario.ID}").is_dir(), "what such a journal speaks of is kept"
    spares = {path for path in before if path.rpartition("/")[2].startswith(".modeltui-")}
    assert scenario.files(fs) == {path: text for path, text in before.items() if path not in spares}
    for path in spares:
        assert (root / DOUBT / f"{path.replace('/', '_')}-1").read_bytes() == before[path]
    assert scenario.applier(fs).recover() is None
    assert scenario.applier(fs).status().state == "idle"
    scenario.applier(fs).apply(_request(_create("models/chat/later.toml")))


def test_a_journal_that_is_a_link_is_not_followed(fs: RealFs, root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "journal"
    elsewhere.write_bytes(_journal_of(fs, root))
    (root / state_dir.JOURNAL).unlink()
    (root / state_dir.JOURNAL).symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    with pytest.raises(InDoubtError, match="it is a link"):
        scenario.applier(fs).recover()
    scenario.applier(fs).recover(accepts=True)
    assert (root / f"{DOUBT}/journal-1").is_symlink()
    assert elsewhere.read_bytes() == before


def test_a_strangers_journal_is_not_followed(fs: RealFs, root: Path) -> None:
    _interrupted(fs)
    (root / state_dir.JOURNAL).chmod(0o666)
    with pytest.raises(InDoubtError, match="everybody may write it"):
        scenario.applier(fs).apply(scenario.request())
    (root / state_dir.JOURNAL).chmod(0o600)
    if os.geteuid() == 0:
        os.chown(root / state_dir.JOURNAL, 4321, 4321)
        with pytest.raises(InDoubtError, match="user 4321"):
            scenario.applier(fs).apply(scenario.request())


def test_a_newer_programs_journal_is_left_to_it(fs: RealFs, root: Path) -> None:
    content = _journal_of(fs, root).replace(b"modeltui-journal 1", b"modeltui-journal 2")
    (root / state_dir.JOURNAL).write_bytes(content)
    with pytest.raises(InDoubtError, match="version 2"):
        scenario.applier(fs).recover()
    assert (root / state_dir.JOURNAL).read_bytes() == content


def test_a_journal_whose_stage_is_gone_is_undone(fs: RealFs, root: Path) -> None:
    """A rename that was reported as failed and took effect after all, as on a network disk."""
    spare = "models/chat/.modeltui-lost-0.tmp"
    move = Move("models/chat/new.toml", Action.CREATE, None, "1" * 64, spare)
    journals.write_draft(fs, Journal("lost", "alice", (move,), (), (), {"id": "lost"}))
    journals.publish(fs)
    recovered = scenario.applier(fs).recover()
    assert recovered is not None
    assert recovered.outcome == "undone"
    assert scenario.outcome(fs) == "old"


# the state directory


def test_the_state_directory_is_made_and_ignored_by_git(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    fs = RealFs(str(tmp_path))
    scenario.applier(fs).apply(_request(_create("models/x.toml")))
    assert (tmp_path / ".modeltui/.gitignore").read_text() == "*\n"
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    seen = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path, check=True, capture_output=True).stdout
    assert b".modeltui" not in seen


def test_a_groups_catalogue_is_the_groups(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for directory in (tmp_path, tmp_path / "models"):
        directory.chmod(0o2775)
    fs = RealFs(str(tmp_path))
    scenario.applier(fs).apply(_request(_create("models/x.toml")))
    scenario.queue(fs).take(Step("x", added=scenario.changes()))
    modes = {path: fs.stat(path).mode for path in (".modeltui", ".modeltui/mutex", ".modeltui/history.jsonl")}
    assert modes == {".modeltui": 0o2770, ".modeltui/mutex": 0o660, ".modeltui/history.jsonl": 0o660}
    assert fs.stat(".modeltui/queue/alice.jsonl").mode == 0o660
    assert fs.stat(".modeltui/queue").mode == 0o2770
    scenario.applier(fs).apply(_request(_create("models/new/x.toml"), apply_id="two"))
    assert fs.stat("models/new").mode == 0o2775
    assert fs.stat("models/new/x.toml").mode == 0o664


def test_a_state_directory_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/.modeltui").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="not a directory"):
        scenario.applier(RealFs(str(tmp_path / "catalog"))).apply(_request(_create("models/x.toml")))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_looked_into_stops_no_sweep(fs: RealFs, root: Path) -> None:
    class Closed(RealFs):
        def list(self, path: str) -> list[str]:
            if path == "models/image":
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return super().list(path)

    (root / ".modeltui/txn-dead").mkdir()
    (root / ".modeltui/txn-dead/0").write_bytes(b"x")
    for place in ("models/chat", "models/image"):
        (root / place / ".modeltui-dead-1.tmp").write_bytes(b"x")
    assert scenario.applier(Closed(str(root))).recover() is None
    assert not (root / "models/chat/.modeltui-dead-1.tmp").exists()
    assert list((root / ".modeltui/txn-dead").iterdir()) == [], "an empty sign that there is something to sweep"
    assert [finding.code for finding in state_findings(fs)] == ["state-left"]
    assert scenario.applier(fs).recover() is None
    assert not (root / "models/image/.modeltui-dead-1.tmp").exists()
    assert _left(fs) == []
    assert list(state_findings(fs)) == []


def test_a_journal_that_was_put_aside_stops_no_sweep(fs: RealFs, root: Path) -> None:
    (root / ".modeltui/journal.broken-1").write_bytes(b"x")
    (root / ".modeltui/txn-dead").mkdir()
    assert scenario.applier(fs).recover() is None
    assert not (root / ".modeltui/txn-dead").exists()


@pytest.mark.parametrize("place", [state_dir.GENERATION, state_dir.DRAFT])
def test_a_folder_in_the_way_is_named_with_the_remedy(fs: RealFs, root: Path, place: str) -> None:
    (root / place).mkdir()
    with pytest.raises(ApplyError, match=f"{place} is a directory, not a file; nothing was written") as caught:
        scenario.applier(fs).apply(scenario.request())
    assert "move it away" in (caught.value.hint or "")
    assert scenario.outcome(fs) == "old" if place == state_dir.GENERATION else (root / place).is_dir()


def test_a_read_only_file_system_is_said_plainly(fs: RealFs, root: Path) -> None:
    class ReadOnly(RealFs):
        def make_directory(self, path: str, mode: int | None = None) -> None:
            raise OSError(errno.EROFS, "Read-only file system", path)

    with pytest.raises(ApplyError, match="on a read-only file system; nothing was written"):
        scenario.applier(ReadOnly(str(root))).apply(scenario.request())
    assert scenario.outcome(fs) == "old"


def test_what_a_crash_left_unfinished_is_swept(fs: RealFs, root: Path) -> None:
    (root / ".modeltui/txn-dead").mkdir()
    (root / ".modeltui/txn-dead/0").write_bytes(b"x")
    (root / "models/chat/.modeltui-dead-1.tmp").write_bytes(b"x")
    (root / "models/chat/.modeltui-alive-1.tmp").write_bytes(b"x")
    (root / ".modeltui/journal.tmp").write_bytes(b"x")
    assert scenario.applier(fs).recover() is None
    assert _left(fs) == []
    assert (root / "models/chat/.modeltui-alive-1.tmp").exists()
    assert not (root / "models/chat/.modeltui-dead-1.tmp").exists()
