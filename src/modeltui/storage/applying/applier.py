"""The only writer of the catalogue: all files of an apply or none, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.recorder import Recorded, Recorder
from modeltui.errors import ApplyError, BrokenFileError, ConflictError, InDoubtError, ModeltuiError, RefusedError
from modeltui.storage import state_dir
from modeltui.storage.applying import doubt as doubts
from modeltui.storage.applying import journal as journals
from modeltui.storage.applying import stage as stages
from modeltui.storage.applying.doubt import Doubt
from modeltui.storage.applying.journal import Journal, Way
from modeltui.storage.applying.moves import Moves
from modeltui.storage.applying.request import ApplyRequest, FileOperation, Settler, check_request
from modeltui.storage.applying.stage import Stage
from modeltui.storage.applying.swap import OutsiderError
from modeltui.storage.applying.verify import verify
from modeltui.storage.fs import FileSystem, reason_of
from modeltui.storage.mutex import Holder, Mutex, OnWait, Waiting
from modeltui.storage.read_only import is_read_only, read_only_refusal
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_check import refuse_blocked

__all__ = ["Applied", "Applier", "ApplyRequest", "ApplyStatus", "FileOperation", "Recovered", "Settler"]

_WEAK: Final = "this file system cannot exchange two names: an edit by another program at that very moment can be lost"

_ACCEPT: Final = (
    "`modeltui recover --details` says what is known; "
    "--back undoes what is proved, --accept leaves the files as they are now"
)
_UNSEEN: Final = "the interrupted apply could not be looked at"


class Applied(Struct, frozen=True):
    id: str
    paths: tuple[str, ...]
    """Files that changed, relative to the catalogue."""
    commit: str | None = None
    warnings: tuple[str, ...] = ()


class Recovered(Struct, frozen=True):
    id: str
    """Of the interrupted apply; empty where its journal could not be believed."""
    outcome: Literal["finished", "undone", "accepted"]
    """`accepted`: an admin took the files as they were."""
    files: tuple[str, ...]
    commit: str | None = None
    warnings: tuple[str, ...] = ()


class ApplyStatus(Struct, frozen=True):
    state: Literal["idle", "applying", "interrupted", "in doubt"]
    """`applying` is another process's; `in doubt` is an undo that did not come to its end."""
    id: str | None = None
    by: str | None = None
    files: tuple[str, ...] = ()
    holder: Holder | None = None
    reason: str | None = None
    """Why the journal cannot be believed or read, where that is so."""
    doubt: Doubt | None = None
    """What is known of an apply whose journal is not believed."""
    why_not_back: str | None = None
    """Why it cannot be undone, where that is known."""


