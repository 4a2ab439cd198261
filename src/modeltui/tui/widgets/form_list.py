"""The fields of a model as a list whose tables fold."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region

from modeltui.domain.document import FieldPath, format_field
from modeltui.domain.form import Form
from modeltui.domain.form_rows import GENERAL, FormRow, rows_of
from modeltui.tui.present.form import form_line, value_column
from modeltui.tui.present.line import Line
from modeltui.tui.widgets.row_list import RowList

_READING: list[Line] = [(("Reading the file …", "muted"),)]
_NOTHING: list[Line] = [(("No field by that name.", "plain"),), (), (("/ changes the filter, esc clears it", "muted"),)]
_FIRST = "name"
"""Where the cursor stands when the form opens: what is before it is mostly not edited here."""


class FormList(RowList[FormRow]):
    BINDING_GROUP_TITLE = "Fields"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "fold(False)", "Unfold", id="field.unfold", show=False),
        Binding(
            "left,h", "fold(True)", "Fold", id="field.fold", tooltip="this table, or go to the one around", show=False
        ),
        Binding("tab", "section(1)", "Next section", id="form.next", show=False),
        Binding("shift+tab", "section(-1)", "Section before", id="form.previous", show=False),
        Binding("full_stop", "absent", "All fields", id="form.absent", tooltip="also those not there", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(attrgetter("key"), form_line, empty=_READING, id=id)
        self._form: Form | None = None
        self._query = ""
        self._unfolded: set[str] = {GENERAL}
        self._with_absent = False

    def show_form(self, form: Form, query: str) -> None:
        is_first = self._form is None
        if is_first:
            self._unfolded |= {row.key for row in rows_of(form, ()) if row.depth == 0}
            self.empty = _NOTHING
        if self._query and not query and self.cursor_row is not None:
            path = self.cursor_row.path
            self._unfolded.update(format_field(path[:length]) for length in range(len(path)))
        self._form, self._query = form, query
        self._redraw()
        if is_first and (keys := [row.key for row in self.rows if not row.can_fold and not row.fixed]):
            self.seek(_FIRST if _FIRST in keys else keys[0])

    def _redraw(self) -> None:
        if self._form is not None:
            self.show(rows_of(self._form, self._unfolded, self._query, with_absent=self._with_absent))

    def go_to(self, path: FieldPath) -> None:
        """The cursor on a field, with what is around it and what is in it unfolded."""
        self._unfolded.update(format_field(path[:length]) for length in range(len(path) + 1))
        self._redraw()
        self.seek(format_field(path))

    def fold(self, row: FormRow, *, is_folded: bool) -> None:
        if is_folded:
            self._unfolded.discard(row.key)
        else:
            self._unfolded.add(row.key)
        self._redraw()

    def place_of(self, path: FieldPath) -> Region | None:
        """Where the value of the field under the cursor is on the screen; None for another one."""
        if self.cursor_key != format_field(path):
            return None
        column = value_column(self.size.width)
        top = self.region.y + self.cursor - self.scroll_offset.y
        return Region(self.region.x + column - 1, top, self.size.width - column, 1)

    def action_fold(self, is_folded: bool) -> None:
        row = self.cursor_row
        if row is None:
            return
        if is_folded and row.path and not (row.can_fold and row.is_unfolded):
            around = format_field(row.path[:-1])
            self.seek(around)
        elif row.can_fold:
            self.fold(row, is_folded=is_folded)

    def action_section(self, step: int) -> None:
        tops = [index for index, row in enumerate(self.rows) if row.depth == 0]
        ahead = [at for at in tops if at > self.cursor] if step > 0 else [at for at in tops[::-1] if at < self.cursor]
        if ahead:
            self.seek(self.rows[ahead[0]].key)
            self.scroll_to(y=max(0, ahead[0] - 1), animate=False, force=True)

    def action_absent(self) -> None:
        self._with_absent = not self._with_absent
        self._redraw()
