"""The order of rows: one or several keys, each up or down, and what is missing last in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, TypeAlias

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import Field, Kind, field_named, nearest_field
from modeltui.errors import QueryError, UsageError

Rank: TypeAlias = tuple[Any, ...]

GiveWay: TypeAlias = Callable[[], object]
"""Called every few milliseconds of work that nobody waits for: it may rest."""

_LIFE = ("active", "beta", "alpha", "experimental", "deprecated")
"""What can be used comes first."""
_DIGITS: Final = 18
"""Of a number in a text; what follows them is the next number."""
_NUMBER: Final = re.compile(rf"(\d{{1,{_DIGITS}}})", re.ASCII)
_AT_ONCE: Final = 2_000
"""Texts in one go, which takes a third of a frame: others have their turn between two."""


def straight_on() -> None:
    """A GiveWay of work that somebody waits for."""


class SortKey(Struct, frozen=True):
    field: Field
    is_descending: bool = False


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """`cost,-name` as keys; a field is named as in a query. Raises QueryError with the position."""
    keys: list[SortKey] = []
    position = 0
    for part in text.split(",") if text.strip() else ():
        keys.append(_key(part, position))
        position += len(part) + 1
    return tuple(keys)


def sort_models(models: Iterable[Model], keys: Sequence[SortKey], catalog: Catalog, plan: Plan) -> list[Model]:
    """A new list in the order of the first key, then the second …; stable where all are equal."""
    rows = list(models)
    for key in reversed(keys):
        rows = _sorted(rows, key, catalog, plan)
    return rows


def _key(part: str, position: int) -> SortKey:
    name = part.strip()
    is_descending = name.startswith("-")
    return SortKey(_field(name.removeprefix("-"), position), is_descending)


def _field(name: str, position: int) -> Field:
    if not name:
        raise QueryError("a field is missing in the order", position=position, hint="write it as cost,-name")
    try:
        field = field_named(name)
    except UsageError as error:
        raise QueryError(error.message, position=position, hint=error.hint) from error
    if field is None:
        near = nearest_field(name)
        hint = f"did you mean {near}?" if near else None
        raise QueryError(f"unknown field {name!r} in the order", position=position, hint=hint)
    return field


def ranks_of(field: Field, values: Sequence[Any], give_way: GiveWay = straight_on) -> list[Any]:
    """What is compared of each value, with the others only; None for what is missing. All can be hashed."""
    if set(map(type, values)) <= {str, NoneType} and field.kind is not Kind.SWITCH and field.name != "status":
        return _ranks_of_texts(values, give_way)
    return [_rank(field, value) for value in values]


def _ranks_of_texts(values: Sequence[str | None], give_way: GiveWay) -> list[str | None]:
    """Texts that compare as what `natural` makes of each: many at a time, in half the time."""
    texts = [text for text in values if text is not None]
    flat: list[str] = []
    for start in range(0, len(texts), _AT_ONCE):
        flat += _flattened(texts[start : start + _AT_ONCE])
        give_way()
    if len(flat) == len(values):
        return [*flat]
    each = iter(flat)
    return [None if value is None else next(each) for value in values]


def _flattened(texts: Sequence[Any]) -> list[str]:
    found = _flat("\n".join(texts)).split("\n")
    return found if len(found) == len(texts) else list(map(_flat, texts))


def _flat(text: str) -> str:
    """What `natural` makes of a text, as one: the end of a part comes before all else, numbers are of one length."""
    parts = _NUMBER.split(text.casefold().replace("\0", "\0~"))
    parts[1::2] = ["\0" + number.zfill(_DIGITS) for number in parts[1::2]]
    return "".join(parts)


def _sorted(rows: list[Model], key: SortKey, catalog: Catalog, plan: Plan) -> list[Model]:
    present: list[tuple[Rank, Model]] = []
    missing: list[Model] = []
    value_of, group_of = key.field.sorted_of or key.field.value_of, key.field.group_of
    for model in rows:
        rank = _rank(key.field, value_of(model, catalog, plan))
        if rank is None:
            missing.append(model)
        else:
            present.append((rank, model))
    present.sort(key=_first, reverse=key.is_descending)
    if group_of is not None:
        present.sort(key=lambda pair: group_of(pair[1], catalog))
    return [*(model for _, model in present), *missing]


def _first(pair: tuple[Rank, Model]) -> Rank:
    return pair[0]


def _rank(field: Field, value: Any) -> Rank | None:
    """Where a value stands among all values, whatever their types; None for one that is missing."""
    if field.name == "status" and value in _LIFE:
        return (0, _LIFE.index(value))
    if field.kind is Kind.SWITCH:
        return (not value,)
    return _rank_of(value)


def _rank_of(value: Any) -> Rank | None:
    """Numbers before dates before text; a list by its elements."""
    if isinstance(value, str):
        return (2, tuple(natural(value)))
    if isinstance(value, int | float | Decimal):
        return None if value != value else (0, value)  # noqa: PLR0124  # not a number
    if isinstance(value, date):
        moment = value.isoformat() if isinstance(value, datetime) else f"{value.isoformat()}T"
        return (1, moment)
    if isinstance(value, list | tuple):
        ranks = tuple(rank for item in value if (rank := _rank_of(item)) is not None)
        return (3, ranks) if ranks else None
    return None if value is None else (4, str(value))


def natural(text: str) -> list[str | int]:
    """A sort key that takes digits as numbers and case as one: `veo-3` before `Veo-10`."""
    parts: list[str | int] = list(_NUMBER.split(text.casefold()))
    parts[1::2] = map(int, parts[1::2])
    return parts
