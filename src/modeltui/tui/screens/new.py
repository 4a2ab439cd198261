"""A new model: what it has to say for itself, and the text that will be queued, as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.domain.presets import Preset
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError, RefusedError
from modeltui.services.changing.creating import Draft
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, Perform, Performed, ShowModels
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.present.new import CONTENT_TYPE, KEY, Question, draft_lines, questions_of, questions_of_copy
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.line_view import LineView

_WAITING: list[Line] = [
    (("The text of the new file is shown here.", "muted"),),
    BLANK,
    (("enter goes to the next field, and from the last one it queues", "muted"),),
]


class NewScreen(Page):
    BINDING_GROUP_TITLE = "New model"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "queue", "Queue", id="new.queue", tooltip="the text that is shown, as a new file"),
        Binding("tab,down", "app.focus_next", "Next field", id="new.next", show=False),
        Binding("shift+tab,up", "app.focus_previous", "Previous field", id="new.previous", show=False),
    ]
    CSS_PATH = "new.tcss"

    class Ready(Message):
        """What is asked, and the preset where there is one."""

        def __init__(self, questions: Sequence[Question], preset: Preset | None) -> None:
            super().__init__()
            self.questions = questions
            self.preset = preset

    class Drafted(Message):
        """What was typed as a model, or why it is none; and the key that it has."""

        def __init__(self, turn: int, key: str, found: Draft | ModeltuiError) -> None:
            super().__init__()
            self.turn = turn
            self.key = key
            self.found = found

    def __init__(self, workspace: Workspace, preset: str | None, copy_of: str | None) -> None:
        """The name of the preset, or the key of the model that is copied."""
        super().__init__()
        self._workspace = workspace
        self._creating = workspace.creating
        self._preset_name = preset
        self._copy_of = copy_of
        self._preset: Preset | None = None
        self._questions: Sequence[Question] = ()
        self._draft: Draft | None = None
        self._problem = "one moment"
        self._proposed = ""
        self._uid = self._creating.new_uid()
        self._turn = 0

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(NewScreen.snapshot)
        title = f"A copy of {self._copy_of}" if self._copy_of else f"A new model, from {self._preset_name}"
        yield Static(safe(title), id="what", markup=False)
        with Container(id="body"):
            yield VerticalScroll(id="form", can_focus=False)
            yield LineView(empty=_WAITING, id="text")
        yield HintLine(("new.queue",)).data_bind(NewScreen.snapshot)

    def on_mount(self) -> None:
        self._prepare()

    @work(thread=True, group="draft")
    def _prepare(self) -> None:
        try:
            snapshot = self._workspace.catalog.snapshot()
            if self._copy_of is not None:
                name = snapshot.shown.find(self._copy_of).label
                questions = questions_of_copy(self._creating.copy_key(self._copy_of), f"{name} (Copy)")
                self.post_message(self.Ready(questions, None))
            else:
                preset = self._workspace.presets.find(self._preset_name or "")
                self.post_message(self.Ready(questions_of(preset, snapshot), preset))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Ready)
    async def _show_form(self, event: Ready) -> None:
        self._questions, self._preset = event.questions, event.preset
        form = self.query_one("#form")
        for question in event.questions:
            await form.mount(
                Horizontal(Static(safe(question.title), classes="label", markup=False), _control(question)),
                Static(safe(question.help or " "), classes="help", markup=False),
            )
        await form.mount(Static(id="problem", markup=False))
        self._proposed = next(question.value for question in event.questions if question.field == KEY)
        self.query("#form LineInput").first(LineInput).focus()
        self._changed()

    def _value(self, field: str) -> str:
        question = next((each for each in self._questions if each.field == field), None)
        if question is None:
            return ""
        control = self.query_one(f"#{_id(question)}")
        return str(control.value) if isinstance(control, Choice) else self._typed(control)

    def _typed(self, control: object) -> str:
        assert isinstance(control, Input)
        return control.value.strip()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self) -> None:
        """Make the text anew; of several changes only the last is shown."""
        self._turn += 1
        values = {question.field: self._value(question.field) for question in self._questions}
        self._make(self._turn, values, self._proposed)

    @work(thread=True, group="draft", exclusive=True)
    def _make(self, turn: int, values: dict[str, str], proposed: str) -> None:
        key = values.get(KEY, "")
        found: Draft | ModeltuiError
        try:
            if self._preset is not None and key == proposed:
                folder = self._preset.content_type or values.get(CONTENT_TYPE, "")
                key = self._creating.free_key(folder, values["name"]) if folder else ""
            found = self._made(key, values)
        except ModeltuiError as error:
            found = error
        self.post_message(self.Drafted(turn, key, found))

    def _made(self, key: str, values: dict[str, str]) -> Draft:
        for field in ("name", "model_id"):
            if field in values and not values[field]:
                raise RefusedError(f"{field} is needed")
        if not key:
            raise RefusedError("a key is needed", hint="content_type/name")
        if self._copy_of is not None:
            return self._creating.copy(self._copy_of, key, values["name"], uid=self._uid)
        assert self._preset is not None
        asked = {question.field: question.value for question in self._questions}
        said = [
            (field, text)
            for field, text in values.items()
            if field not in (KEY, CONTENT_TYPE) and (text != asked[field] or field in ("name", "model_id", "provider"))
        ]
        return self._creating.from_preset(self._preset, key, said, uid=self._uid)

    @on(Drafted)
    def _show_draft(self, event: Drafted) -> None:
        if event.turn != self._turn:
            return
        control = self.query_one(f"#{_id(Question(KEY, ''))}", LineInput)
        if control.value.strip() == self._proposed and event.key != self._proposed:
            self._proposed = event.key
            with control.prevent(Input.Changed):
                control.value = event.key
        is_draft = isinstance(event.found, Draft)
        self._draft = event.found if isinstance(event.found, Draft) else None
        self._problem = "" if isinstance(event.found, Draft) else _said(event.found)
        self._show_problem(is_wrong=not is_draft and bool(self._value("name")))
        if isinstance(event.found, Draft):
            self.query_one("#text", LineView).show_lines(draft_lines(event.found.text, event.found.warnings))
        self.refresh_bindings()

    def _show_problem(self, *, is_wrong: bool) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(safe(self._problem) if is_wrong else "")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == _id(self._questions[-1]):
            self.action_queue()
        else:
            self.focus_next()

    def why_not(self, action: str) -> str | None:
        return self._problem if action == "queue" and self._draft is None else None

    @explained
    def action_queue(self) -> None:
        assert self._draft is not None
        self.post_message(Perform(self, partial(self._creating.create, self._draft)))

    @on(Performed)
    def _queued(self, event: Performed) -> None:
        assert self._draft is not None
        event.stop()
        self.post_message(ShowModels(None, self._draft.key))

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        if self._questions:
            event.stop()
            self._problem = _said(event.error)
            self._show_problem(is_wrong=True)
        else:
            self.dismiss()


def _id(question: Question) -> str:
    """Of the control, as Textual takes it."""
    return "field-" + "".join(each if each.isalnum() else "-" for each in question.field)


def _control(question: Question) -> Choice | LineInput:
    if not question.choices:
        return LineInput(question.value, id=_id(question))
    choice = Choice(question.choices, safe, question.title, question.value)
    choice.id = _id(question)
    return choice


def _said(error: ModeltuiError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
