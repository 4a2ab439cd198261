"""A registry held against the catalogue: which snapshot, what changed there, and which of that is taken."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from modeltui.services.outcome import Outcome
from modeltui.services.sync import CHOICES, SYNCS, FieldRow, SyncForm, SyncOptions, SyncPlan, Verdict, usual
from modeltui.services.sync import Choice as Picks
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.present.importing import ImportEntry
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.present.syncing import VIEWS, row_details, sync_counts, sync_entries, sync_rows
from modeltui.tui.screens.preview_page import PreviewPage, PreviewRows
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.line_input import LineInput

_PICKS: Final = frozenset({"pick", "pick_all", "pick_none"})


class SyncRows(PreviewRows):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Queue", id="sync.queue", tooltip="what is taken, and what was seen, as one step"),
    ]


class SyncScreen(PreviewPage[SyncPlan]):
    BINDING_GROUP_TITLE = "Sync"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pick", "Take or not", id="sync.pick", tooltip="theirs; in a conflict then ours, then open"),
        Binding("plus", "pick_all", "Take all", id="sync.pick_all", tooltip="theirs of all that is shown", show=False),
        Binding(
            "minus", "pick_none", "Take none", id="sync.pick_none", tooltip="ours of all that is shown", show=False
        ),
    ]
    FORM = (("path", "File"), ("registry", "Registry"), ("view", "Show"), ("words", "Filter"))
    ROWS = SyncRows
    EMPTY: ClassVar[list[Line]] = [
        (("Name a snapshot or its https URL and press enter: what changed is shown here.", "plain"),),
        BLANK,
        (("models.dev: its api.json, a folder or an archive; litellm: a price map.", "muted"),),
        (("Decisions of yours stay: pinned, locked, or changed here since it was seen.", "muted"),),
    ]
    HINTS = ("sync.queue", "sync.pick")
    DONE = "to be taken over"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("sync")
        self._sync = workspace.sync
        self._registry: SyncForm = SYNCS[0]
        self._picks = Picks(frozenset())
        self._shown: dict[str, FieldRow] = {}
        self._ids: dict[str, str] = {}

    def field(self, name: str) -> Widget:
        if name == "path":
            return LineInput(placeholder="path or https URL of a snapshot", id=name)
        if name == "words":
            return LineInput(placeholder="words of a model, a field, a kind such as price", id=name)
        if name == "registry":
            choice = Choice(SYNCS, str, "Registry", SYNCS[0])
        else:
            choice = Choice(VIEWS, str, "Show", VIEWS[0])
        choice.id = name
        return choice

    def prepare(self) -> None:
        self._registry = self.query_one("#registry", Choice).value

    def preview(self, path: str) -> SyncPlan:
        return self._sync.preview(self._registry, path, SyncOptions())

    def took(self, found: SyncPlan) -> None:
        self._picks = usual(found)
        self._ids = {held.key: held.id for held in found.held}

    def chosen_otherwise(self) -> None:
        if self.query_one("#registry", Choice).value == self._registry:
            self.show_found()
        else:
            super().chosen_otherwise()

    def typed_otherwise(self, field: Input) -> None:
        if field.id == "words":
            self.show_found()
        else:
            super().typed_otherwise(field)

    def submitted(self, field: Input) -> None:
        if field.id == "words" and self.found is not None:
            self.rows.focus()
        else:
            super().submitted(field)

    def entries(self, found: SyncPlan) -> list[ImportEntry]:
        rows = sync_rows(found, self.query_one("#view", Choice).value, self.query_one("#words", LineInput).value)
        self._shown = {row.id: row for row in rows}
        return sync_entries(found, rows, self._picks)

    def counts(self, found: SyncPlan) -> list[Line]:
        return [sync_counts(found, self._picks)]

    def details(self, entry: ImportEntry) -> list[Line]:
        row = self._shown.get(entry.id)
        return list(entry.details) if row is None else row_details(row, self._ids.get(row.key, ""))

    def why_not(self, action: str) -> str | None:
        if action not in _PICKS:
            return super().why_not(action)
        if self.found is None:
            return "name a snapshot first, and press enter to see what changed there"
        row = self._row()
        if action == "pick" and (row is None or row.verdict not in CHOICES):
            return "this is no field that could be chosen" if row is None else f"it is {row.verdict}"
        return None

    def why_no_queue(self, found: SyncPlan) -> str | None:
        return None if found.held else "no model is in this snapshot"

    def _row(self) -> FieldRow | None:
        key = self.rows.cursor_key
        return None if key is None else self._shown.get(key)

    @explained
    def action_pick(self) -> None:
        if (row := self._row()) is not None:
            self._picks = _picked(self._picks, row)
            self.show_found()
            self.rows.action_move(1)

    @explained
    def action_pick_all(self) -> None:
        more = {row.id for row in self._shown.values() if row.verdict in CHOICES}
        self._picks = Picks(self._picks.taken | more, self._picks.settled - more)
        self.show_found()

    @explained
    def action_pick_none(self) -> None:
        self._picks = Picks(self._picks.taken - self._shown.keys(), self._picks.settled - self._shown.keys())
        self.show_found()

    def queue(self, found: SyncPlan) -> Outcome:
        return self._sync.queue(found, self._sync.resolve(found, self._picks))


def _picked(picks: Picks, row: FieldRow) -> Picks:
    """Taken or not; in a conflict theirs, ours, open, and again."""
    one = {row.id}
    if row.id in picks.taken:
        settled = picks.settled | one if row.verdict is Verdict.CONFLICT else picks.settled
        return replace(picks, taken=picks.taken - one, settled=settled)
    if row.id in picks.settled:
        return replace(picks, settled=picks.settled - one)
    return replace(picks, taken=picks.taken | one)
