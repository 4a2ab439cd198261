"""What is done to one field of a form: typed, chosen, switched, added, removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App
from textual.geometry import Region

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, format_field, get
from modeltui.domain.fields import describe, why_fixed
from modeltui.domain.form import Form, addable, declared, is_named_by_file, start_value
from modeltui.domain.text import safe
from modeltui.domain.typed import as_typed, own_fault, read_typed
from modeltui.errors import InvalidValueError, ModeltuiError
from modeltui.tui.present.form import asked
from modeltui.tui.present.line import Line, cut
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.form_value import FormValue

if TYPE_CHECKING:
    from modeltui.domain.form_rows import FormRow

_DOC_WIDTH = 34


class FormHost(Protocol):
    """The screen that shows the form."""

    @property
    def app(self) -> App[Any]: ...
    @property
    def form(self) -> Form: ...
    def put(self, form: Form, at: FieldPath) -> None:
        """Show another form, with the cursor on a field."""

    def place_of(self, path: FieldPath) -> Region | None:
        """Where the value of a field stands; None where it is not in view."""

    def refuse(self, reason: str) -> None: ...


class FieldActs:
    def __init__(self, host: FormHost) -> None:
        self._host = host

    def edit(self, row: FormRow) -> None:
        """Let a value be typed or chosen. Rows that hold others are for the screen."""
        if self._is_fixed(row):
            return
        if row.kind in ("switch", "choice"):
            self._choose(row)
        else:
            self._begin(row.path)

    def toggle(self, row: FormRow) -> None:
        """The other way round, or the next of the choices."""
        if self._is_fixed(row):
            return
        form = self._host.form
        if row.kind == "switch":
            self._host.put(form.with_value(row.path, row.value is not True), row.path)
        elif row.kind == "choice" and row.shape is not None:
            values = row.shape.choices
            at = values.index(row.value) + 1 if row.value in values else 0
            self._host.put(form.with_value(row.path, values[at % len(values)]), row.path)
        else:
            self._host.refuse("space is for switches and choices; enter edits this")

    def remove(self, row: FormRow) -> None:
        if not row.path:
            self._host.refuse("this holds the fields that stand in no table")
        elif row.value is ABSENT:
            self._host.refuse("it is not there")
        elif not self._is_fixed(row):
            try:
                self._host.put(self._host.form.without(row.path), row.path)
            except ModeltuiError as error:
                self._host.refuse(_said(error))

    def restore(self, row: FormRow) -> None:
        """The field as it was."""
        if not row.path or not row.is_changed:
            self._host.refuse("it is as it was")
            return
        try:
            self._host.put(self._host.form.restored(row.path), row.path)
        except ModeltuiError as error:
            self._host.refuse(_said(error))

    def add(self, row: FormRow) -> None:
        """A field to the table under the cursor or around it, an entry to the list."""
        if row.path and row.value is ABSENT:
            self._begin(row.path)
        elif isinstance(row.value, list):
            self._add_entry(row.path)
        elif row.path and isinstance(row.path[-1], int) and row.kind != "table":
            self._add_entry(row.path[:-1])
        else:
            self._add_field(row.path if row.kind == "table" else row.path[:-1])

    def _add_entry(self, path: FieldPath) -> None:
        entries = get(self._host.form.document, path)
        self._begin((*path, len(entries) if isinstance(entries, list) else 0))

    def _add_field(self, table: FieldPath) -> None:
        if is_named_by_file(table):
            self._ask_name(table)
            return
        names = [name for name in addable(self._host.form, table) if why_fixed((*table, name)) is None]
        if not names:
            self._host.refuse("it has every field that there is")
            return

        def answered(name: str | None) -> None:
            if name is not None:
                self._begin((*table, name))

        where = format_field(table) if table else "the file"
        options = [_option((*table, name)) for name in names]
        self._host.app.push_screen(Chooser(f"Add to {safe(where)}", within(options), has_filter=True), answered)

    def _ask_name(self, table: FieldPath) -> None:
        held = get(self._host.form.document, table)

        def wrong(name: str) -> str | None:
            if not name:
                return "a name is needed"
            if isinstance(held, dict) and name in held:
                return f"there is a {name} already"
            fault = own_fault((*table, name), {})
            return fault.message if fault is not None and "no name" in fault.message else None

        def answered(name: str | None) -> None:
            if name:
                self._begin((*table, name))

        about: list[Line] = [((f"name of what is added to {safe(format_field(table))}", "muted"),)]
        self._host.app.push_screen(FormValue("", about, wrong, None), answered)

    def _begin(self, path: FieldPath) -> None:
        """Put a field there that has a beginning, else let it be typed. A table whose names are free asks for one."""
        value = get(self._host.form.document, path)
        shape = describe(path)
        if value is not ABSENT or shape is None:
            self._type(path, value)
        elif (start := start_value(path)) is not ABSENT:
            if start == {} and is_named_by_file(path):
                self._ask_name(path)
            else:
                self._place(path, start)
        elif shape.choices:
            self._choose_of(path, shape.choices, ABSENT)
        elif shape.type == "list" and shape.item is not None and shape.item.type == "table":
            self._begin((*path, 0))
        else:
            self._type(path, value)

    def _choose(self, row: FormRow) -> None:
        if row.kind == "switch":
            self.toggle(row)
        elif row.shape is not None:
            self._choose_of(row.path, row.shape.choices, row.value)

    def _choose_of(self, path: FieldPath, values: tuple[str, ...], value: Value | Absent) -> None:
        options = [Option(each, ((safe(each), "plain"),)) for each in values]

        def answered(chosen: str | None) -> None:
            if chosen is not None:
                self._place(path, chosen)

        title, at = safe(format_field(path)), value if isinstance(value, str) else None
        self._host.app.push_screen(Chooser(title, within(options), at=at), answered)

    def _type(self, path: FieldPath, value: Value | Absent) -> None:
        shape = describe(path)
        takes = asked(shape) if shape is not None else "any value"
        about: list[Line] = [((safe(format_field(path)), "strong"), (f"  {safe(takes)}", "muted"))]
        typed = FormValue(as_typed(path, value), about, _checker(path, value), self._host.place_of(path))

        def answered(text: str | None) -> None:
            if text is None:
                return
            if not text and _may_go(path):
                self._host.put(self._host.form.without(path), path)
            else:
                self._place(path, read_typed(path, text, value))

        self._host.app.push_screen(typed, answered)

    def _place(self, path: FieldPath, value: Value) -> None:
        form, last = self._host.form, path[-1]
        entries = get(form.document, path[:-1]) if isinstance(last, int) else None
        is_new_entry = isinstance(last, int) and (not isinstance(entries, list) or last >= len(entries))
        self._host.put(form.with_entry(path[:-1], value) if is_new_entry else form.with_value(path, value), path)

    def _is_fixed(self, row: FormRow) -> bool:
        if row.fixed is not None:
            self._host.refuse(f"{safe(row.key)} is not edited here: {row.fixed}")
        return row.fixed is not None


def _checker(path: FieldPath, value: Value | Absent) -> Callable[[str], str | None]:
    return partial(_wrong, path, value)


def _wrong(path: FieldPath, value: Value | Absent, text: str) -> str | None:
    if not text and _may_go(path):
        return None
    try:
        read_typed(path, text, value)
    except InvalidValueError as error:
        return _said(error)
    return None


def _may_go(path: FieldPath) -> bool:
    """Whether no text means no field."""
    shape = describe(path)
    return path[-1] in declared(path[:-1]) and shape is not None and shape.optional


def _option(path: FieldPath) -> Option:
    shape = describe(path)
    doc = "" if shape is None else shape.doc or shape.expected
    return Option(str(path[-1]), ((safe(path[-1]), "plain"),), cut(((safe(doc), "muted"),), _DOC_WIDTH))


def _said(error: ModeltuiError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
