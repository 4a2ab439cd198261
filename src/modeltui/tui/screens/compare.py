"""The runs of a few models side by side: what each made, in which time, at which cost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, HorizontalScroll, Vertical
from textual.widgets import Static

from modeltui.domain.batch import BatchReport, BatchState
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.units import NO_UNITS
from modeltui.services.running.results import ResultService
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.batch import state_piece, tally_text
from modeltui.tui.present.compare import best_of, column_lines
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.result_view import ResultView
from modeltui.tui.work_messages import BatchMoved, OpenBatch, OpenJob, WatchBatch

_LEAST: Final = 36
"""Cells of a column: with fewer they scroll."""
_ORDERS: Final = ("plan", "time", "cost")
_OVER: Final = frozenset({BatchState.FINISHED, BatchState.STOPPED, BatchState.INTERRUPTED})


class CompareColumn(Vertical, can_focus=True, can_focus_children=False):
    """One run: numbers at the top, its result below."""

    DEFAULT_CSS = """
    CompareColumn {
        height: 1fr; padding: 0 1; border-left: solid $faint;
        & > Static { height: auto; }
        & > ResultView { height: 1fr; }
        &:focus { border-left: thick $accent; }
    }
    """

    def __init__(self, results: ResultService, kept: KeptJob) -> None:
        super().__init__()
        self._results = results
        self.kept = kept

    def compose(self) -> ComposeResult:
        yield Static(classes="numbers", markup=False)
        yield ResultView(self._results)

    def on_mount(self) -> None:
        self.query_one(ResultView).display = False

    def show(self, kept: KeptJob, *, best: str) -> None:
        """best: in what it is the best of all, in words."""
        self.kept = kept
        width = max(self.size.width - 3, 12)
        lines = column_lines(kept, width, datetime.now(UTC), best)
        self.query_one(".numbers", Static).update(content(lines))
        view = self.query_one(ResultView)
        if kept.job.files or kept.job.text:
            view.display = True
            self.call_after_refresh(view.show, kept.job)


class Columns(HorizontalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the column that has the focus: the arrows are the screen's."""


class CompareScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="column.open", tooltip="this run as a whole"),
        Binding("right,l,tab", "step(1)", "Next", id="column.next", show=False),
        Binding("left,shift+tab", "step(-1)", "Previous", id="column.previous", show=False),
        Binding("s", "rank", "Rank", id="column.rank", tooltip="by time, by cost, or as they were chosen"),
        Binding("b", "batch", "As a batch", id="column.batch", tooltip="pause, stop, retry, report"),
    ]
    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "CompareColumn"

    def __init__(self, workspace: Workspace, batch_id: str) -> None:
        super().__init__()
        self.jobs = workspace.jobs
        self._batches = workspace.batches
        self._results = workspace.results
        self._batch_id = batch_id
        self._order = _ORDERS[0]
        self._ranked: tuple[str, ...] = ()
        self._report: BatchReport | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(CompareScreen.snapshot)
        yield Static(id="what", markup=False)
        with Container(id="body"):
            yield Columns(id="columns")
        yield HintLine(("column.open", "column.rank", "column.batch")).data_bind(CompareScreen.snapshot)

    def on_mount(self) -> None:
        self.post_message(WatchBatch(self, self._batch_id))

    @property
    def columns(self) -> list[CompareColumn]:
        return list(self.query(CompareColumn))

    def read(self) -> tuple[BatchReport, tuple[KeptJob, ...]]:
        report = self._batches.report(self._batch_id)
        kept = {each.job.id: each for each in self.jobs.list(batch=report.id)}
        return report, tuple(kept[job.id] for job in report.jobs if job.id in kept)

    @on(FollowingPage.Read)
    async def _show(self, event: FollowingPage.Read) -> None:
        self._report, kept = event.found
        self.is_live = self._report.state not in _OVER
        scroll = self.query_one(Columns)
        known = {column.kept.job.id for column in self.columns}
        await scroll.mount(*(CompareColumn(self._results, each) for each in kept if each.job.id not in known))
        if not known and self.columns:
            self.columns[0].focus()
        self._widen()
        self.call_after_refresh(self._fill, {each.job.id: each for each in kept})

    def _fill(self, kept: dict[str, KeptJob]) -> None:
        assert self._report is not None
        best = best_of([each.job for each in kept.values()], self._costs)
        for column in self.columns:
            column.show(kept[column.kept.job.id], best=best.get(column.kept.job.id, ""))
        order = {"plan": "as chosen", "time": "the fastest first", "cost": "the cheapest first"}[self._order]
        what: Line = (
            (" side by side  ", "muted"),
            state_piece(self._report.state, self._report.tally),
            (f"  {tally_text(self._report.tally)}", "plain"),
            (f"  {order}", "muted"),
        )
        self.query_one("#what", Static).update(content([what]))
        self._arrange()

    def _costs(self, job: Job) -> float | None:
        """In US dollars where that can be said, else in its own currency."""
        if job.cost is None:
            return None
        units = self.snapshot.catalog.units if self.snapshot is not None else NO_UNITS
        return float(units.in_usd(job.cost) or job.cost.amount)

    def _arrange(self) -> None:
        """Ranked by what succeeded; the others come last, as they were chosen."""
        assert self._report is not None
        place = {job.id: at for at, job in enumerate(self._report.jobs)}

        def rank(column: CompareColumn) -> tuple[float, int]:
            job = column.kept.job
            value: float | None = float(place[job.id])
            if self._order != "plan":
                is_good = job.state is JobState.SUCCEEDED
                value = (job.elapsed_s if self._order == "time" else self._costs(job)) if is_good else None
            return (float("inf") if value is None else value, place[job.id])

        ranked = sorted(self.columns, key=rank)
        ids = tuple(column.kept.job.id for column in ranked)
        if ids != self._ranked:
            self._ranked = ids
            scroll = self.query_one(Columns)
            for column in ranked:
                scroll.move_child(column, after=len(self.columns) - 1)

    def tick(self) -> None:
        self._fill({column.kept.job.id: column.kept for column in self.columns})

    def on_resize(self) -> None:
        self.call_after_refresh(self._widen)

    def _widen(self) -> None:
        """As many columns as can be read stand side by side; the others are reached by scrolling."""
        columns, room = self.columns, self.query_one(Columns).size.width or self.size.width
        if columns:
            width = room // min(len(columns), max(room // _LEAST, 1))
            for column in columns:
                column.styles.width = width

    @on(BatchMoved)
    def _moved(self, event: BatchMoved) -> None:
        event.stop()
        if event.is_over:
            self.look()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    @property
    def _column(self) -> CompareColumn | None:
        return next((column for column in self.columns if column.has_focus), None)

    def why_not(self, action: str) -> str | None:
        if action in ("open", "rank", "batch") and self._report is None:
            return "the runs are being read"
        return "no run has the focus" if action == "open" and self._column is None else None

    @explained
    def action_open(self) -> None:
        assert self._column is not None
        self.post_message(OpenJob(self._column.kept.job.id))

    def action_step(self, step: int) -> None:
        columns, here = self.columns, self._column
        if columns:
            at = columns.index(here) + step if here is not None else 0
            column = columns[max(0, min(at, len(columns) - 1))]
            column.focus()
            column.scroll_visible(animate=False)

    @explained
    def action_rank(self) -> None:
        self._order = _ORDERS[(_ORDERS.index(self._order) + 1) % len(_ORDERS)]
        self.tick()

    @explained
    def action_batch(self) -> None:
        self.post_message(OpenBatch(self._batch_id))
