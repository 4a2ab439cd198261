"""Prices of a registry as the fields of a model's `[cost]`, compared only where the two mean the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, get, with_value
from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.prices import (
    Quote,
    amount_of,
    estimated,
    new_cost,
    repriced,
    tier_at,
    with_assumed,
    with_tier_price,
)
from modeltui.domain.schema.cost import TokenPrices

_CLASSES: Final = frozenset(TokenPrices.model_fields)
_RATE: Final = ("cost", "rate")
_TIERS: Final = ("cost", "tokens", "above")
"""Prices of large requests. Their items are named by their size, wherever in the list they stand."""
_PLUS: Final = ("plus",)
_OTHER_FORM: Final = "its price has another form than theirs"


class Prices(Struct, frozen=True):
    theirs: Mapping[FieldPath, str] = field(default_factory=dict)
    """What the registry says, in the units and the form of our file."""
    note: str | None = None
    """Why prices are not compared; beside some of theirs, which ones are not."""


def priced(cost: Any, listing: Listing) -> Prices:
    """What a registry says of the prices that a `[cost]` has the places for."""
    theirs = listing.media.cost if listing.media is not None else {}
    if listing.quote.is_empty and not theirs:
        return Prices(_of_tokens(cost, listing.quote))
    if not isinstance(cost, Mapping):
        made = new_cost(listing.quote)
        return Prices(_in_cost(_leaves(made), {})) if made else Prices(note=_OTHER_FORM)
    if isinstance(cost.get("multipliers"), Mapping) and cost.get("currency") == "USD":
        return Prices(note="its price depends on inputs, by multipliers of its own")
    if theirs and _is_alike(cost, theirs):
        return _by_form(cost, theirs)
    return _by_quote(cost, listing.quote)


def value_at(document: Document, path: FieldPath) -> Value | Absent:
    """What the document says of a field that is compared."""
    if path[:3] != _TIERS:
        return get(document, path)
    at = tier_at(get(document, _TIERS), int(path[3]))
    return ABSENT if at is None else get(document, (*_TIERS, at, path[4]))


def _by_quote(cost: Mapping[str, Any], quote: Quote) -> Prices:
    told = _of_tokens(cost, quote)
    if told or (quote.above and _tokens_in(cost) is not None):
        return Prices(told, _beside_tokens(cost, quote.above))
    if quote.is_empty:
        return Prices(note=_OTHER_FORM)
    after, note = repriced(cost, quote)
    if note is not None or not after or "tokens" in cost:
        return Prices(note=note or _OTHER_FORM)
    if not cost:
        return Prices(_in_cost(_leaves(after), after))
    if isinstance(rate := after.get("rate"), Mapping):
        return Prices(_in_cost(_leaves({"rate": rate}), after))
    return Prices({("cost", "base"): after["base"]})


def _tokens_in(cost: Any) -> Mapping[str, Any] | None:
    """Prices of tokens that can be held against those of a registry."""
    tokens = cost.get("tokens") if isinstance(cost, Mapping) and cost.get("currency") == "USD" else None
    return tokens if isinstance(tokens, Mapping) else None


def _of_tokens(cost: Any, quote: Quote) -> dict[FieldPath, str]:
    """What costs nothing there is told where it has a price here."""
    if (tokens := _tokens_in(cost)) is None:
        return {}
    free = {name: price for name, price in quote.free.items() if name in tokens}
    prices: dict[FieldPath, str] = {
        ("cost", "tokens", name): price_text(price) for name, price in {**quote.tokens, **free}.items()
    }
    for size, tier in sorted(quote.above.items()):
        at = tier_at(tokens.get("above"), size)
        ours = tokens["above"][at] if at is not None else {}
        told = {name: price for name, price in tier.items() if price or name in ours}
        prices |= {(*_TIERS, str(size), name): price_text(price) for name, price in told.items()}
    return prices


def _in_cost(leaves: Mapping[FieldPath, str], cost: Mapping[str, Any]) -> dict[FieldPath, str]:
    """Paths from the top of the file. What tokens make as an estimate is no price of anybody's."""
    is_estimate = any(path[0] == "tokens" for path in leaves) and not cost.keys() & {"table", "rate"}
    return {("cost", *path): price for path, price in leaves.items() if not (is_estimate and path == ("base",))}


def _leaves(cost: Mapping[str, Any]) -> dict[FieldPath, str]:
    """Every price of a `[cost]`, by its path below it."""
    return dict(_prices_in(cost, ()))


