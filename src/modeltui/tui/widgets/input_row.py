"""One input of a form: its name, its control, what it is held to, and what is wrong with it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static, TextArea

from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.text import safe
from modeltui.services.folders import completion
from modeltui.tui.present.inputs import (
    Unreadable,
    bounds,
    choice_text,
    choices,
    draft_of,
    is_long,
    is_switch,
    label,
    length_note,
    media_kind,
    placeholder,
    typed_value,
)
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.text_box import TextBox
from modeltui.tui.widgets.toggle import Toggle


class PathSuggester(Suggester):
    """Completes the path of a local file; of several, the last one."""

    def __init__(self, kind: str | None = None) -> None:
        """`kind` of media; None for any file."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._kind = kind

    async def get_suggestion(self, value: str) -> str | None:
        first, comma, last = value.rpartition(",")
        typed = last.lstrip()
        if "://" in typed or typed.startswith("data:"):
            return None
        found = await asyncio.to_thread(completion, typed, self._kind)
        return None if found is None else f"{first}{comma}{last[: len(last) - len(typed)]}{found}"


class InputRow(Vertical):
    DEFAULT_CSS = """
    InputRow {
        height: auto;
        & > Horizontal { height: auto; }
        & .name, & .note { text-wrap: nowrap; text-overflow: ellipsis; }
        & .name { width: 22; height: 1; padding: 0 1; color: $muted; }
        &:focus-within .name { color: $accent; }
        & .note { width: auto; max-width: 24; height: 1; padding: 0 1; color: $muted; }
        & .problem, & .about { display: none; height: auto; padding: 0 1 0 22; }
        & .problem { color: $error; }
        & .about { color: $muted; }
        & .problem.-shown, & .about.-shown { display: block; }
        LineInput { width: 1fr; background: $surface; &:focus { background: $panel; } }
        Choice { width: 1fr; }
    }
    """

    def __init__(self, spec: InputSpec, draft: Any) -> None:
        """`draft` is what `draft` gave when the form was last shown; None at first."""
        super().__init__()
        self.spec = spec
        self._draft = draft
        self.is_touched = draft is not None

    def compose(self) -> ComposeResult:
        spec, start = self.spec, self._start
        with Horizontal():
            name: Line = ((label(spec), "plain"), (" *" if spec.required else "", "accent"))
            yield Static(content([name]), classes="name", markup=False)
            if is_switch(spec):
                yield Toggle(label(spec), start, default=spec.default, is_required=spec.required)
            elif values := choices(spec):
                yield Choice(values, partial(choice_text, spec), label(spec), start)
            elif is_long(spec):
                yield TextBox(start if isinstance(start, str) else "")
            else:
                line = LineInput(start if isinstance(start, str) else "", placeholder=placeholder(spec))
                if (kind := media_kind(spec)) is not None:
                    line.suggester = PathSuggester(kind)
                yield line
            yield Static(classes="note", markup=False)
        yield Static(classes="about", markup=False)
        yield Static(classes="problem", markup=False)

    @property
    def _start(self) -> Any:
        if self.is_touched:
            return self._draft
        return draft_of(self.spec, self.spec.default) if self.spec.required else None

    def on_mount(self) -> None:
        self.show_note()

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
        """What goes to the model; None where nothing is given, Unreadable where it is no value."""
        draft = self.draft
        return typed_value(self.spec, draft) if isinstance(draft, str) and not self.query(Choice) else draft

    def fill(self, draft: Any) -> None:
        """Put something in place of what was typed; None for nothing."""
        self.is_touched = draft is not None
        for control in self.query(Choice):
            control.take(draft)
            return
        text = draft if isinstance(draft, str) else ""
        for area in self.query(TextBox):
            area.text = text
            return
        self.query_one(Input).value = text

    def show_note(self) -> None:
        """What the value is held to; for a text how long it is."""
        draft = self.draft
        text, role = length_note(self.spec, draft if isinstance(draft, str) else "")
        self.query_one(".note", Static).update(content([((text or bounds(self.spec), role),)]))

    def show_about(self, lines: list[Line]) -> None:
        """What is known of the file that was chosen."""
        about = self.query_one(".about", Static)
        about.update(content(lines))
        about.set_class(bool(lines), "-shown")

    def show_problem(self, message: str | None) -> None:
        value = self.value
        if isinstance(value, Unreadable):
            message = value.problem
        problem = self.query_one(".problem", Static)
        problem.update(Content(safe(message or "")))
        problem.set_class(message is not None, "-shown")
