"""Prices times a factor, as text: exact, or rounded as it was said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any, Final

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, format_field, get
from modeltui.domain.price import price_of
from modeltui.domain.pricing.rounding import BINARY_UP, Rounding, decimal_rounding, parse_round
from modeltui.domain.pricing.tokens import PARENTS
from modeltui.errors import RefusedError, UsageError

ALL_PRICES: Final[FieldPath] = ("cost",)
_DIGITS: Final = 100
_LONGEST: Final = 40

_SINGLE: Final[tuple[FieldPath, ...]] = (
    ("cost", "base"),
    ("cost", "minimum"),
    ("cost", "rate", "price"),
    *(("cost", "tokens", name) for name in PARENTS),
)
_TABLES: Final[tuple[FieldPath, ...]] = (("cost", "table", "prices"), ("cost", "rate", "prices"))
_LISTS: Final[Mapping[FieldPath, Collection[str]]] = {
    ("cost", "plus"): ("price",),
    ("cost", "tokens", "above"): PARENTS,
}
"""Lists of tables, and the prices in each."""
_FACTOR: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def parse_factor(text: str) -> Decimal:
    """A factor such as `1.1` or `0.95`. Raises UsageError for what is none, and for 0."""
    if not _FACTOR.fullmatch(text.strip()) or (factor := Decimal(text.strip())) == 0:
        raise UsageError(f"{text!r} is no factor", hint="write a number above 0, such as 1.1 for ten percent more")
    return factor


def parse_rounding(text: str) -> Rounding:
    """`half_up:2` as a file writes it, or `2` for that. Raises UsageError."""
    try:
        stated = parse_round(f"half_up:{text}" if text.isdecimal() else text)
    except ValueError:
        stated = None
    if stated is None or stated[0] == BINARY_UP:
        raise UsageError(
            f"{text!r} is no rounding", hint="write half_up, half_even, up or down with decimals, as half_up:2 or 2"
        )
    return decimal_rounding(*stated)


def parse_price_field(path: FieldPath) -> FieldPath:
    """`path` where it is a price, a table of prices, or `cost` for all of them. Raises UsageError."""
    if path == ALL_PRICES or path in _SINGLE or path in _LISTS or any(path[: len(table)] == table for table in _TABLES):
        return path
    field = format_field(path)
    if path[:2] == ("cost", "multipliers"):
        raise UsageError(f"`{field}` is a factor, not a price", hint="set it with `modeltui set`")
    raise UsageError(f"`{field}` is no price", hint="name a price such as cost.base, or cost for all prices")


def scaled(document: Document, path: FieldPath, factor: Decimal, rounding: Rounding | None) -> list[Edit]:
    """The edits that multiply the prices at `path`. Raises RefusedError where there is none, or one cannot be read."""
    edits = [Edit(at, text, _product(at, text, factor, rounding)) for at, text in _prices(document, path)]
    edits += _scaled_lists(document, path, factor, rounding)
    if not edits:
        raise RefusedError(f"it has no price in `{format_field(path)}`", hint="`modeltui show` prints what it has")
    return edits


def _scaled_lists(document: Document, path: FieldPath, factor: Decimal, rounding: Rounding | None) -> Iterator[Edit]:
    """A list of tables is changed as a whole."""
    for at in _LISTS:
        if at[: len(path)] == path and isinstance(entries := get(document, at), list):
            after = [dict(entry) if isinstance(entry, Mapping) else entry for entry in entries]
            for place, text in _in_list(at, entries):
                after[int(place[-2])][place[-1]] = _product(place, text, factor, rounding)
            yield Edit(at, entries, after)


def prices(document: Document) -> Iterator[tuple[FieldPath, Any]]:
    """Every price that a model states, with the path to it. What stands there may be no price."""
    yield from _prices(document, ALL_PRICES)
    for at in _LISTS:
        if isinstance(entries := get(document, at), list):
            yield from _in_list(at, entries)


def _in_list(at: FieldPath, entries: list[Any]) -> Iterator[tuple[FieldPath, Any]]:
    for position, entry in enumerate(entries):
        if isinstance(entry, Mapping):
            yield from (((*at, position, name), entry[name]) for name in _LISTS[at] if name in entry)


def _prices(document: Document, path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    for known in (*_SINGLE, *_TABLES):
        at = path if path[: len(known)] == known else known
        if at[: len(path)] == path and (value := get(document, at)) is not ABSENT:
            yield from _leaves(at, value)


def _leaves(at: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    if not isinstance(value, Mapping):
        yield at, value
        return
    for name, inner in value.items():
        yield from _leaves((*at, name), inner)


def _product(at: FieldPath, text: Any, factor: Decimal, rounding: Rounding | None) -> str:
    amount = price_of(text) if isinstance(text, str) else None
    if amount is None:
        raise RefusedError(f"`{format_field(at)}` holds no price: {str(text)[:40]!r}", hint="set it first")
    with localcontext() as context:
        context.prec = _DIGITS
        product = amount * factor
        result = rounding(product) if rounding is not None else product
    if amount and not result:
        raise RefusedError(f"`{format_field(at)}` would be rounded from {text} to 0", hint="round to more decimals")
    written = _written(result, decimals=_decimals(text))
    if len(written) > _LONGEST:
        raise RefusedError(f"`{format_field(at)}` would have {len(written)} characters", hint="say a rounding")
    return written


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _written(amount: Decimal, *, decimals: int) -> str:
    """Digits without an exponent, with at least as many behind the point as the price had before."""
    whole, _, rest = f"{amount:f}".partition(".")
    kept = rest.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{kept}" if kept else whole
