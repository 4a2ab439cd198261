"""The only writer of the catalogue: all files of an apply or none, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final, Literal

from modeltui.domain.recorder import Recorded, Recorder
from modeltui.errors import ApplyError, BrokenFileError, ConflictError, InDoubtError, ModeltuiError, RefusedError
from modeltui.storage import journal as journals
from modeltui.storage import stage as stages
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, reason_of
from modeltui.storage.journal import Journal, Way
from modeltui.storage.moves import Moves
from modeltui.storage.mutex import Holder, Mutex, Waiting
from modeltui.storage.real_fs import RealFs
from modeltui.storage.request import ApplyRequest, FileOperation, Settler, check_request
from modeltui.storage.stage import Stage
from modeltui.storage.swap import OutsiderError
from modeltui.storage.verify import verify

__all__ = ["Applied", "Applier", "ApplyRequest", "ApplyStatus", "FileOperation", "Recovered", "Settler"]

_WEAK: Final = "this file system cannot exchange two names: an edit by another program at that very moment can be lost"


@dataclass(frozen=True, slots=True)
class Applied:
    id: str
    paths: tuple[str, ...]
    """Files that changed, relative to the catalogue."""
    commit: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovered:
    id: str
    """Of the interrupted apply; empty where its journal could not be believed."""
    outcome: Literal["finished", "undone", "set aside"]
    files: tuple[str, ...]
    commit: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyStatus:
    state: Literal["idle", "applying", "interrupted", "in doubt"]
    """`applying` is another process's; `in doubt` is an undo that did not come to its end."""
    id: str | None = None
    by: str | None = None
    files: tuple[str, ...] = ()
    holder: Holder | None = None
    reason: str | None = None
    """Why the journal cannot be believed or read, where that is so."""


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

    def apply(self, request: ApplyRequest) -> Applied:
        """Raises ConflictError, LockedError or RefusedError with nothing touched; ApplyError with everything undone.

        Raises BusyError while another process writes, and InDoubtError when an apply could be neither finished nor
        undone: everything is kept then, and `recover` tries again.
        """
        check_request(request)
        with self._writing(f"applying {len(request.operations)} files"):  # 0
            self._clear_the_way()
            with _nothing_written():
                verify(self._fs, request)  # 1
                late = self._recorder.catch_up()
            stage = Stage(self._fs, request.id)
            journal = self._committed(stage, request)  # 2, 3, 4
            applied = self._carried_out(journal)  # 5, 6, 7
        warnings = (late, _new_owner(stage), *applied.warnings)
        return replace(applied, warnings=tuple(warning for warning in warnings if warning))

    def recover(self, way: Way | None = None) -> Recovered | None:
        """Finish or undo an interrupted apply; None when there is none. `way` insists on one of the two.

        Raises InDoubtError when it can be neither finished nor undone; everything is kept.
        """
        with _in_words("the interrupted apply could not be looked at"):
            try:
                if not self._has_work() or not self._mutex.is_free():
                    return None
            except PermissionError:
                return None  # who may only read is no one to recover
        with self._writing("recovering an interrupted apply"):
            try:
                return self._resume(way)
            except BrokenFileError as error:
                return self._set_aside(error)

    def status(self) -> ApplyStatus:
        """Cheap, and takes the mutex for no longer than a moment."""
        with _in_words("the state of applies could not be read"):
            try:
                journal = journals.find(self._fs)
            except PermissionError as error:
                return ApplyStatus("idle", reason=reason_of(error))
            except (BrokenFileError, InDoubtError) as error:
                return ApplyStatus("in doubt", reason=error.message)
            if journal is None:
                return ApplyStatus("idle")
            if not self._mutex.is_free():
                return ApplyStatus("applying", journal.id, journal.by, journal.paths, self._mutex.holder())
            state: Literal["interrupted", "in doubt"] = "interrupted" if journal.way == "forward" else "in doubt"
            return ApplyStatus(state, journal.id, journal.by, journal.paths)

    @contextmanager
    def _writing(self, doing: str) -> Iterator[None]:
        with _nothing_written():
            state_dir.ensure(self._fs)
        with _in_words("the apply was interrupted"), self._mutex.held(doing):
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
        except OSError as error:
            with suppress(OSError):
                stages.clear(self._fs, stage.apply_id, [move.spare for move in stage.moves])
            with suppress(OSError):
                self._fs.unlink(state_dir.DRAFT)
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
        except ModeltuiError as error:
            raise _unfinished(error.message) from error
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

    def _has_work(self) -> bool:
        try:
            return journals.find(self._fs) is not None or stages.has_leftovers(self._fs)
        except BrokenFileError:
            return True

    def _clear_the_way(self) -> None:
        """Before a new apply, the last one is finished or undone."""
        try:
            self._resume(None)
        except BrokenFileError as error:
            raise InDoubtError(error.message, hint=error.hint) from error

    def _resume(self, way: Way | None) -> Recovered | None:
        """Raises BrokenFileError where the journal is not to be believed."""
        journal = journals.find(self._fs)
        if journal is None:
            with suppress(OSError):
                stages.sweep(self._fs)
            return None
        moves = Moves(self._fs, journal)
        with _in_doubt():
            if self._recorder.has(journal.id):
                return self._resumed_as_recorded(journal, moves, way)
            if (way or journal.way) == "back":
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

    def _set_aside(self, error: BrokenFileError) -> Recovered:
        kept = ", ".join(journals.set_aside(self._fs))
        return Recovered("", "set aside", (), warnings=(f"{error.message}; it is kept as {kept}",))


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


def _failed(error: OSError) -> ApplyError:
    return ApplyError(f"{reason_of(error)}; nothing was written", hint="the changes are still queued; apply again")


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
