"""What `check` says besides the files: an apply in doubt, commits that wait, a state directory that is not whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modeltui.domain.finding import Finding
from modeltui.errors import ModeltuiError
from modeltui.history.repository import PendingCommit
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import ApplyStatus
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_check import state_findings

_HOW: dict[str, str] = {
    "interrupted": "an apply stopped before its end, and could not be finished or undone",
    "in doubt": "an apply is in doubt, and no other begins before that is settled",
}


class StateCheck:
    """Called, it gives the findings as things are now. Reads only."""

    def __init__(
        self,
        root: str,
        status: Callable[[], ApplyStatus],
        pending: Callable[[], Iterable[PendingCommit]],
        jobs: Callable[[], ModeltuiError | None] = lambda: None,
    ) -> None:
        """`pending` gives the applies whose commit is still to be made; `jobs`, why the jobs cannot be read."""
        self._fs = RealFs(root)
        self._status = status
        self._pending = pending
        self._jobs = jobs

    def __call__(self) -> tuple[Finding, ...]:
        return (*self._of_applies(), *state_findings(self._fs), *self._of_commits(), *self._of_jobs())

    def _of_applies(self) -> Iterator[Finding]:
        try:
            status = self._status()
        except ModeltuiError as error:
            yield Finding("apply-in-doubt", "error", error.message, state_dir.STATE, hint=error.hint)
            return
        if (what := _HOW.get(status.state)) is not None:
            name = f"{status.id} by {status.by}" if status.id else status.reason
            path = status.doubt.journals[0] if status.doubt and status.doubt.journals else state_dir.STATE
            hint = "`modeltui recover --details` says what is known, and the ways out of it"
            yield Finding("apply-in-doubt", "error", f"{what}: {name}", path, hint=hint)

    def _of_commits(self) -> Iterator[Finding]:
        try:
            waiting = list(self._pending())
        except OSError:
            return  # what is unreadable is said already
        for each in waiting:
            message = f"the apply {each.record.get('id')} is written, and not committed: {each.why}"
            hint = "see to that; the next apply commits it as well"
            yield Finding("commit-pending", "warning", message, state_dir.HISTORY, hint=hint)

    def _of_jobs(self) -> Iterator[Finding]:
        error = self._jobs()
        if error is not None:
            message = f"the jobs cannot be read, and there are no statistics of runs: {error.message}"
            yield Finding("jobs-unreadable", "warning", message, f"{state_dir.STATE}/jobs.db", hint=error.hint)
