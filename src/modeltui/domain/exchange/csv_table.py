"""CSV: one row a model, its columns the fields of a model file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from modeltui.domain.document import (
    ABSENT,
    Absent,
    Document,
    FieldPath,
    Value,
    format_field,
    get,
    parse_field,
    same,
    with_value,
)
from modeltui.domain.exchange.cells import cell, value_of
from modeltui.domain.exchange.row import Options, Refused, Row
from modeltui.domain.fields import describe, known_fields
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.wording import near_field
from modeltui.domain.text import cut, safe
from modeltui.errors import InvalidValueError, UsageError

KEY: Final = "key"
ALL: Final = "all"
"""As the only column: every field, the tables of the contract as one cell each."""

_CONTRACT: Final = frozenset({"inputs", "rules", "before", "request", "poll", "result", "cancel"})
_OF_COST: Final = frozenset({"multipliers", "table", "rate"})
_OF_VIEW: Final = {
    "type": "content_type",
    "cost": "cost.base",
    "time": "timing.estimated_seconds",
    "released": "released_on",
    "retires": "retires_on",
    "deprecated": "deprecated_on",
    "verified": "verified_on",
}
_SHOWN_AS: Final = {
    **_OF_VIEW,
    "base_cost": "cost.base",
    "currency": "cost.currency",
    "estimated_seconds": "timing.estimated_seconds",
}
"""Fields by what `list` calls them, in its columns and in its JSON."""
_NO_FIELD: Final = frozenset({"lock", "pending"})
_AS_TEXT: Final = ("name",)
"""A field whose cells are texts, as keys are."""
_LARGEST_CELL: Final = 2**20


class _Column(NamedTuple):
    position: int
    path: FieldPath


class Table(NamedTuple):
    rows: Iterator[Row | Refused]
    unknown: tuple[str, ...]
    """Headings that are no field; their cells are left aside."""


def read(content: bytes, options: Options) -> Table:
    """The rows of a table with a heading. Raises UsageError where there is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"this is not UTF-8: byte {error.start}", hint="save the table as UTF-8") from error
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        headings = next(reader, [])
    except csv.Error as error:
        raise UsageError(f"this is no table: {error}") from error
    names = [heading.strip() for heading in headings]
    if KEY not in names and "uid" not in names:
        raise UsageError("the table has no column key", hint="`modeltui export csv` writes one to start from")
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise UsageError(f"the table has two columns {twice!r}", hint="take one out")
    columns, unknown = _columns(names)
    if unknown and not columns:
        raise UsageError(f"the table has no column that is a field: {unknown_column(unknown[0])}")
    return Table(_rows(reader, names, columns, options), unknown)


def written(documents: Iterable[tuple[str, Document]], names: Sequence[str] = ()) -> str:
    """Documents by key as a table. Without names the fields that they have, but for the tables of the contract."""
    found = list(documents)
    is_chosen = bool(names) and list(names) != [ALL]
    paths = _chosen(names, found) if is_chosen else _present(found, contract=list(names) == [ALL])
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([KEY, *(format_field(path) for path in paths)])
    for key, document in found:
        writer.writerow([cell(_AS_TEXT, key), *(cell(path, get(document, path)) for path in paths)])
    return buffer.getvalue()


def fields_of_view(columns: Iterable[str]) -> list[str]:
    """The fields that columns of a view show; those that show no single field are left out."""
    names = (_OF_VIEW.get(column, column) for column in columns)
    return [name if _is_field(name) else f".{name.removeprefix('.')}" for name in names if _shows_field(name)] or [
        "name"
    ]


def _shows_field(name: str) -> bool:
    """Paths are columns too where the format has no such field: a tree of others has keys of its own."""
    return name != KEY and name not in _NO_FIELD and ("." in name or _is_field(name))


def _chosen(names: Sequence[str], found: Sequence[tuple[str, Document]]) -> list[FieldPath]:
    """Fields of the format, keys that a model here has, and any key after a dot, as in a query."""
    paths = []
    for name in names:
        if name == KEY:
            continue
        path = parse_field(name.removeprefix("."))
        is_known = name.startswith(".") or describe(path) is not None
        if not is_known and all(get(document, path) is ABSENT for _, document in found):
            raise UsageError(f"{name!r} is no field of a model file", hint="write it as in the file: cost.base")
        paths.append(path)
    return paths


