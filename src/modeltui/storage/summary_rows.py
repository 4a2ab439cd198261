"""Rows of a catalogue as plain values, a list for each field, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import astuple

from modeltui.domain.file_paths import MODELS
from modeltui.domain.finding import Finding
from modeltui.domain.lock import Lock
from modeltui.domain.model import FIELDS, Model, restored
from modeltui.storage.walk import SUFFIX


def columns_of(models: Sequence[Model]) -> list[list[Any]]:
    """What `models_of` makes the same models of: None, numbers, texts, and tuples of these."""
    return [_column(name, [getattr(model, name) for model in models]) for name in _KEPT]


def models_of(columns: Sequence[Sequence[Any]]) -> list[Model]:
    """Raises ValueError, TypeError or ArithmeticError for what no catalogue was made to."""
    values = {name: _values(name, column) for name, column in zip(_KEPT, columns, strict=True)}
    values["path"] = [f"{MODELS}/{key}{SUFFIX}" for key in values["key"]]
    return restored([values[name] for name in FIELDS], len(values["key"]))


def _column(name: str, values: list[Any]) -> list[Any]:
    plain = _PLAIN.get(name)
    return values if plain is None else [None if value is None else plain[0](value) for value in values]


def _values(name: str, column: Sequence[Any]) -> Sequence[Any]:
    """Values that are equal are made once: there are few prices and days in a catalogue."""
    plain = _PLAIN.get(name)
    if plain is None:
        return column
    if column.count(None) == len(column):
        return column
    made = {value: None if value is None else plain[1](value) for value in set(column)}
    return list(map(made.__getitem__, column))


def _of_lock(lock: Lock) -> tuple[str | None, ...]:
    return lock.by, None if lock.at is None else lock.at.isoformat(), lock.reason, lock.digest


def _lock(plain: tuple[Any, ...]) -> Lock:
    by, at, reason, digest = plain
    return Lock(by, None if at is None else datetime.fromisoformat(at), reason, digest)


def _of_finding(fault: Finding) -> tuple[Any, ...]:
    return astuple(fault)


def _finding(plain: tuple[Any, ...]) -> Finding:
    return Finding(*plain)


_KEPT: Final = tuple(name for name in FIELDS if name != "path")
"""The key says the path."""
_DAYS: Final = (date.toordinal, date.fromordinal)
_PLAIN: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    "lock": (_of_lock, _lock),
    "base_cost": (str, Decimal),
    "released_on": _DAYS,
    "deprecated_on": _DAYS,
    "retires_on": _DAYS,
    "verified_on": _DAYS,
    "fault": (_of_finding, _finding),
}
"""Fields whose values are more than plain: how they become so, and how they were."""
