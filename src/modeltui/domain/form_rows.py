"""A form as rows from top to bottom: tables that fold, and the fields within."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, format_field, get, same, shown
from modeltui.domain.fields import describe, why_fixed
from modeltui.domain.finding import Finding
from modeltui.domain.form import Form, declared
from modeltui.domain.schema.shape import FieldShape

RowKind: TypeAlias = Literal["table", "list", "switch", "choice", "value"]

GENERAL: Final = ""
"""Key of the row above the fields that stand in no table."""


class FormRow(Struct, frozen=True, kw_only=True):
    path: FieldPath
    """Empty for the row above the fields that stand in no table."""
    depth: int
    kind: RowKind
    value: Value | Absent
    before: Value | Absent = ABSENT
    shape: FieldShape | None = None
    is_unfolded: bool = False
    is_changed: bool = False
    is_varied: bool = False
    """Other models of the form have other values."""
    problem: Finding | None = None
    problems_inside: int = 0
    fixed: str | None = None
    """Why it is not edited here."""

    @property
    def key(self) -> str:
        return format_field(self.path)

    @property
    def can_fold(self) -> bool:
        """Whether it holds rows of its own."""
        return not self.path or (self.kind in ("table", "list") and self.value is not ABSENT)

    @property
    def opens(self) -> bool:
        """Whether it is gone into to be edited; a list of single values is one line."""
        holds_tables = isinstance(self.value, list) and any(isinstance(each, dict | list) for each in self.value)
        return self.can_fold and (self.kind == "table" or holds_tables)


def rows_of(form: Form, unfolded: Collection[str], query: str = "", *, with_absent: bool = False) -> list[FormRow]:
    """The rows in view. `query` keeps those whose path or value holds every word, with what is around them.

    `with_absent` shows the fields that the file could have too. A query looks among those as well.
    """
    words = query.casefold().split()
    tree = _Tree(form, unfolded, is_whole=bool(words), with_absent=with_absent or bool(words))
    rows = list(tree.top())
    return _kept(rows, words) if words else rows


class _Tree:
    def __init__(self, form: Form, unfolded: Collection[str], *, is_whole: bool, with_absent: bool) -> None:
        self._form = form
        self._unfolded = unfolded
        self._is_whole = is_whole
        self._with_absent = with_absent

    def top(self) -> Iterator[FormRow]:
        names = self._names((), self._form.document, self._form.base)
        kinds = {name: self._row((name,), 0).kind for name in names}
        single = [name for name in names if not _is_section((name,), kinds[name], self._form)]
        is_unfolded = self._is_whole or GENERAL in self._unfolded
        changed = any(self._row((name,), 1).is_changed for name in single)
        inside = sum(1 for name in single if name in self._form.problems)
        yield FormRow(
            path=(),
            depth=0,
            kind="table",
            value=self._form.document,
            is_unfolded=is_unfolded,
            is_changed=changed,
            problem=self._form.problems.get(""),
            problems_inside=inside,
        )
        if is_unfolded:
            for name in single:
                yield from self._branch((name,), 1)
        for name in names:
            if name not in single:
                yield from self._branch((name,), 0)

    def _branch(self, path: FieldPath, depth: int) -> Iterator[FormRow]:
        row = self._row(path, depth)
        yield row
        if row.is_unfolded or (self._is_whole and row.kind == "table" and len(path) == 1):
            for part in self._parts(path, row.value, row.before):
                yield from self._branch((*path, part), depth + 1)

    def _parts(self, path: FieldPath, now: Any, before: Any) -> list[Any]:
        return list(range(len(now))) if isinstance(now, list) else self._names(path, now, before)

    def _names(self, path: FieldPath, now: Any, before: Any) -> list[str]:
        """What is there, what was there, and of what could be there as much as is wanted."""
        there = dict.fromkeys([*_keys(before), *_keys(now)])
        absent = [name for name in declared(path) if name not in there and self._is_wanted((*path, name))]
        return [*there, *absent]

    def _is_wanted(self, path: FieldPath) -> bool:
        shape = describe(path)
        is_needed = shape is not None and not shape.optional
        return is_needed or self._with_absent or format_field(path) in self._form.problems

    def _row(self, path: FieldPath, depth: int) -> FormRow:
        form, key = self._form, format_field(path)
        now, before, shape = get(form.document, path), get(form.base, path), describe(path)
        kind = _kind(now if now is not ABSENT else before, shape)
        folds = kind in ("table", "list") and now is not ABSENT
        return FormRow(
            path=path,
            depth=depth,
            kind=kind,
            value=now,
            before=before,
            shape=shape,
            is_unfolded=folds and (self._is_whole or key in self._unfolded),
            is_changed=not same(now, before),
            is_varied=form.varies(path),
            problem=form.problems.get(key),
            problems_inside=sum(field.startswith(f"{key}.") for field in form.problems),
            fixed=why_fixed(path),
        )


def _keys(value: Any) -> Collection[str]:
    return value.keys() if isinstance(value, Mapping) else ()


def _is_section(path: FieldPath, kind: RowKind, form: Form) -> bool:
    """Tables, and lists of tables, stand by themselves."""
    shape = describe(path)
    if kind == "list":
        value = get(form.document, path)
        is_of_tables = isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
        return is_of_tables or (shape is not None and shape.item is not None and shape.item.type == "table")
    return kind == "table"


def _kind(value: Value | Absent, shape: FieldShape | None) -> RowKind:
    """By what stands there; where nothing does, or a single value, by what the format says."""
    for kind, holds in _BY_VALUE.items():
        if isinstance(value, holds):
            return kind
    if shape is None:
        return "value"
    if value is ABSENT and shape.type in _BY_TYPE:
        return _BY_TYPE[shape.type]
    return "choice" if shape.choices else "value"


_BY_VALUE: Final[Mapping[RowKind, type]] = {"table": dict, "list": list, "switch": bool}
_BY_TYPE: Final[Mapping[str, RowKind]] = {"table": "table", "list": "list", "boolean": "switch"}


def _kept(rows: list[FormRow], words: list[str]) -> list[FormRow]:
    """The rows that match, each below the ones around it."""
    wanted: set[FieldPath] = set()
    for row in rows:
        if row.path and _matches(row, words):
            wanted.update(row.path[:length] for length in range(len(row.path) + 1))
    general = {row.path for row in rows if row.depth == 1 and len(row.path) == 1 and row.path in wanted}
    return [row for row in rows if row.path in wanted and (row.path or general)]


def _matches(row: FormRow, words: list[str]) -> bool:
    said = "" if row.kind == "table" or row.value is ABSENT else shown(row.value)
    text = f"{row.key} {said}".casefold()
    return all(word in text for word in words)
