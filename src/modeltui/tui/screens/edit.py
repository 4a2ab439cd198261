"""Editing one field in place: a line of text, or a choice where the values are few. The service decides what fits."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from modeltui.domain.document import ABSENT, Absent, Value, parse_field, shown
from modeltui.domain.fields import describe
from modeltui.domain.pending.plan import pending_value
from modeltui.domain.schema.shape import FieldShape
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import refusals
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

_LEAST_WIDTH = 36


class EditScreen(ModalScreen[None]):
    """Stays open until the value is taken, and says why when it is not."""

    BINDING_GROUP_TITLE = "Edit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="edit.leave", tooltip="the value stays as it is"),
    ]
    CSS_PATH = "edit.tcss"

    snapshot: reactive[Snapshot | None] = reactive(None)

    def __init__(self, workspace: Workspace, key: str, field: str, region: Region | None) -> None:
        """`region` is where the value stands on the screen."""
        super().__init__()
        self._changes = workspace.changes
        self._key = key
        self._field = field
        self._region = region
        self._shape = describe(parse_field(field))
        self._value = _current(workspace.catalog.snapshot(), key, field)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            if choices := _choices(self._shape, self._value):
                yield RowList[tuple[str, str]](itemgetter(0), _choice_line, id="choices")
                self._choices = choices
            else:
                yield LineInput(_typed(self._value), id="value")
            if self._region is None:
                yield from self._notes()
        if self._region is not None:
            with Vertical(id="foot"):
                yield from self._notes()

    def _notes(self) -> ComposeResult:
        yield Static(id="problem", markup=False)
        yield Static(content(self._about()), id="about", markup=False)

    def on_mount(self) -> None:
        for rows in self.query(RowList):
            rows.show([(choice, "") for choice in self._choices])
            rows.styles.height = len(self._choices)
            rows.seek(_typed(self._value))
        self._place()

    def on_resize(self) -> None:
        self._place()

    def watch_snapshot(self) -> None:
        if self.snapshot is not None and self._key not in self.snapshot.shown.models:
            self.dismiss()

    def _place(self) -> None:
        """Over the cell that is edited, with the notes at the bottom; in the middle without one."""
        box = self.query_one("#box")
        if self._region is None:
            self.add_class("-middle")
            return
        width = min(max(self._region.width + 2, _LEAST_WIDTH), self.size.width)
        height = (len(self._choices) if self.query(RowList) else 1) + max(self.query_one("#foot").size.height, 1)
        box.styles.width = width
        box.styles.offset = (
            max(0, min(self._region.x - 1, self.size.width - width)),
            max(0, min(self._region.y, self.size.height - height)),
        )

    def _about(self) -> list[Line]:
        name: Line = ((safe(self._field), "strong"),)
        if self._shape is None:
            return [name]
        unit = f", in {self._shape.unit}" if self._shape.unit else ""
        return [(*name, (f"  {safe(self._shape.doc or self._shape.expected)}{unit}", "muted"))]

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        if event.value:
            self._perform([(self._field, event.value)])
        elif self._value is ABSENT:
            self.dismiss()
        else:
            self._perform([], unset=[self._field])

    @on(RowList.Chosen)
    def _choose(self, event: RowList.Chosen) -> None:
        if event.key is not None:
            self._perform([(self._field, event.key)])

    def _perform(self, assignments: list[tuple[str, str]], unset: list[str] | None = None) -> None:
        work = partial(self._changes.set_text, [self._key], assignments, unset or [])
        self.post_message(Perform(self, work))

    @on(Performed)
    def _taken(self, event: Performed) -> None:
        event.stop()
        if isinstance(event.result, Outcome) and event.result.refused:
            self._refuse(refusals(event.result.refused, event.result.snapshot))
        else:
            self.dismiss()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._refuse(_said(event.error))

    def _refuse(self, why: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(safe(why))
        problem.add_class("-shown")
        self.call_after_refresh(self._place)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#problem").remove_class("-shown")

    def action_leave(self) -> None:
        self.dismiss()


def _current(snapshot: Snapshot, key: str, field: str) -> Value | Absent:
    return pending_value(snapshot.plan, snapshot.catalog, key, parse_field(field))


def _typed(value: Value | Absent) -> str:
    """A value as a person types it."""
    return "" if value is ABSENT else value if isinstance(value, str) else shown(value)


def _choices(shape: FieldShape | None, value: Value | Absent) -> tuple[str, ...]:
    if shape is not None and shape.choices:
        return shape.choices
    is_switch = isinstance(value, bool) or (shape is not None and shape.type == "boolean")
    return ("true", "false") if is_switch else ()


def _choice_line(choice: tuple[str, str], _: int) -> Line:
    return ((f" {safe(choice[0])}", "plain"),)


def _said(error: ModeltuiError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
