"""The workflows of the catalogue: their steps, what they cost, how their last chain stands; and the way to run them."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.chain.progress import ChainProgress
from modeltui.domain.change import Action
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import PlannedFile
from modeltui.domain.text import safe
from modeltui.domain.workflow import Workflow
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenModel
from modeltui.tui.present.line import BLANK, Line, line, wrapped
from modeltui.tui.present.model import pending_lines
from modeltui.tui.present.outcome import of_error
from modeltui.tui.present.workflow import chain_lines, cost_lines, finding_lines, head, step_lines, workflow_line
from modeltui.tui.screens.chain_questions import ask_to_go_on, can_go_on
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.screens.workflow_acts import WorkflowActs
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import ChainMoved, OpenChains, OpenWorkflow, ResumeChain

_READING: Final[list[Line]] = [(("Reading the workflows …", "muted"),)]
_NONE: Final[list[Line]] = [
    (("There are no workflows.", "plain"),),
    BLANK,
    (("One is a file workflows/NAME.toml that says which models run one after", "muted"),),
    (("the other. n makes a first one; docs/catalog-format.md has all that", "muted"),),
    (("it may say.", "muted"),),
]
_HINTS: Final = (
    "workflow.open",
    "workflow.resume",
    "workflow.chains",
    "workflow.new",
    "workflow.toggle",
    "workflow.remove",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One workflow, with all that is said of it."""

    workflow: Workflow
    models: tuple[Model | None, ...] = ()
    cost: WorkflowCost | None = None
    findings: tuple[Finding, ...] = ()
    last: ChainProgress | None = None
    pending: PlannedFile | None = None
    """What waits for its file."""

    @property
    def slug(self) -> str:
        return self.workflow.slug

    @property
    def action(self) -> Action | None:
        """What is to become of its file."""
        return None if self.pending is None else self.pending.action


class WorkflowsScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Workflows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Run…", id="workflow.open", tooltip="inputs, price, and the way of it", priority=True),
        Binding("space", "resume", "Go on", id="workflow.resume", tooltip="with the last chain, where it stopped"),
        Binding("c", "chains", "Chains", id="workflow.chains", tooltip="every run of it: its steps, jobs and files"),
        Binding("n", "new", "New…", id="workflow.new", tooltip="of some models; it waits in the queue"),
        Binding("t", "switch", "Toggle", id="workflow.toggle", tooltip="active on or off; it waits in the queue"),
        Binding("x", "remove_file", "Remove…", id="workflow.remove", tooltip="its file; it waits in the queue"),
        Binding("m", "model", "Model…", id="workflow.model", tooltip="of one of its steps"),
        Binding("tab", "app.focus_next", "List or details", id="workflow.focus", show=False),
    ]
    CSS_PATH = "workflows.tcss"
    AUTO_FOCUS = "#workflows"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="workflows")
        self.jobs = workspace.jobs
        self._workflows = workspace.workflows
        self._chains = workspace.chains
        self._acts = WorkflowActs(self, workspace)
        self._made: str | None = None
        """Name of a workflow that the cursor is to go to, once it is there."""
        self._wanted: str | None = None
        """Id of a chain that is to be gone on with."""

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(WorkflowsScreen.snapshot)
        with Container(id="body"):
            yield RowList[Shown](attrgetter("slug"), self._line, empty=_READING, id="workflows")
            yield LineView(id="details")
        yield HintLine(_HINTS).data_bind(WorkflowsScreen.snapshot)

    @staticmethod
    def _line(row: Shown, width: int) -> Line:
        return workflow_line(row.workflow, row.last, row.action, width)

    @property
    def _rows(self) -> RowList[Shown]:
        return self.query_one("#workflows", RowList)

    @property
    def _row(self) -> Shown | None:
        return self._rows.cursor_row

    def read(self) -> tuple[Shown, ...]:
        found = {workflow.slug: workflow for workflow in self._workflows.all()}
        if self.snapshot is not None:
            found = {**self.snapshot.shown.workflows, **found}
        return tuple(self._shown(found[slug]) for slug in sorted(found))

    def _shown(self, workflow: Workflow) -> Shown:
        snapshot = self.snapshot
        pending = None if snapshot is None else snapshot.plan.files.get(workflow.key)
        findings, chains = self._workflows.findings(workflow), self._chains.list(workflow.slug, 1)
        last = chains[0] if chains else None
        if workflow.is_broken:
            return Shown(workflow, findings=findings, last=last, pending=pending)
        models = tuple(self._workflows.model(step) for step in workflow.steps)
        cost = None if pending is not None and pending.action is Action.CREATE else self._workflows.cost(workflow.slug)
        return Shown(as_pending(workflow, pending), models, cost, findings, last, pending)

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        found: tuple[Shown, ...] = event.found
        self._rows.empty = _NONE
        self._rows.show(found)
        slugs = [each.slug for each in found]
        if self._made in slugs:
            self._rows.cursor, self._made = slugs.index(self._made), None
        self._show_details()

    def watch_snapshot(self) -> None:
        """Prices and models may be others now."""
        if self.is_mounted:
            self.look()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_details)

    @on(RowList.Highlighted, "#workflows")
    def _show_details(self) -> None:
        row, view = self._row, self.query_one("#details", LineView)
        width = max(view.size.width - 2, 20)
        lines: list[Line] = []
        if row is not None:
            lines = [*wrapped_head(row.workflow, width), BLANK]
            if row.pending is not None:
                lines += [*pending_lines(row.pending), BLANK]
            if not row.workflow.is_broken:
                lines += [*step_lines(row.workflow, row.models, row.cost, with_inputs=True), BLANK]
            if row.cost is not None:
                lines += cost_lines(row.cost)
            findings = [each for each in row.findings if each != row.workflow.fault]
            if findings:
                lines += [BLANK, *wrapped(finding_lines(findings), width)]
            if row.last is not None:
                lines += [BLANK, line(f"last chain {row.last.id[:8]}", "muted"), *chain_lines(row.last, width)]
        if lines != list(view.rows):
            view.show_lines(lines)
        self.refresh_bindings()

    @on(ChainMoved)
    def _moved(self, event: ChainMoved) -> None:
        """Of a chain that was gone on with here: to its own screen, once."""
        event.stop()
        wanted, self._wanted = self._wanted, None
        if wanted == event.progress.id and self.is_current:
            self.post_message(OpenWorkflow(event.progress.workflow))

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._made = None
        notice = of_error(event.error)
        self._rows.empty = [((row, "bad"),) for row in notice.text.split("\n")]
        self._rows.refresh()
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        row = self._row
        if action not in ("open", "resume", "model", "chains", "switch", "remove_file"):
            return None
        if row is None:
            return "there is no workflow"
        why = None
        if action == "resume":
            is_open = row.last is not None and can_go_on(row.last)
            why = None if is_open else "no chain of it waits to be gone on with"
        elif action == "chains":
            why = None if row.last is not None else "it was not run yet, or its chains are forgotten"
        elif row.workflow.is_broken:
            why = f"{safe(row.slug)} is broken: mend the file"
        elif action in ("switch", "remove_file") and row.action is Action.DELETE:
            why = "it is about to be removed: u takes that back"
        elif action == "open" and row.action is Action.CREATE:
            why = "it waits to be made: a applies it"
        return why

    @on(RowList.Chosen, "#workflows")
    def _chosen(self) -> None:
        self.action_open()

    @explained
    def action_open(self) -> None:
        assert self._row is not None
        self.post_message(OpenWorkflow(self._row.slug))

    @explained
    def action_resume(self) -> None:
        row = self._row
        assert row is not None
        assert row.last is not None
        wish = ResumeChain(self, row.slug, row.last.id)

        def go_on() -> None:
            self._wanted = wish.id
            self.post_message(wish)

        ask_to_go_on(self, row.last, go_on)

    @explained
    def action_chains(self) -> None:
        assert self._row is not None
        self.post_message(OpenChains(self._row.slug))

    @explained
    def action_new(self) -> None:
        def made(slug: str) -> None:
            self._made = slug

        self._acts.ask_new(made)

    @explained
    def action_switch(self) -> None:
        assert self._row is not None
        self._acts.switch(self._row.workflow)

    @explained
    def action_remove_file(self) -> None:
        row = self._row
        assert row is not None
        self._acts.ask_remove(row.workflow, is_draft=row.action is Action.CREATE)

    @explained
    def action_model(self) -> None:
        row = self._row
        assert row is not None
        options = [
            Option(model.key, line(step.id), line(model.key, "muted"))
            for step, model in zip(row.workflow.steps, row.models, strict=True)
            if model is not None
        ]

        def answered(key: str | None) -> None:
            if key is not None:
                self.post_message(OpenModel(key))

        self.app.push_screen(Chooser("Model of which step", within(options)), answered)


def as_pending(workflow: Workflow, pending: PlannedFile | None) -> Workflow:
    """With the switch that waits for it."""
    edits = () if pending is None else pending.edits
    return next((replace(workflow, active=edit.new is True) for edit in edits if edit.path == ("active",)), workflow)


def wrapped_head(workflow: Workflow, width: int) -> list[Line]:
    first, *rest = head(workflow)
    return [first, *wrapped(rest, width)]
