"""Importing a file: which, as what, what it would do; then into the queue as one step."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual.widget import Widget

from modeltui.services.changing.exchange import IMPORTS, ImportPlan, Options
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.present.importing import ImportEntry, import_counts, import_entries, providers_of
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.screens.preview_page import PreviewPage, path_input
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.line_input import LineInput

_NEW: Final = {False: "of json and csv only", True: "of registries too, inactive"}


class ImportScreen(PreviewPage[ImportPlan]):
    BINDING_GROUP_TITLE = "Import"
    FORM = (
        ("path", "File"),
        ("format", "Format"),
        ("new", "New models"),
        ("providers", "Providers"),
    )
    EMPTY: ClassVar[list[Line]] = [
        (("Name a file and press enter: what it would do is shown here first.", "plain"),),
        BLANK,
        (("json: documents with their keys; csv: a row a model; litellm: a price map;", "muted"),),
        (("models.dev: its api.json, a folder, an archive. Locked models stay.", "muted"),),
    ]
    HINTS = ("import.queue", "sync.open")
    DONE = "to be imported"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("import")
        self._exchange = workspace.exchange
        self._asked_for: tuple[Any, bool, str] = (IMPORTS[0], False, "")

    def field(self, name: str) -> Widget:
        if name == "path":
            return path_input("path of the file")
        if name == "providers":
            return LineInput(placeholder="theirs=ours, where a name differs", id=name)
        if name == "format":
            choice = Choice(IMPORTS, str, "Format", IMPORTS[0])
        else:
            choice = Choice((False, True), lambda is_new: _NEW[is_new], "New models", False)
        choice.id = name
        return choice

    def prepare(self) -> None:
        providers = self.query_one("#providers", LineInput).value
        self._asked_for = (self.query_one("#format", Choice).value, self.query_one("#new", Choice).value, providers)

    def preview(self, path: str) -> ImportPlan:
        form, creates, providers = self._asked_for
        return self._exchange.preview(form, path, Options(creates=creates, providers=providers_of(providers)))

    def entries(self, found: ImportPlan) -> list[ImportEntry]:
        return import_entries(found)

    def counts(self, found: ImportPlan) -> list[Line]:
        return [import_counts(found), *(line(f" ! {warning}", "warn") for warning in found.warnings)]

    def why_no_queue(self, found: ImportPlan) -> str | None:
        return "there is nothing to queue" if found.is_empty else None

    def queue(self, found: ImportPlan) -> Outcome:
        return self._exchange.queue(found)
