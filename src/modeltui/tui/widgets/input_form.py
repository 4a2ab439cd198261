"""A form made from the inputs of a model: a line for each, what is wrong below it, the rare ones folded away."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static, TextArea

from modeltui.domain.inputs.specs import InputSpec
from modeltui.tui.present.inputs import Unreadable, is_prompt
from modeltui.tui.present.line import Line
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.input_row import InputRow
from modeltui.tui.widgets.text_box import TextBox


class _Rare(Vertical):
    @property
    def _focus_sort_key(self) -> tuple[int, int]:
        """The last. Textual goes by places, and of what was just unfolded they are known only after the layout."""
        return sys.maxsize, 0


class InputForm(VerticalScroll):
    DEFAULT_CSS = """
    InputForm {
        padding: 1 0;
        scrollbar-size: 0 1;
        & > #advanced { height: auto; }
        & > #fold { height: 1; padding: 0 1; margin-top: 1; color: $muted; display: none; }
        &.-has-advanced > #fold { display: block; }
    }
    """

    is_unfolded: reactive[bool] = reactive(False)

    class Changed(Message):
        """A value changed."""

    class Entered(Message):
        """Another input has the focus."""

        def __init__(self, spec: InputSpec) -> None:
            super().__init__()
            self.spec = spec

    def __init__(self, specs: Sequence[InputSpec], draft: MutableMapping[str, Any], fold_key: str) -> None:
        """`draft` keeps what was typed, by input."""
        super().__init__(can_focus=False)
        self.specs = tuple(spec for spec in specs if not spec.ignored)
        self._draft = draft
        self._fold_key = fold_key

    def compose(self) -> ComposeResult:
        for spec in self.specs:
            if not spec.advanced:
                yield InputRow(spec, self._draft.get(spec.name))
        rare = [spec for spec in self.specs if spec.advanced]
        yield Static(f"{len(rare)} more: {self._fold_key}", id="fold", markup=False)
        with _Rare(id="advanced") as folded:
            folded.display = self.is_unfolded
            for spec in rare:
                yield InputRow(spec, self._draft.get(spec.name))
        self.set_class(bool(rare), "-has-advanced")

    def watch_is_unfolded(self) -> None:
        for folded in self.query("#advanced"):
            folded.display = self.is_unfolded

    @property
    def rows(self) -> list[InputRow]:
        return list(self.query(InputRow))

    @property
    def values(self) -> dict[str, Any]:
        """What goes to the model; what was typed and is no value is not among it."""
        found = {row.spec.name: row.value for row in self.rows}
        return {name: value for name, value in found.items() if value is not None and not isinstance(value, Unreadable)}

    @property
    def unreadable(self) -> dict[str, str]:
        """Why something that was typed is no value, by input."""
        found = {row.spec.name: row.value for row in self.rows}
        return {name: value.problem for name, value in found.items() if isinstance(value, Unreadable)}

    @property
    def row(self) -> InputRow | None:
        """The one that has the focus."""
        return next((row for row in self.rows if row.has_focus_within), None)

    def fill(self, drafts: Mapping[str, Any]) -> None:
        """Put these in place of all that was typed."""
        for row in self.rows:
            row.fill(drafts.get(row.spec.name))
            self._draft[row.spec.name] = row.draft if row.is_touched else None
            row.show_note()
            if row.is_touched and row.spec.advanced:
                self.is_unfolded = True
        self.post_message(self.Changed())

    def offer(self, prompts: Sequence[str]) -> None:
        """What ↑ recalls in an empty prompt, the newest first."""
        for row in self.rows:
            if is_prompt(row.spec):
                for box in row.query(TextBox):
                    box.earlier = prompts

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        row = next((node for node in event.widget.ancestors if isinstance(node, InputRow)), None)
        if row is not None:
            self.post_message(self.Entered(row.spec))

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        for row in self.rows:
            if row.has_focus_within:
                row.is_touched = True
                row.show_note()
            if row.is_touched:
                self._draft[row.spec.name] = row.draft
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def show_problems(self, problems: Mapping[str, str], *, is_everything: bool) -> None:
        """What is wrong, below the inputs that were touched, or below every one."""
        for row in self.rows:
            problem = problems.get(row.spec.name)
            row.show_problem(problem if row.is_touched or is_everything else None)
            if problem and is_everything and row.spec.advanced:
                self.is_unfolded = True

    def show_files(self, lines: Mapping[str, list[Line]]) -> None:
        """What is known of the files that were chosen, by input."""
        for row in self.rows:
            row.show_about(lines.get(row.spec.name, []))

    def focus_first_problem(self, problems: Mapping[str, str]) -> None:
        """To the first input that must be mended."""
        for row in self.rows:
            if row.spec.name in problems:
                for control in row.query("Input, TextArea, Choice"):
                    control.focus()
                return
