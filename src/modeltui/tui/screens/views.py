"""The menu of views: show one, save what is shown, rename, delete."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar, Literal, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from modeltui.domain.browse.views import View
from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, fit
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.row_list import RowList

Act: TypeAlias = Literal["show", "save", "rename", "delete"]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    view: View
    is_own: bool

    @property
    def key(self) -> str:
        return self.view.name


class ViewMenu(Dialog[tuple[Act, View]]):
    """Gives what to do with which view."""

    BINDING_GROUP_TITLE = "Views"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "act('show')", "Show", id="views.show"),
        Binding("s", "act('save')", "Save what is shown", id="views.save", tooltip="filter, order, columns, grouping"),
        Binding("r", "act('rename')", "Rename", id="views.rename"),
        Binding("x,delete", "act('delete')", "Delete", id="views.delete"),
        Binding("V,q", "leave", show=False),
    ]
    DEFAULT_CSS = """
    ViewMenu { & > #box { width: 84; padding: 0 1; } RowList { height: auto; max-height: 20; } }
    """

    def __init__(self, views: Sequence[View], own: Collection[str], at: str) -> None:
        super().__init__()
        self._rows = [_Row(number, view, view.name in own) for number, view in enumerate(views, 1)]
        self._at = at

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content("Views")
            box.border_subtitle = Content("enter shows · s saves what is shown · r renames · x deletes")
            yield RowList[_Row](attrgetter("key"), _line)

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.styles.height = len(self._rows)
        rows.show(self._rows)
        rows.seek(self._at)

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_act("show")

    def action_act(self, act: Act) -> None:
        row: _Row = self._rows[self.query_one(RowList).cursor]
        if act in ("rename", "delete") and not row.is_own:
            self.app.notify(f"{row.view.name} is built in", severity="warning", markup=False)
        else:
            self.dismiss((act, row.view))


def _line(row: _Row, width: int) -> Line:
    """Number, name, and what makes the view."""
    view = row.view
    parts = [
        view.query,
        f"by {view.sort}" if view.sort else "",
        f"grouped by {view.group}" if view.group else "",
        f"{len(view.columns)} columns" if view.columns else "",
    ]
    number = f"alt+{row.number}" if row.number <= 9 else ""
    return (
        (f" {number:<6}", "accent"),
        (fit(safe(view.name), 22), "strong" if row.is_own else "plain"),
        (safe(" · ".join(filter(None, parts)))[: max(0, width)], "muted"),
    )