def _prices_in(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _prices_in(inner, (*at, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            size = inner.get("tokens") if at == _TIERS[1:] and isinstance(inner, Mapping) else None
            yield from _prices_in(inner, (*at, position if size is None else str(size)))
    elif isinstance(value, str) and _is_of_price(at):
        yield at, value


def _is_of_price(at: FieldPath) -> bool:
    match at:
        case ("base",) | ("rate", "price") | ("plus", int(), "price"):
            return True
        case ("table", "prices", *_) | ("rate", "prices", *_):
            return True
        case ("tokens", str(name)) | ("tokens", "above", str(), str(name)):
            return name in _CLASSES
    return False


def _is_alike(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether the two count the same things: their prices can be held against each other one by one."""
    if ours.get("currency") != theirs.get("currency"):
        return False
    places = (("table", "by"), ("rate", "per"), ("rate", "of"), ("rate", "by"))
    is_same = all(get(ours, place) == get(theirs, place) for place in places)
    return is_same and all((name in ours) == (name in theirs) for name in ("table", "rate", "tokens"))


def _by_form(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Prices:
    """Without what is charged besides, such as pictures that are put in, where that is for something else."""
    is_aside = _marks(ours.get("plus")) != _marks(theirs.get("plus"))
    leaves = {path: price for path, price in _leaves(theirs).items() if not (is_aside and path[:1] == _PLUS)}
    sizes = {int(path[2]) for path in leaves if path[:2] == _TIERS[1:]}
    notes = ["the items of cost.plus are others than theirs, and not compared"] if is_aside else []
    notes += filter(None, [_of_large(ours, sizes)])
    return Prices(_in_cost(leaves, ours), "; ".join(notes) or None)


def _beside_tokens(cost: Mapping[str, Any], sizes: Collection[int]) -> str | None:
    if cost.keys() & {"table", "rate"}:
        return "only its prices of tokens are compared"
    return _of_large(cost, sizes)


def _of_large(cost: Mapping[str, Any], sizes: Collection[int]) -> str | None:
    """Prices of requests of a size that theirs does not tell."""
    tiers = get(cost, _TIERS[1:])
    ours = [item.get("tokens") for item in tiers if isinstance(item, Mapping)] if isinstance(tiers, list) else []
    return None if all(size in sizes for size in ours) else "its prices of large requests are not compared"


def _marks(items: Any) -> list[tuple[Any, Any]]:
    """What tells the items of `plus` apart."""
    if not isinstance(items, list):
        return []
    return [(item.get("per"), item.get("of")) for item in items if isinstance(item, Mapping)]


def with_prices(document: Mapping[str, Any], prices: Mapping[FieldPath, str]) -> dict[str, Any]:
    """The document with these prices in its `[cost]`, and what has to be beside them."""
    before = document.get("cost")
    before = before if isinstance(before, Mapping) else {}
    after = dict(document)
    for path, price in prices.items():
        if path[:3] == _TIERS:
            tiers = with_tier_price(get(after, _TIERS), int(path[3]), str(path[4]), Decimal(price))
            after = with_value(after, _TIERS, tiers)
        else:
            after = with_value(after, path, price)
    cost = {"currency": "USD", **after["cost"]}
    tokens, rate = cost.get("tokens"), cost.get("rate")
    if isinstance(rate, Mapping):
        rate = {"per": "second", "of": "media", **rate} if "rate" not in before else rate
        cost["rate"] = rate
    if isinstance(tokens, Mapping) and not cost.keys() & {"table", "rate"}:
        cost["tokens"] = tokens = with_assumed(tokens)
        if "base" not in cost or _is_estimate(before):
            estimate = estimated(tokens)
            cost["base"] = cost["base"] if amount_of(cost.get("base")) == estimate else price_text(estimate)
    elif "base" not in cost and isinstance(rate, Mapping):
        cost["base"] = rate["price"]
    return {**after, "cost": cost}


def _is_estimate(cost: Mapping[str, Any]) -> bool:
    tokens = cost.get("tokens")
    return isinstance(tokens, Mapping) and amount_of(cost.get("base")) == estimated(tokens)


def per_of(document: Mapping[str, Any]) -> Any:
    """The unit of the rate, in which its prices are said."""
    return get(document, (*_RATE, "per"))


def is_of_rate(path: FieldPath) -> bool:
    return path[:2] == _RATE
