"""Prices of a registry as the fields of a model's `[cost]`, compared only where the two mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import ABSENT, FieldPath, format_field, get, with_value
from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.prices import Quote, amount_of, estimated, new_cost, repriced, with_assumed
from modeltui.domain.schema.cost import TokenPrices

_CLASSES: Final = frozenset(TokenPrices.model_fields)
_RATE: Final = ("cost", "rate")
_LISTS: Final[tuple[tuple[FieldPath, tuple[str, ...]], ...]] = (
    (("tokens", "above"), ("tokens",)),
    (("plus",), ("per", "of")),
)
"""Lists of prices, and what tells their items apart."""


class Prices(Struct, frozen=True):
    theirs: Mapping[FieldPath, str] = field(default_factory=dict)
    """What the registry says, in the units and the form of our file."""
    note: str | None = None
    """Why prices are not compared; beside some of theirs, which ones are not."""


def priced(cost: Any, listing: Listing) -> Prices:
    """What a registry says of the prices that a `[cost]` has the places for."""
    theirs = listing.media.cost if listing.media is not None else {}
    if listing.quote.is_empty and not theirs:
        return Prices()
    if not isinstance(cost, Mapping):
        return Prices(_in_cost(_leaves(new_cost(listing.quote)), {}))
    if isinstance(cost.get("multipliers"), Mapping) and cost.get("currency") == "USD":
        return Prices(note="its price depends on inputs, by multipliers of its own")
    if theirs and _is_alike(cost, theirs):
        return _by_form(cost, theirs)
    return _by_quote(cost, listing.quote)


def _by_quote(cost: Mapping[str, Any], quote: Quote) -> Prices:
    if quote.is_empty:
        return Prices(note="its price has another form than theirs")
    after, note = repriced(cost, quote)
    if note is not None:
        return Prices(note=note)
    if isinstance(after.get("tokens"), Mapping):
        prices: dict[FieldPath, str] = {
            ("cost", "tokens", name): price_text(price) for name, price in quote.tokens.items()
        }
        return Prices(prices, _beside_tokens(cost))
    if isinstance(rate := after.get("rate"), Mapping):
        return Prices(_in_cost(_leaves({"rate": rate}), after))
    return Prices({("cost", "base"): after["base"]})


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
            yield from _prices_in(inner, (*at, position))
    elif isinstance(value, str) and _is_of_price(at):
        yield at, value


def _is_of_price(at: FieldPath) -> bool:
    match at:
        case ("base",) | ("rate", "price") | ("plus", int(), "price"):
            return True
        case ("table", "prices", *_) | ("rate", "prices", *_):
            return True
        case ("tokens", str(name)) | ("tokens", "above", int(), str(name)):
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
    """Without lists whose items are others: prices of large requests, of pictures that are put in."""
    aside = [place for place, names in _LISTS if _marks(get(ours, place), names) != _marks(get(theirs, place), names)]
    leaves = {path: price for path, price in _leaves(theirs).items() if not any(path[: len(at)] == at for at in aside)}
    names = " and ".join(format_field(("cost", *place)) for place in aside)
    return Prices(
        _in_cost(leaves, ours), f"the items of {names} are others than theirs, and not compared" if aside else None
    )


def _beside_tokens(cost: Mapping[str, Any]) -> str | None:
    if cost.keys() & {"table", "rate"}:
        return "only its prices of tokens are compared"
    has_tiers = get(cost, ("tokens", "above")) is not ABSENT
    return "its prices of large requests are not compared" if has_tiers else None


def _marks(items: Any, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    if not isinstance(items, list):
        return []
    return [tuple(item.get(name) for name in names) for item in items if isinstance(item, Mapping)]


def with_prices(document: Mapping[str, Any], prices: Mapping[FieldPath, str]) -> dict[str, Any]:
    """The document with these prices in its `[cost]`, and what has to be beside them."""
    before = document.get("cost")
    before = before if isinstance(before, Mapping) else {}
    after = dict(document)
    for path, price in prices.items():
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