class Applier:
    """`apply`, and `recover` for what a crash left. Raises ModeltuiError only. The numbers are the protocol's steps."""

    def __init__(
        self,
        root: str,
        recorder: Recorder,
        settler: Settler,
        *,
        fs: FileSystem | None = None,
        user: str = "",
        host: str | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self._fs = fs or RealFs(root)
        self._recorder = recorder
        self._settler = settler
        self._mutex = Mutex(self._fs, user or "somebody", host=host, waiting=waiting)

    def apply(self, request: ApplyRequest, on_wait: OnWait | None = None) -> Applied:
        """Raises ConflictError, LockedError or RefusedError with nothing touched; ApplyError with everything undone.

        `on_wait` is told of another process that writes; raises BusyError where that goes on too long. Raises
        InDoubtError when an apply could be neither finished nor undone: everything is kept, and `recover` tries again.
        """
        check_request(request)
        with self._writing(f"applying {len(request.operations)} files", _nothing_written(), on_wait):  # 0
            self._clear_the_way()
            with _nothing_written():
                refuse_blocked(self._fs)
                verify(self._fs, request)  # 1
                late = self._recorder.catch_up()
                if request.holds is not None:
                    request.holds()
            stage = Stage(self._fs, request.id)
            journal = self._committed(stage, request)  # 2, 3, 4
            applied = self._carried_out(journal)  # 5, 6, 7
        warnings = (late, _new_owner(stage), *applied.warnings)
        return replace(applied, warnings=tuple(warning for warning in warnings if warning))

    def recover(self, way: Way | None = None, *, accepts: bool = False) -> Recovered | None:
        """Finish or undo an interrupted apply; None when there is none. `way` insists on one of the two.

        Raises InDoubtError when it can be neither finished nor undone, and where its journal is not to be believed;
        everything is kept. `accepts` ends that state: every file stays as it is, and what was kept is put aside.
        """
        with _in_words(_UNSEEN):
            try:
                if not self._has_work(is_insisted=accepts or way is not None) or not self._mutex.is_free():
                    return None
            except PermissionError:
                return None  # who may only read is no one to recover
        with self._writing("recovering an interrupted apply", _in_words(_UNSEEN)):
            try:
                return self._resume(way, journals.find(self._fs))
            except BrokenFileError as error:
                return self._accepted() if accepts else self._undone_without(error, way)
            except InDoubtError:
                if not accepts or self._is_of_newer_program():
                    raise
                return self._accepted()

    def status(self) -> ApplyStatus:
        """Cheap, and takes the mutex for no longer than a moment."""
        with _in_words("the state of applies could not be read"):
            try:
                journal = journals.find(self._fs)
            except PermissionError as error:
                return ApplyStatus("idle", reason=reason_of(error))
            except BrokenFileError as error:
                found = doubts.doubt(self._fs)
                return ApplyStatus("in doubt", reason=error.message, doubt=found, why_not_back=found.why_not_back)
            except InDoubtError as error:
                return ApplyStatus("in doubt", reason=error.message)
            if journal is None:
                return ApplyStatus("idle")
            if not self._mutex.is_free():
                return ApplyStatus("applying", journal.id, journal.by, journal.paths, self._mutex.holder())
            state: Literal["interrupted", "in doubt"] = "interrupted" if journal.way == "forward" else "in doubt"
            lost = doubts.lost(self._fs, journal)
            return ApplyStatus(state, journal.id, journal.by, journal.paths, why_not_back=lost)

    @contextmanager
    def _writing(
        self, doing: str, beginning: AbstractContextManager[None], on_wait: OnWait | None = None
    ) -> Iterator[None]:
        """`beginning` says what it means when the mutex cannot be had."""
        with ExitStack() as held:
            with beginning:
                state_dir.ensure(self._fs)
                held.enter_context(self._mutex.held(doing, on_wait))
            with _in_words("the apply was interrupted"):
                yield

    def _committed(self, stage: Stage, request: ApplyRequest) -> Journal:
        """Up to the commit point; before it an error leaves nothing behind."""
        with _nothing_written():
            stage.begin()
        try:
            stage.fill(request.operations)
            stage.sync()
            journal = stage.journal(request)
            journals.write_draft(self._fs, journal)
            journals.publish(self._fs)
        except (OSError, RefusedError) as error:
            with suppress(OSError):
                stages.clear(self._fs, stage.apply_id, [move.spare for move in stage.moves])
            with suppress(OSError):
                self._fs.unlink(state_dir.DRAFT)
            if isinstance(error, RefusedError):
                raise
            raise _failed(error) from error
        return journal

    def _carried_out(self, journal: Journal) -> Applied:
        moves = Moves(self._fs, journal)
        try:
            self._fs.sync_directory(state_dir.STATE)
            self._roll_forward(moves, is_fresh=True)
            recorded = self._recorded(journal)
        except OutsiderError as error:
            kept = self._turned_back(journal, moves)
            raise ConflictError("; ".join((error.message, "nothing was written", *kept)), hint=error.hint) from error
        except OSError as error:
            self._turned_back(journal, moves)
            raise _failed(error) from error
        return self._finished(journal, moves, recorded)

    def _roll_forward(self, moves: Moves, *, is_fresh: bool) -> None:
        moves.forward(is_fresh=is_fresh)  # 5
        self._sync(moves)  # 6

    def _recorded(self, journal: Journal) -> Recorded:
        """Step 7 begins. OSError says that there is no record; anything else, that the only way is forward."""
        try:
            return self._recorder.record(journal.record, journal.paths)
        except ModeltuiError as error:
            raise _unfinished(error.message) from error

    def _finished(self, journal: Journal, moves: Moves, recorded: Recorded) -> Applied:
        try:
            self._settler.settle(journal.by, journal.change_ids, journal.id)
            kept = moves.rescue("forward")
            end = journals.end(self._fs, "forward") or self._cleared(journal)
        except OSError as error:
            raise _unfinished(reason_of(error)) from error
        except ModeltuiError as error:  # whose message may speak of the queue alone: that nothing was written
            cause = error.__cause__
            raise _unfinished(reason_of(cause) if isinstance(cause, OSError) else error.message) from error
        warnings = (recorded.warning, _WEAK if moves.is_weak else None, *map(_rescued, kept), end)
        return Applied(journal.id, journal.paths, recorded.commit, tuple(warning for warning in warnings if warning))

    def _turned_back(self, journal: Journal, moves: Moves) -> list[str]:
        """Step 8; what an outsider wrote and we keep. Raises InDoubtError, with everything kept."""
        with _in_doubt():
            journals.turn_back(self._fs)
        return self._undone(journal, moves)

    def _undone(self, journal: Journal, moves: Moves) -> list[str]:
        with _in_doubt():
            moves.back()
            self._sync(moves)
            kept = moves.rescue("back")
            if journals.end(self._fs, "back") is None:
                self._cleared(journal)
        return [_rescued(name) for name in kept]

    def _sync(self, moves: Moves) -> None:
        directories = moves.touched()
        if len(directories) > stages.FEW and self._fs.sync_all():
            return
        for directory in directories:
            self._fs.sync_directory(directory)

    def _cleared(self, journal: Journal) -> str | None:
        """The apply is over: a failure here is a warning, and `sweep` comes later."""
        try:
            stages.clear(self._fs, journal.id, [move.spare for move in journal.moves])
        except OSError as error:
            return f"{state_dir.stage_of(journal.id)} could not be removed: {reason_of(error)}"
        return None

    def _has_work(self, *, is_insisted: bool) -> bool:
        """Raises InDoubtError at once where a journal is not to be believed, and nobody insists on a way out."""
        try:
            return journals.find(self._fs) is not None or stages.has_leftovers(self._fs)
        except BrokenFileError as error:
            if not is_insisted:
                raise _distrusted(error) from error
            return True

    def _clear_the_way(self) -> None:
        """Before a new apply, the last one is finished or undone."""
        try:
            with _nothing_written():
                journal = journals.find(self._fs)
            self._resume(None, journal)
        except BrokenFileError as error:
            raise _distrusted(error) from error

    def _resume(self, way: Way | None, journal: Journal | None) -> Recovered | None:
        if journal is None:
            with suppress(OSError):
                stages.sweep(self._fs)
            return None
        moves = Moves(self._fs, journal)
        with _in_doubt():
            if self._recorder.has(journal.id):
                return self._resumed_as_recorded(journal, moves, way)
            if (way or journal.way) == "back" or journal.is_stand_in:
                return self._resumed_back(journal, moves)
            return self._resumed_forward(journal, moves)

    def _resumed_as_recorded(self, journal: Journal, moves: Moves, way: Way | None) -> Recovered:
        if way == "back":
            raise RefusedError(
                f"the apply {journal.id} is in the history already", hint="recover, then roll it back as a new change"
            )
        return self._ended(journal, moves)

    def _resumed_back(self, journal: Journal, moves: Moves) -> Recovered:
        undo = self._undone if journal.way == "back" else self._turned_back
        return Recovered(journal.id, "undone", journal.paths, warnings=tuple(undo(journal, moves)))

    def _resumed_forward(self, journal: Journal, moves: Moves) -> Recovered:
        if journal.way == "back":
            journals.turn_forward(self._fs)
        try:
            self._roll_forward(moves, is_fresh=False)
        except OutsiderError as error:
            kept = self._turned_back(journal, moves)
            return Recovered(journal.id, "undone", journal.paths, warnings=(error.message, *kept))
        return self._ended(journal, moves)

    def _ended(self, journal: Journal, moves: Moves) -> Recovered:
        applied = self._finished(journal, moves, self._recorded(journal))
        return Recovered(journal.id, "finished", applied.paths, applied.commit, applied.warnings)

    def _undone_without(self, error: BrokenFileError, way: Way | None) -> Recovered | None:
        """What its stage proves is undone by a journal of our own. Raises InDoubtError."""
        if way != "back":
            raise _distrusted(error, way) from error
        with _in_doubt():
            for stage in doubts.doubt(self._fs).stages:
                if self._recorder.has(stage.partition("txn-")[2]):
                    raise InDoubtError(f"{stage} is of an apply that is in the history already", hint=_ACCEPT)
            journal, kept = doubts.stand_in(self._fs)
            undone = self._resumed_back(journal, Moves(self._fs, journal))
        told = f"what the apply had written, and its journal, are kept in {kept}; its changes are still queued"
        return replace(undone, warnings=(*undone.warnings, told))

    def _accepted(self) -> Recovered:
        with _in_doubt():
            kept = doubts.accepted(self._fs)
        return Recovered("", "accepted", (), warnings=(f"the files are left as they are; kept are {', '.join(kept)}",))

    def _is_of_newer_program(self) -> bool:
        try:
            journals.find(self._fs)
        except InDoubtError:
            return True
        return False


@contextmanager
def _nothing_written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failed(error) from error


@contextmanager
def _in_doubt() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InDoubtError(
            f"an apply could be neither finished nor undone: {reason_of(error)}",
            hint="nothing is lost; see to the disk, then `modeltui recover`",
        ) from error


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InDoubtError(f"{what}: {reason_of(error)}", hint="see to the disk, then `modeltui recover`") from error


def _distrusted(error: BrokenFileError, way: Way | None = None) -> InDoubtError:
    if way == "forward":
        hint = "only its journal told what to finish: `modeltui recover --back`, then apply again what is still queued"
    else:
        hint = f"nothing is lost, and no apply begins before that is settled: {_ACCEPT}"
    return InDoubtError(f"an apply is in doubt: {error.message}", hint=hint)


def _failed(error: OSError) -> ApplyError:
    if is_read_only(error):
        refusal = read_only_refusal()
        return ApplyError(refusal.message, hint=refusal.hint)
    first = "see that you may write there, then " if isinstance(error, PermissionError) else ""
    hint = f"the changes are still queued; {first}apply again"
    return ApplyError(f"{reason_of(error)}; nothing was written", hint=hint)


def _unfinished(reason: str) -> InDoubtError:
    return InDoubtError(
        f"the files are written, but the apply is not finished: {reason}",
        hint="nothing is lost; see to the disk, then `modeltui recover`",
    )


def _rescued(name: str) -> str:
    return f"what another program wrote meanwhile is kept as {name}"


def _new_owner(stage: Stage) -> str | None:
    if not stage.new_owners:
        return None
    first, others = stage.new_owners[0], len(stage.new_owners) - 1
    return f"{first}{f' and {others} more' if others else ''}: the owner is another now, group and mode are kept"
