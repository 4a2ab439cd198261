"""A form made from the inputs of a model: a line for each, what is wrong below it, the rare ones folded away."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static, TextArea

from modeltui.domain.inputs import InputSpec
from modeltui.domain.text import safe
from modeltui.tui.present.inputs import choice_text, choices, is_long, label, placeholder, typed_value
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.line_input import LineInput


class InputRow(Vertical):
    """One input: its name, its control, and what is wrong with it."""

    DEFAULT_CSS = """
    InputRow {
        height: auto;
        & > Horizontal { height: auto; }
        & .name { width: 22; height: 1; padding: 0 1; color: $muted; }
        &:focus-within .name { color: $accent; }
        & .problem { display: none; height: auto; padding: 0 1 0 22; color: $error; &.-shown { display: block; } }
        LineInput { width: 1fr; background: $surface; &:focus { background: $panel; } }
        TextArea {
            width: 1fr; height: 4; border: none; padding: 0 1; background: $surface;
            &:focus { border: none; background: $panel; }
            & .text-area--cursor-line { background: transparent; }
        }
    }
    """

    def __init__(self, spec: InputSpec, draft: Any) -> None:
        """`draft` is what `draft` gave when the form was last shown; None at first."""
        super().__init__()
        self.spec = spec
        self._draft = draft
        self.is_touched = draft is not None

    def compose(self) -> ComposeResult:
        with Horizontal():
            name: Line = ((label(self.spec), "plain"), (" *" if self.spec.required else "", "accent"))
            yield Static(content([name]), classes="name", markup=False)
            if values := choices(self.spec):
                text_of = partial(choice_text, self.spec)
                start = self._draft if self.is_touched else self.spec.default if self.spec.required else None
                yield Choice(values, text_of, label(self.spec), start)
            elif is_long(self.spec):
                yield TextArea(self._draft or "", compact=True, highlight_cursor_line=False)
            else:
                yield LineInput(self._draft or "", placeholder=placeholder(self.spec))
        yield Static(classes="problem", markup=False)

    def on_mount(self) -> None:
        for area in self.query(TextArea):
            area.cursor_blink = False

    @property
    def draft(self) -> Any:
        """What the user typed or chose; None where nothing."""
        for control in self.query(Choice):
            return control.value
        for area in self.query(TextArea):
            return area.text or None
        return self.query_one(Input).value or None

    @property
    def value(self) -> Any:
        """What goes to the model; None where nothing is given."""
        draft = self.draft
        return typed_value(self.spec, draft) if isinstance(draft, str) and not self.query(Choice) else draft

    def show_problem(self, message: str | None) -> None:
        problem = self.query_one(".problem", Static)
        problem.update(safe(message or ""))
        problem.set_class(message is not None, "-shown")


class InputForm(VerticalScroll):
    DEFAULT_CSS = """
    InputForm {
        padding: 1 0;
        scrollbar-size: 0 1;
        & > #advanced { height: auto; display: none; }
        & > #fold { height: 1; padding: 0 1; margin-top: 1; color: $muted; display: none; }
        &.-has-advanced > #fold { display: block; }
        &.-unfolded > #advanced { display: block; }
    }
    """

    is_unfolded: reactive[bool] = reactive(False, toggle_class="-unfolded")

    class Changed(Message):
        """A value changed."""

    def __init__(self, specs: Sequence[InputSpec], draft: MutableMapping[str, Any], fold_key: str) -> None:
        """`draft` keeps what was typed, by input."""
        super().__init__(can_focus=False)
        self._specs = [spec for spec in specs if not spec.ignored]
        self._draft = draft
        self._fold_key = fold_key

    def compose(self) -> ComposeResult:
        for spec in self._specs:
            if not spec.advanced:
                yield InputRow(spec, self._draft.get(spec.name))
        rare = [spec for spec in self._specs if spec.advanced]
        yield Static(f"{len(rare)} more: {self._fold_key}", id="fold", markup=False)
        with Vertical(id="advanced"):
            for spec in rare:
                yield InputRow(spec, self._draft.get(spec.name))
        self.set_class(bool(rare), "-has-advanced")

    @property
    def values(self) -> dict[str, Any]:
        """What goes to the model."""
        return {row.spec.name: row.value for row in self.query(InputRow) if row.value is not None}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        for row in self.query(InputRow):
            if row.has_focus_within:
                row.is_touched = True
            if row.is_touched:
                self._draft[row.spec.name] = row.draft
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _next(self) -> None:
        self.screen.focus_next()

    def show_problems(self, problems: Mapping[str, str], *, is_everything: bool) -> None:
        """What is wrong, below the inputs that were touched, or below every one."""
        for row in self.query(InputRow):
            problem = problems.get(row.spec.name)
            row.show_problem(problem if row.is_touched or is_everything else None)
            if problem and is_everything and row.spec.advanced:
                self.is_unfolded = True
