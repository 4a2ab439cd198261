"""The runs that are kept, newest first: those that go on move, and what was interrupted is taken up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Input, Static

from modeltui.domain.job import JobState, KeptJob
from modeltui.domain.text import safe
from modeltui.domain.units import NO_UNITS, Units
from modeltui.errors import QueryError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, JobChanged
from modeltui.tui.present.job import job_counts, job_details, job_line
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.screens.job_acts import JOB_BINDINGS, JOB_VERBS, JobActs, why_not_job
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import OpenJob

_PAGE: Final = 200
_READING: list[Line] = [(("Reading the jobs …", "muted"),)]
_NONE: list[Line] = [
    (("Nothing was run yet.", "plain"),),
    BLANK,
    (("In the catalogue r runs a model, R many of them, = compares a few.", "muted"),),
    (("Every run is kept here: its inputs, its request, its result and its cost.", "muted"),),
]
_NOT_FOUND: list[Line] = [
    (("No job is in this state, of a model of this query.", "plain"),),
    BLANK,
    (("s takes another state, / another query; esc there takes it away.", "muted"),),
]
_WAITING: Final = "interrupted"
_STATES: Final[Mapping[str, tuple[str, tuple[JobState, ...]]]] = {
    "": ("all", ()),
    "running": (
        "running or interrupted",
        (JobState.PREPARING, JobState.SUBMITTING, JobState.POLLING, JobState.DOWNLOADING),
    ),
    _WAITING: ("interrupted: nobody is at work on them", tuple(state for state in JobState if not state.is_final)),
    **{state.value: (state.value, (state,)) for state in (JobState.QUEUED, *(s for s in JobState if s.is_final))},
}


@dataclass(frozen=True, slots=True)
class Found:
    jobs: tuple[KeptJob, ...]
    is_cut: bool


class QueryInput(LineInput):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "All models", id="jobs.drop_query", show=False, priority=True),
    ]

    def action_drop(self) -> None:
        self.value = ""
        self.post_message(self.Submitted(self, ""))


class JobsScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="job.open", tooltip="its result, and all that is kept", priority=True),
        *JOB_BINDINGS,
        Binding("s", "states", "State", id="jobs.state", tooltip="only those in one state"),
        Binding("slash", "find", "Find", id="jobs.find", tooltip="by the models of a query"),
        Binding("plus", "more", "More", id="jobs.more", tooltip="older ones", show=False),
        Binding("tab", "app.focus_next", "Jobs or details", id="jobs.focus", show=False),
    ]
    CSS_PATH = "jobs.tcss"
    AUTO_FOCUS = "#jobs"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="jobs")
        self.jobs = workspace.jobs
        self._acts = JobActs(self, workspace)
        self._query = ""
        self._state = ""
        self._limit = _PAGE
        self._is_cut = False

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(JobsScreen.snapshot)
        with Horizontal(id="top"):
            yield Static(id="counts", markup=False)
            yield QueryInput(placeholder="of which models: provider:sandbox, type:chat, a name", id="query")
            yield Static(id="which", markup=False)
        with Container(id="body"):
            yield RowList[KeptJob](attrgetter("job.id"), self._line, empty=_READING, id="jobs")
            yield LineView(id="details")
        yield HintLine(("job.open", "job.resume", "job.cancel", "job.again", "job.send_again", "jobs.state")).data_bind(
            JobsScreen.snapshot
        )

    @staticmethod
    def _line(kept: KeptJob, width: int) -> Line:
        return job_line(kept, width, datetime.now(UTC))

    @property
    def _rows(self) -> RowList[KeptJob]:
        return self.query_one("#jobs", RowList)

    @property
    def units(self) -> Units:
        return self.snapshot.catalog.units if self.snapshot is not None else NO_UNITS

    def read(self) -> Found:
        _, states = _STATES[self._state]
        query, limit = self._query, self._limit
        found = self.jobs.list(query or None, limit + 1, states=states)
        shown = found[:limit]
        if self._state == _WAITING:
            shown = tuple(kept for kept in shown if kept.is_interrupted)
        return Found(shown, len(found) > limit)

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        found: Found = event.found
        self._is_cut = found.is_cut
        self.is_live = any(kept.is_followed and not kept.job.state.is_final for kept in found.jobs)
        self._rows.empty = _NOT_FOUND if self._query or self._state else _NONE
        self._rows.show(found.jobs)
        self.query_one("#counts", Static).update(content([job_counts(found.jobs, is_cut=found.is_cut)]))
        which = ", ".join(filter(None, (_STATES[self._state][0] if self._state else "", self._query)))
        self.query_one("#which", Static).update(content([((f"{safe(which)} ", "accent"),)]))
        self._show_details()

    def tick(self) -> None:
        self._rows.show(self._rows.rows)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_details)

    @on(RowList.Highlighted, "#jobs")
    def _show_details(self) -> None:
        kept, view = self._rows.cursor_row, self.query_one("#details", LineView)
        width = max(view.size.width - 2, 20)
        lines = job_details(kept, width, datetime.now(UTC), self.units) if kept else []
        if list(lines) != list(view.rows):
            view.show_lines(lines)
        self.refresh_bindings()

    @on(JobChanged)
    def _ended(self, event: JobChanged) -> None:
        """Of a job that was taken up or cancelled here; the list shows it by itself."""
        event.stop()
        self._acts.ended(event.job)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        if isinstance(event.error, QueryError):
            self._query = ""
        self._rows.empty = [((safe(event.error.message), "bad"),), ((safe(event.error.hint or ""), "muted"),)]
        self._rows.refresh()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is the query's while one is typed."""
        return (
            super().check_action(action, parameters) if action != "open" else not self.query_one(QueryInput).has_focus
        )

    def why_not(self, action: str) -> str | None:
        if action == "more":
            return None if self._is_cut else "these are all"
        if action in JOB_VERBS or action == "open":
            return why_not_job(action, self._rows.cursor_row)
        return None

    @on(RowList.Chosen, "#jobs")
    def _chosen(self) -> None:
        self.action_open()

    @explained
    def action_open(self) -> None:
        kept = self._rows.cursor_row
        assert kept is not None
        self.post_message(OpenJob(kept.job.id))

    @explained
    def action_job(self, verb: str) -> None:
        kept = self._rows.cursor_row
        assert kept is not None
        self._acts.do(verb, kept, self.units)

    @explained
    def action_more(self) -> None:
        self._limit *= 4
        self.look()

    def action_states(self) -> None:
        options = [Option(name or "-", ((title, "plain"),)) for name, (title, _) in _STATES.items()]

        def answered(name: str | None) -> None:
            if name is not None:
                self._state = "" if name == "-" else name
                self.look()

        self.app.push_screen(Chooser("Jobs in which state", within(options), at=self._state or "-"), answered)

    def action_find(self) -> None:
        self.query_one("#top").add_class("-finding")
        query = self.query_one(QueryInput)
        query.value = self._query
        query.focus()

    @on(Input.Submitted, "#query")
    def _found(self, event: Input.Submitted) -> None:
        self._query, self._limit = event.value.strip(), _PAGE
        self.query_one("#top").remove_class("-finding")
        self._rows.focus()
        self.look()
