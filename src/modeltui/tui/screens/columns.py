"""The column chooser: which columns, in which order, how wide."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from modeltui.domain.browse.columns import COLUMNS, Column, column_named
from modeltui.domain.browse.views import NARROWEST, WIDEST, ShownColumn, shown_columns, usual, usual_width
from modeltui.domain.catalog import Catalog
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.present.line import Line, spread
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.name_question import NameQuestion
from modeltui.tui.widgets.row_list import RowList


class _Row(Struct, frozen=True):
    column: Column
    """With the width that is chosen."""
    is_shown: bool

    @property
    def key(self) -> str:
        return self.column.id


class ColumnChooser(Dialog[tuple[ShownColumn, ...]]):
    """Gives the columns to show, from left to right."""

    BINDING_GROUP_TITLE = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "show_or_hide", "Show or hide", id="column.toggle"),
        Binding("J,shift+down", "shift(1)", "Move down", id="column.later", tooltip="to the right in the table"),
        Binding("K,shift+up", "shift(-1)", "Move up", id="column.earlier", tooltip="to the left in the table"),
        Binding("right,greater_than_sign,plus", "widen(1)", "Wider", id="column.wider", show=False),
        Binding("left,less_than_sign,minus", "widen(-1)", "Narrower", id="column.narrower", show=False),
        Binding("a", "add", "Add a field", id="column.add", tooltip="any field of the files, by its path"),
        Binding("r", "reset", "The usual ones", id="column.reset"),
        Binding("enter", "take", "Take", id="column.take"),
        Binding("q", "leave", show=False),
    ]
    DEFAULT_CSS = """
    ColumnChooser { & > #box { padding: 0 1; } RowList { height: 22; max-height: 100%; } }
    """

    def __init__(self, columns: Sequence[Column], catalog: Catalog, at: str | None = None) -> None:
        super().__init__()
        self._catalog = catalog
        self._at = at
        self._rows = _rows(columns)

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content("Columns")
            box.border_subtitle = Content("space shows · J K move · < > width · a add · enter")
            yield RowList[_Row](attrgetter("key"), _line)

    def on_mount(self) -> None:
        self._show(self._at)

    @property
    def _list(self) -> RowList[_Row]:
        return self.query_one(RowList)

    def _show(self, at: str | None = None) -> None:
        self._list.show(tuple(self._rows))
        if at is not None:
            self._list.seek(at)

    def action_show_or_hide(self) -> None:
        at = self._list.cursor
        row = self._rows[at]
        if row.is_shown and sum(each.is_shown for each in self._rows) == 1:
            self._refuse("one column stays")
            return
        self._rows[at] = replace(row, is_shown=not row.is_shown)
        self._show()
        self._list.action_move(1)

    def action_shift(self, step: int) -> None:
        at = self._list.cursor
        if 0 <= at + step < len(self._rows):
            self._rows.insert(at + step, self._rows.pop(at))
            self._show(self._rows[at + step].key)

    def action_widen(self, step: int) -> None:
        at = self._list.cursor
        column = self._rows[at].column
        width = max(NARROWEST, min(column.width + step, WIDEST))
        self._rows[at] = replace(self._rows[at], column=replace(column, width=width))
        self._show()

    def action_reset(self) -> None:
        self._rows = _rows(shown_columns((), self._catalog))
        self._show(self._rows[0].key)

    def action_add(self) -> None:
        def answered(name: str | None) -> None:
            if name:
                self._add(name)

        question = NameQuestion("Add a column", label="a field by its path, such as limits.context", does="add")
        self.app.push_screen(question, answered)

    def _add(self, name: str) -> None:
        try:
            column = column_named(name, self._catalog)
        except UsageError as error:
            self._refuse(f"{error.message}. {error.hint}" if error.hint else error.message)
            return
        rest = [row for row in self._rows if row.key != column.id]
        at = max((index for index, row in enumerate(rest, 1) if row.is_shown), default=0)
        rest.insert(at, _Row(replace(column, width=usual_width(column)), is_shown=True))
        self._rows = rest
        self._show(column.id)

    @on(RowList.Chosen)
    def action_take(self) -> None:
        shown = tuple(
            ShownColumn(row.column.id, 0 if row.column.width == _usual(row, self._catalog) else row.column.width)
            for row in self._rows
            if row.is_shown
        )
        self.dismiss(() if shown == usual() else shown)

    def _refuse(self, reason: str) -> None:
        self.app.notify(safe(reason), severity="warning", markup=False)


def _rows(columns: Sequence[Column]) -> list[_Row]:
    """The columns that are shown, then those that could be."""
    shown = {column.id for column in columns}
    others = (column for column in COLUMNS.values() if column.id not in shown)
    return [
        *(_Row(column, is_shown=True) for column in columns),
        *(_Row(replace(column, width=usual_width(column)), is_shown=False) for column in others),
    ]


def _usual(row: _Row, catalog: Catalog) -> int:
    return usual_width(column_named(row.column.id, catalog))


def _line(row: _Row, width: int) -> Line:
    sign, column = "✓" if row.is_shown else " ", row.column
    name = "" if column.title.casefold() == column.id.casefold() else f"  {safe(column.id)}"
    left: Line = (
        (f" {sign} ", "accent"),
        (safe(column.title), "plain" if row.is_shown else "muted"),
        (name, "muted"),
    )
    return spread(left, ((f"{column.width} ", "muted"),), width)
