"""What can be done to a batch: pause, go on, stop, run the failed ones again, save its report."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from modeltui.domain.batch import BatchReport, BatchState, Tally
from modeltui.domain.batch_formats import BY_SUFFIX, written
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.tui.messages import Failed
from modeltui.tui.present.batch import report_text
from modeltui.tui.screens.batch_questions import ask_retry, ask_to_go_on, ask_to_stop, ask_where
from modeltui.tui.work_messages import OpenComparison, ResumeBatch, StartBatch, TellBatch

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace

BATCH_BINDINGS: Final[list[BindingType]] = [
    Binding("space", "batch('pause')", "Pause or go on", id="batch.pause", tooltip="nothing new begins; or again"),
    Binding("x", "batch('stop')", "Stop", id="batch.stop", tooltip="when what runs has ended; asks"),
    Binding("X", "batch('stop_now')", "Stop now", id="batch.stop_now", tooltip="cancel what runs; asks", show=False),
    Binding("R", "batch('retry')", "Retry the failed", id="batch.retry", tooltip="as a new batch; asks"),
    Binding("s", "batch('report')", "Save report", id="batch.report", tooltip="text, JSON, JUnit or Markdown"),
    Binding("equals_sign", "batch('compare')", "Side by side", id="batch.compare", tooltip="its results; 2 to 6 runs"),
]
BATCH_VERBS: Final = ("pause", "stop", "stop_now", "retry", "report", "compare")
MOST_COMPARED: Final = 6
_GOING: Final = frozenset({BatchState.RUNNING, BatchState.PAUSED})


def why_not_batch(verb: str, report: BatchReport | None) -> str | None:
    if report is None:
        return "the batch is being read"
    is_going, tally = report.state in _GOING, report.tally
    if verb in ("stop", "stop_now") and not is_going:
        return f"nobody is at work on it: it is {report.state}"
    if verb == "pause" and not is_going and tally.done >= tally.total:
        return "every run of it has ended"
    if verb == "retry" and not tally.failed:
        return "no run of it failed"
    if verb == "compare" and not 2 <= tally.total <= MOST_COMPARED:
        return f"side by side are 2 to {MOST_COMPARED} runs; this batch has {tally.total}"
    return None


class BatchActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._batches = workspace.batches

    def do(self, verb: str, report: BatchReport, state: BatchState, tally: Tally) -> None:
        """By how it stands now."""
        match verb:
            case "pause":
                self._pause(report, state, tally)
            case "stop":
                ask_to_stop(self._screen, tally, partial(self._tell, report, "stop"), is_now=False)
            case "stop_now":
                ask_to_stop(self._screen, tally, partial(self._tell, report, "cancel"), is_now=True)
            case "retry":
                self._screen.run_worker(self._retry(report), group="retry")
            case "report":
                ask_where(self._screen, report, partial(self._save, report))
            case "compare":
                self._screen.post_message(OpenComparison(report.id))

    def _pause(self, report: BatchReport, state: BatchState, tally: Tally) -> None:
        if state is BatchState.RUNNING and not tally.queued:
            self._screen.notify("every run has begun, so there is nothing to hold back; x stops, X cancels")
            return
        if state in _GOING:
            self._tell(report, "go_on" if state is BatchState.PAUSED else "pause")
            return
        wish = ResumeBatch(self._screen, report.id)
        ask_to_go_on(self._screen, tally, lambda: void(self._screen.post_message(wish)))

    def _tell(self, report: BatchReport, word: str) -> None:
        self._screen.post_message(TellBatch(self._screen, report.id, word))

    async def _retry(self, report: BatchReport) -> None:
        try:
            plan = await asyncio.to_thread(self._batches.retry_plan, report.id)
        except ModeltuiError as error:
            self._screen.post_message(Failed(error))
            return
        if not plan.items and not plan.fetches:
            self._screen.notify("none of them can be run now: the models do not take their inputs", severity="warning")
            return
        ask_retry(self._screen, plan, lambda: void(self._screen.post_message(StartBatch(self._screen, plan))))

    def _save(self, report: BatchReport, path: str, replaces: bool) -> None:
        self._screen.run_worker(self._saved(report, path, replaces), group="report")

    async def _saved(self, report: BatchReport, path: str, replaces: bool) -> None:
        """As it stands now."""
        try:
            now = await asyncio.to_thread(self._batches.report, report.id)
            form = next((form for suffix, form in BY_SUFFIX.items() if path.casefold().endswith(suffix)), None)
            text = report_text(now) if form is None else written(now, form)
            await asyncio.to_thread(partial(self._batches.save, path, text, replaces=replaces))
        except ModeltuiError as error:
            self._screen.post_message(Failed(error))
        else:
            self._screen.notify(safe(f"the report is in {path}"), markup=False)


def void(_: object) -> None:
    """For what asks for a function that gives nothing."""
