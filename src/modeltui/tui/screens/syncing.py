"""A registry held against the catalogue: which snapshot, what changed there, and which of that is taken."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from modeltui.services.changing.sync import CHOICES, SYNCS, FieldRow, SyncForm, SyncOptions, SyncPlan, Verdict, usual
from modeltui.services.changing.sync import Choice as Picks
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Perform
from modeltui.tui.present.importing import ImportEntry, providers_of
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.present.syncing import (
    VIEWS,
    entry_to_map,
    mapping_of,
    row_details,
    said_of,
    sync_counts,
    sync_entries,
    sync_rows,
)
from modeltui.tui.screens.preview_page import PreviewPage, PreviewRows, path_input
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.line_input import LineInput

_PICKS: Final = frozenset({"pick", "pick_all", "pick_none"})
_PLACEHOLDERS: Final = {
    "providers": "theirs=ours",
    "mapping": "model=entry, or model=",
    "words": "words of a model, a field, a kind such as price",
}


class Seen(Struct, frozen=True):
    """What a registry would change, and what is written whatever is picked."""

    plan: SyncPlan
    noted: frozenset[str]
    """Models that are told what was seen."""


class SyncRows(PreviewRows):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Queue", id="sync.queue", tooltip="what is taken, and what was seen, as one step"),
    ]


class SyncScreen(PreviewPage[Seen]):
    BINDING_GROUP_TITLE = "Sync"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pick", "Take or not", id="sync.pick", tooltip="theirs; in a conflict then ours, then open"),
        Binding("plus", "pick_all", "Take all", id="sync.pick_all", tooltip="theirs of all that is shown", show=False),
        Binding(
            "minus", "pick_none", "Take none", id="sync.pick_none", tooltip="ours of all that is shown", show=False
        ),
        Binding("m", "map", "Map", id="sync.map", tooltip="say which entry this model is", show=False),
        Binding("escape", "close", "Back", id="sync.leave", tooltip="asks if something was picked", show=False),
    ]
    FORM = (
        ("path", "File"),
        ("registry", "Registry"),
        ("providers", "Providers"),
        ("view", "Show"),
        ("mapping", "Mapping"),
        ("words", "Filter"),
    )
    ROWS = SyncRows
    EMPTY: ClassVar[list[Line]] = [
        (("Name a snapshot or its https URL and press enter: what changed is shown here.", "plain"),),
        BLANK,
        (("models.dev: its api.json, a folder or an archive; litellm: a price map.", "muted"),),
        (("Decisions of yours stay: pinned, locked, or changed here since it was seen.", "muted"),),
    ]
    HINTS = ("sync.queue", "sync.pick", "sync.map")

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("sync")
        self.add_class("-paired")
        self._sync = workspace.sync
        self._asked: tuple[str, SyncForm] = ("", SYNCS[0])
        self._typed = ("", "")
        self._picks = Picks(frozenset())
        self._known: frozenset[str] = frozenset()
        self._shown: dict[str, FieldRow] = {}
        self._ids: dict[str, str] = {}

    def field(self, name: str) -> Widget:
        if name == "path":
            return path_input("path or https URL of a snapshot")
        if name in _PLACEHOLDERS:
            return LineInput(placeholder=_PLACEHOLDERS[name], id=name)
        if name == "registry":
            choice = Choice(SYNCS, str, "Registry", SYNCS[0])
        else:
            choice = Choice(VIEWS, str, "Show", VIEWS[0])
        choice.id = name
        return choice

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value

    def prepare(self) -> None:
        asked = (self._text("path"), self.query_one("#registry", Choice).value)
        if asked != self._asked:
            self._picks, self._known = Picks(frozenset()), frozenset()
        self._asked = asked
        self._typed = (self._text("providers"), self._text("mapping"))

    def preview(self, path: str) -> Seen:
        providers, mapped = self._typed
        options = SyncOptions(providers=providers_of(providers), mapped=mapping_of(mapped))
        plan = self._sync.preview(self._asked[1], path, options)
        return Seen(plan, frozenset(self._sync.resolve(plan, Picks(frozenset())).edits))

    def took(self, found: Seen) -> None:
        """Of the same snapshot, with another mapping, what was picked before stays."""
        ids = frozenset(row.id for row in found.plan.rows)
        new = usual(found.plan).taken - self._known
        self._picks = Picks((self._picks.taken & ids) | new, self._picks.settled & ids)
        self._known = ids
        self._ids = {held.key: held.id for held in found.plan.held}

    def chosen_otherwise(self) -> None:
        if self.query_one("#registry", Choice).value == self._asked[1]:
            self.show_found()
        elif self.found is not None or self._text("path").strip():
            self.ask()

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

    def entries(self, found: Seen) -> list[ImportEntry]:
        rows = sync_rows(found.plan, self.query_one("#view", Choice).value, self._text("words"))
        self._shown = {row.id: row for row in rows}
        return sync_entries(found.plan, rows, self._picks)

    def counts(self, found: Seen) -> list[Line]:
        return [sync_counts(found.plan, self._picks, found.noted)]

    def details(self, entry: ImportEntry) -> list[Line]:
        row = self._shown.get(entry.id)
        return list(entry.details) if row is None else row_details(row, self._ids.get(row.key, ""))

    def why_not(self, action: str) -> str | None:
        if action not in _PICKS and action != "map":
            return super().why_not(action)
        if self.found is None:
            return "name a snapshot first, and press enter to see what changed there"
        if action == "map":
            return None if self._to_map() else "this is no model"
        row = self._row()
        if action == "pick" and (row is None or row.verdict not in CHOICES):
            return "this is no field that could be chosen" if row is None else f"it is {row.verdict}"
        return None

    def why_no_queue(self, found: Seen) -> str | None:
        if not found.plan.held and not found.noted:
            return "no model is in this snapshot"
        is_anything = found.noted or self._picks.taken or self._picks.settled
        return None if is_anything else "nothing is taken, and all of it was seen before"

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

    def _to_map(self) -> str | None:
        """`model=entry` for the row under the cursor, with the entry that it is or may be."""
        entry = self.rows.cursor_row
        if self.found is None or entry is None:
            return None
        row = self._shown.get(entry.id)
        return entry_to_map(self.found.plan, entry) if row is None else f"{row.key}={self._ids.get(row.key, '')}"

    @explained
    def action_map(self) -> None:
        """Into the field, to be looked at, changed and entered."""
        if (word := self._to_map()) is not None:
            field = self.query_one("#mapping", LineInput)
            field.value = ", ".join(filter(None, (field.value.strip().rstrip(","), word)))
            field.cursor_position = len(field.value)
            field.focus()

    @explained
    def action_queue(self) -> None:
        if (found := self.found) is not None:
            said = said_of(found.plan, self._picks, found.noted)
            self.post_message(Perform(self, lambda: self.queue(found), said))

    def queue(self, found: Seen) -> Outcome:
        return self._sync.queue(found.plan, self._sync.resolve(found.plan, self._picks))

    def action_close(self) -> None:
        """What was picked among many rows is not lost by a slip."""
        if self.found is None or self._picks == usual(self.found.plan):
            self.dismiss()
            return
        title = "Leave, and lose what was picked?"
        self.app.push_screen(Confirm(title, self.counts(self.found), yes="Leave"), self._left)

    def _left(self, is_sure: bool | None) -> None:
        if is_sure:
            self.dismiss()


def _picked(picks: Picks, row: FieldRow) -> Picks:
    """Taken or not; in a conflict theirs, ours, open, and again."""
    one = {row.id}
    if row.id in picks.taken:
        settled = picks.settled | one if row.verdict is Verdict.CONFLICT else picks.settled
        return replace(picks, taken=picks.taken - one, settled=settled)
    if row.id in picks.settled:
        return replace(picks, settled=picks.settled - one)
    return replace(picks, taken=picks.taken | one)
