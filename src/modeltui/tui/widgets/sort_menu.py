"""By which columns rows are sorted: one, or several in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from modeltui.domain.browse.columns import Column
from modeltui.domain.text import safe
from modeltui.tui.ordering import Ordering
from modeltui.tui.widgets.chooser import Chooser, Option


class SortMenu(Chooser):
    """Gives the order as a text, `a,-b`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space,plus", "add", "And by this one", id="sort.add", tooltip="again turns it round, then takes it away"
        ),
        Binding("S", "reverse", "Reverse", id="sort.turn"),
        Binding("x,minus", "clear", "By none", id="sort.none", tooltip="in the order of keys"),
    ]

    def __init__(self, columns: Sequence[Column], ordering: Ordering) -> None:
        self._columns = columns
        self._ordering = ordering
        self._is_changed = False
        first = ordering.keys[0].removeprefix("-") if ordering.keys else None
        super().__init__(
            "Sort by", self._options, at=first, hint="enter sorts by it first, space adds it, S reverses, x none"
        )

    @property
    def order(self) -> Ordering:
        """As chosen so far."""
        return self._ordering

    def _options(self, _: str) -> list[Option]:
        """The columns that are shown, then those of the order that are not."""
        titles = {column.id: column.title for column in self._columns}
        keys = (key.removeprefix("-") for key in self._ordering.keys)
        return [
            Option(name, ((safe(titles.get(name, name)), "plain"),), ((self._ordering.marker(name), "accent"),))
            for name in dict.fromkeys((*titles, *keys))
        ]

    def taken(self, key: str) -> str:
        """By the column under the cursor first; where keys were added, by these."""
        return str(self._ordering if self._is_changed else self._ordering.by(key))

    def action_add(self) -> None:
        if (name := self._list.cursor_key) is not None:
            self._change(self._ordering.then_by(name))

    def action_reverse(self) -> None:
        self._change(self._ordering.reversed())

    def action_clear(self) -> None:
        self._change(Ordering())

    def _change(self, ordering: Ordering) -> None:
        self._ordering, self._is_changed = ordering, True
        self._show("")
        self.query_one("#box").border_subtitle = "enter takes this order, esc leaves it"
