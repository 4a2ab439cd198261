"""One apply of five files, made, changed and deleted, that can be cut off anywhere; and what must be true after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crash.crash_fs import CrashFs, Loss, PowerCut, settled
from crash.plain_recorder import PlainRecorder
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.digest import digest
from modeltui.domain.pending.queue import Step
from modeltui.errors import ModeltuiError
from modeltui.history.record import ApplyRecord, FieldChange, FileChange, encoded_record
from modeltui.history.repository import HistoryRepository
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import Applied, Applier, ApplyRequest, FileOperation
from modeltui.storage.applying.overlay import overlay
from modeltui.storage.fs import FileSystem, exists
from modeltui.storage.log_file import LogFile
from modeltui.storage.mutex import Waiting
from modeltui.storage.queue_file import QueueFile, QueueSettler

ID = "20300102-abc"
AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
NEVER = Waiting(deadline_s=0.0)

OLD: Mapping[str, bytes] = {
    "models/chat/a.toml": b"name = 'a'\nactive = true\n",
    "models/chat/b.toml": b"name = 'b'\r\nactive = true\r\n",
    "models/image/c.toml": b"name = 'c'\n",
    "models/image/untouched.toml": b"name = 'u'\n",
}
NEW: Mapping[str, bytes] = {
    "models/chat/a.toml": b"name = 'a'\nactive = false\n",
    "models/chat/b.toml": b"name = 'b'\r\nactive = false\r\n",
    "models/image/d.toml": b"name = 'd'\n",
    "models/image/untouched.toml": b"name = 'u'\n",
    "models/video/e.toml": b"name = 'e'\n",
}
MODES = {"models/chat/a.toml": 0o640, "models/chat/b.toml": 0o664}
DIRECTORIES = {"models", "models/chat", "models/image"}


def operations() -> tuple[FileOperation, ...]:
    paths = sorted(path for path in OLD.keys() | NEW.keys() if OLD.get(path) != NEW.get(path))
    return tuple(_operation(path, OLD.get(path), NEW.get(path)) for path in paths)


def _operation(path: str, old: bytes | None, new: bytes | None) -> FileOperation:
    action = Action.CREATE if old is None else Action.DELETE if new is None else Action.UPDATE
    key = path.removeprefix("models/").removesuffix(".toml")
    return FileOperation(key, path, action, None if old is None else digest(old), new)


def changes() -> tuple[Change, ...]:
    return tuple(
        Change(
            id=f"{number:03}",
            key=operation.key,
            path=operation.path,
            action=operation.action,
            base=operation.old_digest,
            edits=(Edit(("active",), True, False),) if operation.action is Action.UPDATE else (),
            by="alice",
            at=AT,
        )
        for number, operation in enumerate(operations())
    )


def request() -> ApplyRequest:
    record = ApplyRecord(
        id=ID,
        at=AT,
        by="alice",
        host="here",
        reason="a test",
        changes=tuple(
            FieldChange(change.key, change.path, ("active",), True, False, change.action) for change in changes()
        ),
        files=tuple(
            FileChange(each.key, each.path, each.action, each.old_digest, digest(each.new_content or b""))
            for each in operations()
        ),
    )
    return ApplyRequest(
        id=ID,
        by="alice",
        host="here",
        at=AT,
        reason="a test",
        operations=operations(),
        change_ids=tuple(change.id for change in changes()),
        record=encoded_record(record),
    )


def catalogue(*, can_exchange: bool = True, can_sync_all: bool = True) -> CrashFs:
    """The old files and the queue, all of it on disk."""
    fs = CrashFs(can_exchange=can_exchange, can_sync_all=can_sync_all)
    for directory in sorted(DIRECTORIES):
        fs.make_directory(directory)
    for path, content in OLD.items():
        fs.create(path, content, MODES.get(path))
    state_dir.ensure(fs)
    queue(fs).take(Step("five files", added=changes()))
    return settled(fs)


def queue(fs: FileSystem, user: str = "alice") -> QueueFile:
    return QueueFile("", user, fs=fs, waiting=NEVER)


def history(fs: FileSystem) -> HistoryRepository:
    return HistoryRepository(LogFile(fs, state_dir.HISTORY, waiting=NEVER))


def applier(fs: FileSystem) -> Applier:
    return Applier(
        "", PlainRecorder(history(fs)), QueueSettler("", fs=fs), fs=fs, user="alice", host="here", waiting=NEVER
    )


def files(fs: FileSystem, directory: str = "models") -> dict[str, bytes]:
    """Every file below `models`, hidden ones too."""
    found = {}
    for name in fs.list(directory):
        path = f"{directory}/{name}"
        if fs.stat(path).kind == "directory":
            found.update(files(fs, path))
        else:
            found[path] = fs.read(path, 2**20)
    return found


def seen(fs: FileSystem) -> dict[str, bytes]:
    """The catalogue as our own readers see it."""
    shown = {path: content for path, content in files(fs).items() if path.endswith(".toml")}
    for path, content in overlay(fs).items():
        if content is None:
            shown.pop(path, None)
        else:
            shown[path] = content
    return shown


def outcome(fs: FileSystem) -> str:
    """`old` or `new`; fails where catalogue, queue and history do not say the same, or something is left."""
    there = files(fs)
    assert there in (OLD, NEW), f"a mix: {sorted(there)}"
    name = "old" if there == OLD else "new"
    assert [record.id for record in history(fs).entries()] == ([] if name == "old" else [ID])
    assert queue(fs).load().changes == (changes() if name == "old" else ())
    for path, mode in MODES.items():
        assert fs.stat(path).mode == mode, f"{path} has mode {fs.stat(path).mode:o}"
    left = [each for each in fs.list(state_dir.STATE) if each.startswith(("journal", "txn-"))]
    assert not left, left
    assert set(_directories(fs, "models")) == DIRECTORIES | ({"models/video"} if name == "new" else set())
    return name


def _directories(fs: FileSystem, directory: str) -> Iterator[str]:
    yield directory
    for name in fs.list(directory):
        if fs.stat(f"{directory}/{name}").kind == "directory":
            yield from _directories(fs, f"{directory}/{name}")


@dataclass
class Tally:
    """How many states were tried, and what became of them."""

    states: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.states += 1
        self.outcomes[name] = self.outcomes.get(name, 0) + 1


def cut_before(number: int) -> Callable[[int, str], None]:
    def cut(step: int, label: str) -> None:
        if step == number:
            raise PowerCut(label)

    return cut


def run_until(fs: CrashFs, number: int) -> bool:
    """Apply, with a power cut before step `number`; whether the apply came to its end first."""
    fs.at = cut_before(number)
    return isinstance(cut_off(fs), Applied)


def survived(act: Callable[[], object]) -> bool:
    """Whether `act` came to its end before the power failed."""
    try:
        act()
    except PowerCut:
        return False
    return True


def cut_off(fs: CrashFs) -> Applied | ModeltuiError | None:
    """What the apply gave or raised; None where the power failed first."""
    try:
        return applier(fs).apply(request())
    except ModeltuiError as error:
        return error
    except PowerCut:
        return None


def after(fs: CrashFs, loss: Loss, *, is_done: bool = False) -> str:
    """What a power cut leaves once the next start has recovered it: `old` or `new`, and the same for readers before."""
    left = fs.after_power_cut(loss)
    assert seen(left) in ((OLD,) if exists(left, state_dir.ABORT) else (OLD, NEW)), "readers saw a mix"
    found = applier(left).recover()
    assert applier(left).recover() is None
    name = outcome(left)
    if is_done:
        assert (name, found) == ("new", None), "success was reported too early"
    return name


def after_going_back(fs: CrashFs, loss: Loss) -> str:
    """The same where the user insists on undoing what is not in the history yet."""
    left = fs.after_power_cut(loss)
    if history(left).has(ID):
        return "new"
    applier(left).recover("back")
    assert applier(left).recover() is None
    assert outcome(left) == "old"
    return "old"
