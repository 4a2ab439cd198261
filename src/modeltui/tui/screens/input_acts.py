"""Inputs that were typed before: the last ones of a model, sets under a name, prompts; and files from disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widgets import Input

from modeltui.domain.text import cut, safe
from modeltui.errors import ModeltuiError
from modeltui.services.running.chosen_files import is_local, path_of
from modeltui.services.running.input_sets import InputSet, keepable
from modeltui.tui.present.inputs import drafts_of, is_prompt, media_kind
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.file_picker import FilePicker
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.name_question import NameQuestion

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.services.workspace import Workspace
    from modeltui.tui.present.line import Line
    from modeltui.tui.widgets.input_row import InputRow

_WIDTH = 22


class InputActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace, key: str) -> None:
        self._screen = screen
        self._workspace = workspace
        self._key = key
        self._folder = ""
        self._last: Mapping[str, Any] = {}
        self._sets: tuple[InputSet, ...] = ()
        self.prompts: tuple[str, ...] = ()
        """Of this content type, the newest first."""

    def read(self) -> None:
        """What is kept. Off the loop. Jobs that cannot be read are told where they are looked at; a form needs none."""
        kind = self._content_type
        self._sets, self.prompts = self._workspace.input_sets.sets(kind), self._workspace.input_sets.prompts(kind)
        with suppress(ModeltuiError):
            self._last = keepable(self._workspace.jobs.last_inputs(self._key) or {})

    @property
    def _content_type(self) -> str:
        model: Model = self._workspace.runs.model(self._key)
        return model.content_type or self._key.partition("/")[0]

    @property
    def offer(self) -> list[Line]:
        """What a form that is still empty can be filled with."""
        if not self._last and not self._sets:
            return []
        what = ["its last inputs"] if self._last else []
        what += [f"{len(self._sets)} kept under a name"] if self._sets else []
        return [(("ctrl+t  ", "accent"), (f"takes {', or '.join(what)}", "muted"))]

    @property
    def _form(self) -> InputForm:
        return self._screen.query_one(InputForm)

    def ask(self) -> None:
        """A menu: what to fill the form with, and what to keep."""
        if not self._screen.query(InputForm):
            return
        options = [_option("last", "Last inputs", self._last)] if self._last else []
        options += [_option(f"load {each.name}", each.name, each.inputs) for each in self._sets]
        if self._form.values and self._workspace.input_sets.is_kept:
            options.append(Option("save", (("Save these as…", "plain"),)))
        if self._sets:
            options.append(Option("delete", (("Delete one…", "plain"),)))
        options.append(Option("clear", (("Empty the form", "plain"),)))

        def answered(choice: str | None) -> None:
            if choice is not None:
                self._do(choice)

        self._screen.app.push_screen(Chooser("Inputs", within(options)), answered)

    def _do(self, choice: str) -> None:
        name = choice.removeprefix("load ")
        found = self._last if choice == "last" else next((each.inputs for each in self._sets if each.name == name), {})
        match choice.partition(" ")[0]:
            case "last" | "load":
                self._fill(found)
            case "save":
                self._ask_name()
            case "delete":
                self._ask_which()
            case "clear":
                self._form.fill({})

    def _fill(self, inputs: Mapping[str, Any]) -> None:
        drafts = drafts_of(self._form.specs, inputs)
        self._form.fill(drafts)
        if left := [name for name in inputs if name not in drafts]:
            self._tell(f"this model has no {', '.join(left)}")

    def _ask_name(self) -> None:
        question = NameQuestion("Save these inputs", label="name, for all models of this content type", does="save")
        self._screen.app.push_screen(question, self._save)

    def _save(self, name: str | None) -> None:
        if name is not None:
            inputs = self._form.values
            self._write(lambda: f"kept as {self._workspace.input_sets.save(self._content_type, name, inputs)}")

    def _ask_which(self) -> None:
        options = [_option(each.name, each.name, each.inputs) for each in self._sets]
        self._screen.app.push_screen(Chooser("Delete a set of inputs", within(options)), self._delete)

    def _delete(self, name: str | None) -> None:
        def delete() -> str:
            assert name is not None
            self._workspace.input_sets.delete(self._content_type, name)
            return f"deleted {name}"

        if name is not None:
            self._write(delete)

    def remember(self, values: Mapping[str, Any]) -> None:
        """The prompt of a run that begins."""
        names = {spec.name for spec in self._form.specs if is_prompt(spec)}
        prompts = [value for name, value in values.items() if name in names and isinstance(value, str)]
        self._last = keepable(values)
        for prompt in prompts:
            self.prompts = (prompt, *(each for each in self.prompts if each != prompt))
            self._form.offer(self.prompts)
            self._write(partial(self._remember, prompt))

    def _remember(self, prompt: str) -> str:
        self._workspace.input_sets.remember(self._content_type, prompt)
        return ""

    def _write(self, work: Callable[[], str]) -> None:
        self._screen.run_worker(partial(self._written, work), thread=True, group="inputs")

    def _written(self, work: Callable[[], str]) -> None:
        try:
            told = work()
            self._sets = self._workspace.input_sets.sets(self._content_type)
        except ModeltuiError as error:
            told = error.message
        if told:
            self._screen.app.call_from_thread(self._tell, told)

    def _tell(self, text: str) -> None:
        self._screen.notify(safe(text), markup=False)

    def media_row(self) -> InputRow | None:
        """The input with the focus, if it takes a file."""
        for form in self._screen.query(InputForm):
            if (row := form.row) is not None and media_kind(row.spec):
                return row
        return None

    def choose_file(self) -> None:
        """Find a file, and put its path into the input that has the focus."""
        row = self.media_row()
        kind = media_kind(row.spec) if row is not None else None
        if row is None or kind is None:
            return
        control = row.query_one(Input)
        parts = [part.strip() for part in control.value.split(",") if part.strip()]
        start = os.path.dirname(path_of(parts[-1])) if parts and is_local(parts[-1]) else self._folder

        def answered(path: str | None) -> None:
            if path is None:
                return
            self._folder = os.path.dirname(path)
            control.value = ", ".join([*parts, path]) if row.spec.type == "array" else path
            control.cursor_position = len(control.value)

        self._screen.app.push_screen(FilePicker(kind, start if os.path.isdir(start) else os.getcwd()), answered)


def _option(key: str, name: str, inputs: Mapping[str, Any]) -> Option:
    said = ", ".join(f"{each}: {value}" for each, value in inputs.items())
    return Option(key, ((f"{safe(cut(name, _WIDTH - 2)):<{_WIDTH}}", "plain"), (safe(cut(said, 80)), "muted")))