def unknown_column(name: str) -> str:
    """What to say of a heading that is no field, with the field that was perhaps meant."""
    at = (name,)
    near = f"did you mean `{_SHOWN_AS[name]}`?" if name in _SHOWN_AS else near_field(ModelFile, at)
    hint = f"; {near}" if near is not None and near.startswith("did you mean") else ""
    return f"column {cut(repr(name), 60)} is no field, and left aside{hint}"


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return next((sign for sign in ",;\t" if sign in heading), ",")


def _columns(names: Sequence[str]) -> tuple[list[_Column], tuple[str, ...]]:
    columns: list[_Column] = []
    unknown: list[str] = []
    for position, name in enumerate(names):
        if name == KEY or not name:
            continue
        if _is_field(name) and parse_field(name)[0] != "lock":
            columns.append(_Column(position, parse_field(name)))
        else:
            unknown.append(name)
    return columns, tuple(unknown)


def _is_field(name: str) -> bool:
    try:
        path = parse_field(name)
    except UsageError:
        return False
    return describe(path) is not None


def _rows(
    reader: Iterator[list[str]], names: Sequence[str], columns: Sequence[_Column], options: Options
) -> Iterator[Row | Refused]:
    positions = {name: position for position, name in enumerate(names)}
    count = 1
    while True:
        count += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Refused(f"row {count}", None, f"it is no row of a table: {error}")
            continue
        if cells is None:
            return
        if not any(cells):
            continue
        where = f"row {count}"
        if len(cells) > len(names):
            yield Refused(where, None, f"it has {len(cells)} cells under {len(names)} headings", "quote cells with ,")
            continue
        yield _row(where, cells, positions, columns, options)


def _row(
    where: str, cells: Sequence[str], positions: Mapping[str, int], columns: Sequence[_Column], options: Options
) -> Row | Refused:
    def said(name: str) -> str | None:
        position = positions.get(name, len(cells))
        text = cells[position].strip() if position < len(cells) else ""
        return str(value_of(_AS_TEXT, text)) if text else None

    try:
        key, uid = said(KEY), said("uid")
    except InvalidValueError:
        return Refused(where, None, "its key or uid is no text")
    if key is None and uid is None:
        return Refused(where, None, "it has no key", "each row needs the key of its model")

    def wanted(current: Document) -> Document:
        for position, path in columns:
            text = cells[position] if position < len(cells) else ""
            before = get(current, path)
            if (not text and not options.whole) or _is_surely(before, text) or text == cell(path, before):
                continue
            after: Value = value_of(path, text) if text else ABSENT
            if not same(before, after):
                current = with_value(current, path, after)
        return current

    return Row(where=where, key=key, uid=uid, wanted=wanted)


def _is_surely(value: Value | Absent, text: str) -> bool:
    """Quickly, whether a cell says this value; False does not say that it says another."""
    if isinstance(value, str):
        return text == value and text[:1] not in ("'", '"')
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    return not text if value is ABSENT else isinstance(value, int) and text == str(value)


def _present(documents: Sequence[tuple[str, Document]], *, contract: bool) -> list[FieldPath]:
    """The paths that any document has, in the order of the format."""
    found: dict[FieldPath, None] = {}
    for _, document in documents:
        found.update(dict.fromkeys(_leaves(document, (), contract=contract)))
    order = {path: position for position, path in enumerate(known_fields())}
    last = len(order)
    return sorted(found, key=lambda path: order.get(path, order.get((*path[:-1], "*"), last)))


def _is_heading(path: FieldPath) -> bool:
    """Whether the format knows the field, and a name that the file chose can be shown."""
    return describe(path) is not None and safe(name := format_field(path)) == name


def _leaves(table: Mapping[str, Value], at: FieldPath, *, contract: bool) -> Iterator[FieldPath]:
    for name, value in table.items():
        path = (*at, name)
        is_whole = path[0] in _CONTRACT or (at == ("cost",) and name in _OF_COST)
        if path == ("lock",) or not _is_heading(path) or (is_whole and not contract):
            continue
        if isinstance(value, Mapping) and value and not is_whole:
            yield from _leaves(value, path, contract=contract)
        else:
            yield path
