"""Rules between inputs: what one value forbids or requires of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from msgspec import Struct

from modeltui.domain.call import InputProblem
from modeltui.domain.document import Document
from modeltui.domain.inputs.checks import equal, is_blank, is_number
from modeltui.domain.inputs.specs import InputSpec, as_conditions
from modeltui.domain.reading import Table, whole

Values: TypeAlias = Mapping[str, Any]
"""The inputs that are there, with defaults filled in."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_KINDS = ("forbid", "require", "any_of", "total", "total_length")


class Rule(Struct, frozen=True):
    mentions: frozenset[str]
    """Inputs that it looks at; it says nothing while one of them is wrong in itself."""
    blames: str | None
    """The input that the message belongs to; None for the whole request."""
    message: str
    is_broken: Callable[[Values], bool]

    def problem(self, values: Values) -> InputProblem | None:
        return InputProblem(self.blames, self.message) if self.is_broken(values) else None


def compile_rules(document: Document, specs: tuple[InputSpec, ...]) -> tuple[Rule, ...]:
    """The `[[rules]]` of a file. Raises InvalidValueError naming what cannot be used."""
    entries = whole(document).list("rules") or ()
    known = {spec.name: spec for spec in specs}
    return tuple(_rule(_entry(entry, position), known) for position, entry in enumerate(entries))


def _entry(entry: Any, position: int) -> Table:
    table = Table(entry if isinstance(entry, Mapping) else {}, ("rules", position))
    if not isinstance(entry, Mapping):
        table.refuse("must be a table")
    return table


def _rule(table: Table, known: Mapping[str, InputSpec]) -> Rule:
    kinds = [kind for kind in _KINDS if kind in table.values]
    if len(kinds) != 1:
        table.refuse(f"must say exactly one of {', '.join(_KINDS)}")
    when = table.table("when")
    conditions = as_conditions(when.values) if when is not None else {}
    names, blames, breaks = _BUILDERS[kinds[0]](table)
    check_values(table, "when", conditions, known)
    for name in names:
        if name not in known:
            table.refuse(f"there is no input {name}", kinds[0])
    return Rule(
        mentions=frozenset(names) | conditions.keys(),
        blames=blames,
        message=table.needed_text("message"),
        is_broken=_when(conditions, breaks) if conditions else breaks,
    )


def check_values(
    table: Table, key: str, conditions: Mapping[str, tuple[Any, ...]], known: Mapping[str, InputSpec]
) -> None:
    """Refuse a condition on an input that there is not, or on a value that the input can never have."""
    for name, allowed in conditions.items():
        if name not in known:
            table.refuse(f"there is no input {name}", key, name)
        enum = known[name].enum
        for value in allowed:
            if enum is not None and not any(equal(value, choice) for choice in enum):
                table.refuse(f"{value!r} is not a value of {name}", key, name)


def holds(conditions: Mapping[str, tuple[Any, ...]]) -> Callable[[Values], bool]:
    """Whether every named input is there and has one of its values."""
    pairs = tuple(conditions.items())

    def check(values: Values) -> bool:
        return all(name in values and _is_in(values[name], allowed) for name, allowed in pairs)

    return check


def _is_in(value: Any, allowed: tuple[Any, ...]) -> bool:
    return any(equal(value, choice) for choice in allowed)


def _when(conditions: Mapping[str, tuple[Any, ...]], breaks: Callable[[Values], bool]) -> Callable[[Values], bool]:
    applies = holds(conditions)
    return lambda values: applies(values) and breaks(values)


_Built: TypeAlias = tuple[tuple[str, ...], str | None, Callable[[Values], bool]]


def _forbid(table: Table) -> _Built:
    forbidden = table.table("forbid")
    if forbidden is None or not forbidden.values:
        table.refuse("must name an input and its forbidden values", "forbid")
    pairs = tuple(as_conditions(forbidden.values).items())
    names = tuple(name for name, _ in pairs)
    return (
        names,
        names[0],
        lambda values: any(name in values and _is_in(values[name], refused) for name, refused in pairs),
    )


def _require(table: Table) -> _Built:
    names = table.texts("require")
    if not names:
        table.refuse("must name at least one input", "require")
    return names, names[0], lambda values: any(is_missing(values, name) for name in names)


def _any_of(table: Table) -> _Built:
    names = table.texts("any_of")
    if not names:
        table.refuse("must name at least one input", "any_of")
    return names, names[0], lambda values: all(is_missing(values, name) for name in names)


def is_missing(values: Values, name: str) -> bool:
    """Absent, blank text or an empty list."""
    value = values.get(name)
    return value is None or value == [] or (isinstance(value, str) and is_blank(value))


def _total(table: Table) -> _Built:
    name, key = _items_path(table, "total")
    wanted, tolerance = table.values.get("equals"), Decimal(str(table.number("tolerance") or 0))
    if not isinstance(wanted, str) and not is_number(wanted):
        table.refuse("must be the name of an input, or a number", "equals")
    names = (name, wanted) if isinstance(wanted, str) else (name,)

    def breaks(values: Values) -> bool:
        goal = number_of(values.get(wanted) if isinstance(wanted, str) else wanted)
        parts = [number_of(part) for part in parts_of(values.get(name), key)]
        if goal is None:
            return False
        return abs(sum((part for part in parts if part is not None), Decimal(0)) - goal) > tolerance

    return names, name, breaks


def _total_length(table: Table) -> _Built:
    name, key = _items_path(table, "total_length")
    most = table.integer("max")
    if most is None:
        table.refuse("is needed", "max")
    return (name,), name, lambda values: length_of(values.get(name), key) > most


def _items_path(table: Table, kind: str) -> tuple[str, str]:
    name, separator, key = table.needed_text(kind).partition("[].")
    if not separator or not key:
        table.refuse('must name a field of the items of a list, as in "shots[].duration"', kind)
    return name, key


def parts_of(value: Any, key: str) -> list[Any]:
    """`key` of each object in a list; what is not there is left out."""
    items = value if isinstance(value, list) else []
    return [item[key] for item in items if isinstance(item, dict) and key in item]


def length_of(value: Any, key: str) -> int:
    """Characters of the texts under `key` in a list of objects."""
    return sum(len(part) for part in parts_of(value, key) if isinstance(part, str))


def number_of(value: Any) -> Decimal | None:
    """A number, or a text that holds a plain one, as Decimal."""
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    return Decimal(str(value)) if is_number(value) else None


_BUILDERS: dict[str, Callable[[Table], _Built]] = {
    "forbid": _forbid,
    "require": _require,
    "any_of": _any_of,
    "total": _total,
    "total_length": _total_length,
}
