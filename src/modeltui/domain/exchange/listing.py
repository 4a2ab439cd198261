"""What a public registry lists of one model, and the row that it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from msgspec import Struct, field

from modeltui.domain.document import ABSENT, Document, FieldPath, Value, get, same, with_value
from modeltui.domain.exchange.media_cost import MediaCost
from modeltui.domain.exchange.prices import Quote, new_cost, repriced
from modeltui.domain.exchange.row import Refused, Row, Skipped
from modeltui.domain.price import price_of
from modeltui.errors import InvalidValueError

_MEDIA: Final = ("text", "image", "audio", "video", "file", "embedding")
_MEDIUM: Final = {"pdf": "file", "images": "image", "speech": "audio", "code": "text"}
_MOST: Final = 10**15
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
_NUMBER: Final = re.compile(r"[0-9]{1,16}(?:\.0*)?")

ReadT = TypeVar("ReadT")


class Listing(Struct, frozen=True, kw_only=True):
    where: str
    provider: str
    """By their name."""
    model_ids: tuple[str, ...]
    """Ways to write the provider's own id; the last is the one for a new model."""
    content_type: str | None
    name: str
    facts: Mapping[FieldPath, Value]
    """What existing models take over too: limits, modalities, the day of retirement."""
    quote: Quote
    details: Mapping[FieldPath, Value] = field(default_factory=dict)
    """What only a new model takes over."""
    abilities: Mapping[str, bool] = field(default_factory=dict)
    """What it says that the model can do, or cannot, by our names. A new model takes over what it can do."""
    media: MediaCost | None = None
    """What a new media model costs, with the inputs that this depends on, in place of `quote`."""
    unread: Mapping[FieldPath, str] = field(default_factory=dict)
    """What is wrong with fields, or whole tables of them, that it says something of."""
    vague: Mapping[FieldPath, str] = field(default_factory=dict)
    """What it says of fields and no field can hold: a month, a status of its own."""


def rows_of(items: Iterable[Listing | Refused | Skipped]) -> Iterator[Row | Refused | Skipped]:
    """What an import makes of a registry. An entry of which something cannot be read is refused."""
    for item in items:
        if not isinstance(item, Listing):
            yield item
        elif item.unread:
            yield Refused(item.where, None, next(iter(item.unread.values())))
        else:
            yield row_of(item)


def taken(unread: dict[FieldPath, str], path: FieldPath, read: Callable[[], ReadT]) -> ReadT | None:
    """What `read` makes of a part of an entry; None where that cannot be read, and then `unread` has the reason."""
    try:
        return read()
    except InvalidValueError as error:
        unread[path] = error.message
        return None


def row_of(listing: Listing) -> Row:
    def wanted(document: Document) -> Document:
        for path, value in listing.facts.items():
            if not _says(get(document, path), value):
                document = with_value(document, path, value)
        cost = document.get("cost", {})
        after, _ = repriced(cost, listing.quote) if isinstance(cost, Mapping) else (cost, None)
        return document if same(cost, after) else with_value(document, ("cost",), after)

    def notes(document: Document) -> str | None:
        cost = document.get("cost", {})
        return repriced(cost, listing.quote)[1] if isinstance(cost, Mapping) else None

    return Row(
        where=listing.where,
        provider=listing.provider,
        model_ids=listing.model_ids,
        content_type=listing.content_type,
        wanted=wanted,
        made=lambda identity: _made(listing, identity),
        notes=notes,
    )


def _made(listing: Listing, identity: Document) -> Document:
    """A new model: inactive, for nobody has said yet how it is called."""
    document: Document = {
        **identity,
        "model_id": listing.model_ids[-1],
        "name": listing.name,
        "active": False,
        "default": False,
    }
    can: dict[FieldPath, Value] = {("capabilities", name): True for name, able in listing.abilities.items() if able}
    for path, value in {**can, **listing.details, **listing.facts}.items():
        document = with_value(document, path, value)
    inputs, cost = listing.media or ({}, new_cost(listing.quote))
    if inputs:
        document = with_value(document, ("inputs",), inputs)
    return with_value(document, ("cost",), cost) if cost else document


def _says(current: Any, value: Value) -> bool:
    """Lists of media have no order."""
    if isinstance(current, list) and isinstance(value, list) and all(isinstance(item, str) for item in current):
        return sorted(current) == sorted(value)
    return same(current, value)


def short_id(model_id: str) -> str:
    """An id without its maker: `flux` of `acme/flux`, `flux/v2/edit` of `acme/flux/v2/edit`."""
    return model_id.partition("/")[2] or model_id


def price_in(table: Mapping[str, Any], *names: str) -> Decimal | None:
    """The first of these prices that is there. Raises InvalidValueError for what is none."""
    for name in names:
        value = table.get(name)
        if value is None:
            continue
        amount = None if isinstance(value, bool) else price_of(str(value))
        if amount is None or amount < 0:
            raise InvalidValueError(f"{name} is no price: {str(value)[:40]}")
        return amount
    return None


def count_in(table: Mapping[str, Any], name: str) -> int | None:
    """A number of at least 1, also where it stands as text; None where there is none, or 0: nobody knows."""
    value = table.get(name)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if value is None or value == 0:
        return None
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not 1 <= value <= _MOST or value != int(value):
        raise InvalidValueError(f"{name} is no whole number: {str(value)[:40]}")
    return int(value)


def media_in(table: Mapping[str, Any], name: str) -> list[str] | None:
    """The media of a list that we know, each once; None where there are none."""
    value = table.get(name)
    if not isinstance(value, list):
        return None
    named = [_MEDIUM.get(item, item) for item in value if isinstance(item, str)]
    return list(dict.fromkeys(item for item in named if item in _MEDIA)) or None


def day_in(table: Mapping[str, Any], name: str) -> date | None:
    """A whole day, also of a moment; None for a month or a year only, and for what is no day."""
    value = table.get(name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        raise InvalidValueError(f"{name} is no day: {str(value)[:40]}") from None


def vague_in(table: Mapping[str, Any], name: str, what: str) -> str | None:
    """A sentence on what is said, and is no `what`; None where nothing is said."""
    value = table.get(name)
    if value is None or value is False or (isinstance(value, str) and not value.strip()):
        return None
    return f"its {name} is no {what}: {str(value)[:40]}"


def said(pairs: Mapping[FieldPath, Any]) -> dict[FieldPath, Value]:
    """The pairs that have a value."""
    return {path: value for path, value in pairs.items() if value is not None and value is not ABSENT}
