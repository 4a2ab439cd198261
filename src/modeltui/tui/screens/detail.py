"""Everything about one model: what it is and takes, and the file itself with line numbers."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.document import ABSENT, parse_field, shown
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import pending_value
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import safe
from modeltui.domain.workflow import Workflow, users_of
from modeltui.errors import ModeltuiError
from modeltui.services.drift import Drift
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenEdit, OpenHistory, OpenRun
from modeltui.tui.present.drift import drift_lines, why_no_restore
from modeltui.tui.present.fields import editable_fields
from modeltui.tui.present.line import Line, content, cut
from modeltui.tui.present.model import summary, used_by_lines
from modeltui.tui.present.toml import numbered
from modeltui.tui.screens.copy_acts import CopyActs
from modeltui.tui.screens.drift_acts import DriftActs
from modeltui.tui.screens.life_acts import LifeActs
from modeltui.tui.screens.model_acts import ModelActs
from modeltui.tui.screens.model_keys import LIFE_BINDINGS, LIFE_VERBS, MODEL_BINDINGS, why_not_life
from modeltui.tui.screens.model_page import ModelPage
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView

_READING: list[Line] = [(("Reading the file …", "muted"),)]
_UNREAD: list[Line] = [(("The file cannot be read.", "muted"),)]


class DetailScreen(ModelPage):
    BINDING_GROUP_TITLE = "Model"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "switch", "Toggle", id="model.toggle", tooltip="active on or off"),
        Binding("i", "edit_field", "Edit a field", id="model.edit_cell", tooltip="choose a field and edit it"),
        *MODEL_BINDINGS,
        *LIFE_BINDINGS,
        Binding("L", "relock", "Lock anew", id="model.relock", tooltip="a drifted file, as it is now; asks why"),
        Binding("U", "restore", "Give back", id="model.restore", tooltip="to a drifted file what was locked"),
    ]
    CSS_PATH = "detail.tcss"
    AUTO_FOCUS = "#source"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual's own type

    class Drifted(Message):
        """What changed behind the lock; None where nothing did."""

        def __init__(self, drift: Drift | None) -> None:
            super().__init__()
            self.drift = drift

    class Used(Message):
        """The workflows that name the model."""

        def __init__(self, workflows: tuple[Workflow, ...]) -> None:
            super().__init__()
            self.workflows = workflows

    class Read(Message):
        """The text of the file; None where it cannot be read."""

        def __init__(self, source: str | None) -> None:
            super().__init__()
            self.source = source

    def __init__(self, workspace: Workspace, key: str, line: int | None = None) -> None:
        super().__init__(key)
        self._workspace = workspace
        self._catalog = workspace.catalog
        self._acts = ModelActs(self, workspace.changes)
        self._copies = CopyActs(self, workspace)
        self._life = LifeActs(self, workspace)
        self._service = workspace.drift
        self._drift_acts = DriftActs(self, workspace.drift)
        self._drift: Drift | None = None
        self._used_by: tuple[Workflow, ...] = ()
        self._line = line
        self._source: str | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(DetailScreen.snapshot)
        with Container(id="body"):
            with VerticalScroll(id="facts"):
                yield Static(id="summary", markup=False)
            yield LineView(empty=_READING, id="source")
        yield HintLine(("model.relock", "model.restore")).data_bind(DetailScreen.snapshot)

    @property
    def _model(self) -> Model | None:
        return self.snapshot.shown.models.get(self._key) if self.snapshot else None

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._summarise()
            self._read()
            if self._is_drifted:
                self._find_drift()
            self._find_uses()
            self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._summarise)

    def _summarise(self) -> None:
        if self.snapshot is not None:
            width = self.query_one("#facts").scrollable_content_region.width
            found = [*self._drift_lines(self.snapshot), *used_by_lines(self._used_by)]
            lines = summary(self._key, self.snapshot, width, found)
            self.query_one("#summary", Static).update(content(lines))

    def _drift_lines(self, snapshot: Snapshot) -> list[Line]:
        if self._drift is None or not self._is_drifted:
            return []
        return drift_lines(self._drift, is_pending=self._key in snapshot.plan.files)

    @property
    def _is_drifted(self) -> bool:
        return self._model is not None and self._model.is_drifted

    @work(thread=True, exclusive=True, group="drift")
    def _find_drift(self) -> None:
        try:
            self.post_message(self.Drifted(next(iter(self._service.find([self._key])), None)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Drifted)
    def _show_drift(self, event: Drifted) -> None:
        self._drift = event.drift
        self._summarise()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="uses")
    def _find_uses(self) -> None:
        if self.snapshot is None or self._model is None:
            return
        try:
            workflows = self.snapshot.catalog.read_workflows()
            found = users_of(self._model, workflows.values()) if workflows else ()
        except ModeltuiError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.Used(found))

    @on(Used)
    def _show_uses(self, event: Used) -> None:
        if event.workflows != self._used_by:
            self._used_by = event.workflows
            self._summarise()

    @work(thread=True, exclusive=True, group="source")
    def _read(self) -> None:
        try:
            self.post_message(self.Read(self._catalog.source(self._key)))
        except ModeltuiError as error:
            self.post_message(self.Read(None))
            self.post_message(Failed(error))

    @on(Read)
    def _show_source(self, event: Read) -> None:
        if event.source is None:
            self._source = None
            self.query_one(LineView).show_lines(_UNREAD, 0)
        elif event.source != self._source:
            self._source = event.source
            self.query_one(LineView).show_lines(numbered(event.source), (self._line or 1) - 1)

    def why_not(self, action: str) -> str | None:
        model = self._model
        if model is None:
            return "this model is no longer in the catalogue"
        if model.is_broken and action in ("switch", "lock", "edit_field", "edit_form", "edit_text", "run"):
            return f"{safe(model.label)} is broken: mend the file, then press F5"
        if action in LIFE_VERBS:
            return why_not_life(action, model)
        if action in ("relock", "restore") and not model.is_drifted:
            return f"{safe(model.label)} " + ("is as it was locked" if model.is_locked else "is not locked")
        return why_no_restore(self._drift) if action == "restore" else None

    @explained
    def action_switch(self) -> None:
        self._acts.toggle([self._key])

    @explained
    def action_lock(self) -> None:
        if self.snapshot is not None:
            self._acts.lock_or_unlock([self._key], self.snapshot)

    @explained
    def action_relock(self) -> None:
        if self._model is not None:
            self._drift_acts.relock(self._model)

    @explained
    def action_restore(self) -> None:
        if self._model is not None:
            self._drift_acts.restore(self._model)

    @explained
    def action_edit_field(self) -> None:
        if self.snapshot is None:
            return
        options = [self._option(field, self.snapshot) for field in editable_fields(self.snapshot, self._key)]

        def answered(field: str | None) -> None:
            if field is not None:
                self.post_message(OpenEdit(self._key, field))

        self.app.push_screen(Chooser("Edit a field", within(options), has_filter=True), answered)

    def _option(self, field: str, snapshot: Snapshot) -> Option:
        value = pending_value(snapshot.plan, snapshot.catalog, self._key, parse_field(field))
        text = "" if value is ABSENT else safe(shown(value))
        return Option(field, ((safe(field), "plain"),), cut(((text, "muted"),), 30))

    @explained
    def action_life(self, verb: str) -> None:
        if verb == "end" and self.snapshot is not None:
            self._life.end([self._key], self.snapshot)
        elif verb == "rollout" and self.snapshot is not None:
            from modeltui.tui.screens.rollout_acts import RolloutActs

            RolloutActs(self, self._workspace).ask([self._key], self.snapshot)
        elif self._model is not None:
            self._life.act(verb, self._model)

    @explained
    def action_run(self) -> None:
        self.post_message(OpenRun(self._key))

    @explained
    def action_history(self) -> None:
        self.post_message(OpenHistory(self._key))

    @explained
    def action_copy(self) -> None:
        if self._model is not None:
            self._copies.ask(self._model)
