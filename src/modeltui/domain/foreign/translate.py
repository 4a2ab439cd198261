"""A document of theirs as one of ours: what rows, filters and columns read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from modeltui.domain.document import ABSENT, Document, FieldPath, get
from modeltui.domain.foreign.mapping import Choice, ForeignMapping, From, Reading
from modeltui.domain.price import LONGEST, price_of

Parts: TypeAlias = Mapping[str, str]
"""The named parts of a path."""

_MOST: Final = 10**15
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Translator:
    """Made once for all files of a tree."""

    def __init__(self, mapping: ForeignMapping) -> None:
        self._fields = [(path, _getter(source)) for path, source in mapping.row.items()]
        self._parts = [(path, _getter(source)) for path, source in mapping.row.items() if source.part]
        self._provider_fields = [(path, _getter(source)) for path, source in mapping.provider_row.items()]
        self._choices = [(choice, _getter(choice.source)) for choice in mapping.content_types]

    def fields(self, document: Document, parts: Parts) -> dict[str, Any]:
        """What our names have of a model. Nothing is raised: what does not fit is left out."""
        found = _filled(self._fields, document, parts)
        for choice, getter in self._choices:
            if choice.source is None or _fits(choice, getter(document, parts)):
                found["content_type"] = choice.content_type
                break
        return found

    def named(self, parts: Parts) -> dict[str, Any]:
        """What the path alone says of a model."""
        return _filled(self._parts, {}, parts)

    def document(self, document: Document, parts: Parts) -> dict[str, Any]:
        """As `fields`, with everything else that the file says under its own names."""
        return _under(document, self.fields(document, parts))

    def provider(self, document: Document, parts: Parts) -> dict[str, Any]:
        """What our names have of a provider."""
        return _filled(self._provider_fields, document, parts)


_Getter: TypeAlias = Callable[[Document, Parts], Any]


def _filled(fields: list[tuple[FieldPath, _Getter]], document: Document, parts: Parts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, getter in fields:
        value = getter(document, parts)
        if value is None:
            continue
        table = found
        for name in path[:-1]:
            table = table.setdefault(str(name), {})
        table[str(path[-1])] = value
    return found


def _under(document: Document, fields: dict[str, Any]) -> dict[str, Any]:
    merged = dict(document)
    for name, value in fields.items():
        below = merged.get(name)
        merged[name] = {**below, **value} if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _getter(source: From | None) -> _Getter:
    """Gives the value of a field; None where there is none."""
    if source is None:
        return lambda _, __: None
    if source.part:
        part = source.part
        return lambda _, parts: parts[part]
    read, where, path, value = _READ[source.reading], source.where, source.path, source.value
    if path and not where and source.reading == "as it is" and len(path) == 1 and not source.others:
        name = path[0]
        return lambda document, _: document.get(str(name))

    def found(document: Document, _: Parts) -> Any:
        if where and get(document, where) is ABSENT:
            return None
        if not path:
            return value
        said = get(document, path)
        return None if said is ABSENT else read(said)

    return (
        found
        if not source.others
        else _first(found, [_getter(replace(source, path=each, others=())) for each in source.others])
    )


def _first(getter: _Getter, others: list[_Getter]) -> _Getter:
    """The value of the first that has one."""

    def found(document: Document, parts: Parts) -> Any:
        return next((value for each in (getter, *others) if (value := each(document, parts)) is not None), None)

    return found


def _as_it_is(value: Any) -> Any:
    return value


def _price(value: Any) -> str | None:
    """An amount as text, exact: a number is taken as it was written, as far as it can be told."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int) and abs(value) >= 10**LONGEST:
        return None
    amount = price_of(str(value))
    return None if amount is None or amount < 0 else f"{_plain(amount):f}"


def _plain(amount: Decimal) -> Decimal:
    """Without the zeros that a float writes: `3.0` is 3."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def _date(value: Any) -> date | None:
    """A month counts as its first day, and so does a year."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _count(value: Any) -> int | None:
    """A whole number of at least 1: 0 says that nobody knows, or that there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= _MOST:
        return None
    return int(value) if value == int(value) else None


def _names(value: Any) -> list[str] | None:
    """Names of variables; anything else may be a key that somebody put there by mistake, and is not shown."""
    found = (
        [item for item in value if isinstance(item, str) and _NAME.fullmatch(item)] if isinstance(value, list) else []
    )
    return found or None


_READ: Final[Mapping[Reading, Callable[[Any], Any]]] = {
    "as it is": _as_it_is,
    "price": _price,
    "date": _date,
    "count": _count,
    "names": _names,
}


def _fits(choice: Choice, value: Any) -> bool:
    if value is None:
        return False
    values = value if isinstance(value, list) else [value]
    if choice.has:
        return choice.has in values
    if choice.only:
        return bool(values) and all(item == choice.only for item in values)
    return any(isinstance(item, str) and fnmatchcase(item.casefold(), choice.like.casefold()) for item in values)
