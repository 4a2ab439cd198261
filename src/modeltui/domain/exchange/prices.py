"""Prices of public registries, in US dollars, brought into the `[cost]` of a model file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.price import price_of
from modeltui.domain.pricing.rate import UNITS

MILLION: Final = Decimal(1_000_000)
_TIMES: Final = ("second", "minute", "hour")
_CHARACTERS: Final = ("character", "1000_characters", "1000000_characters")
_ASSUMED: Final = {"input": 1000, "output": 500}
"""Tokens that the estimate of a new model assumes."""


class Quote(Struct, frozen=True, kw_only=True):
    """What a registry says that a model costs, in USD. None where it does not say."""

    run: Decimal | None = None
    """An image, or another single result."""
    second: Decimal | None = None
    """Of media, put in or got out."""
    character: Decimal | None = None
    input: Decimal | None = None
    """A million tokens."""
    output: Decimal | None = None
    """A million tokens."""
    cached_input: Decimal | None = None
    """A million tokens."""
    others: Mapping[str, Decimal] = field(default_factory=dict)
    """A million tokens of further classes."""
    above: Mapping[int, Mapping[str, Decimal]] = field(default_factory=dict)
    """A million tokens by class, of requests with more tokens of input than this; 0 as it is said."""
    free: Mapping[str, Decimal] = field(default_factory=dict)
    """Further classes that it says cost nothing. That only tells something where they did cost something."""
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)
    """Of one second of a video, where that depends on its size."""

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, name) in (None, {}) for name in self.__struct_fields__ if name != "free")

    @property
    def tokens(self) -> dict[str, Decimal]:
        pairs = {"input": self.input, "output": self.output, "cached_input": self.cached_input}
        return {**{name: price for name, price in pairs.items() if price is not None}, **self.others}


def repriced(cost: Mapping[str, Any], quote: Quote) -> tuple[Mapping[str, Any], str | None]:
    """`[cost]` with the prices of `quote` where it has their places, and why it has not."""
    if quote.is_empty:
        return cost, None
    if not cost:
        return new_cost(quote), None
    if cost.get("currency") != "USD":
        return cost, f"its price is in {cost.get('currency')}, theirs in USD"
    tokens, rate = cost.get("tokens"), cost.get("rate")
    if isinstance(tokens, Mapping):
        return _with_tokens(cost, tokens, quote)
    return _with_rate(cost, rate, quote) if isinstance(rate, Mapping) else _with_base(cost, quote)


def new_cost(quote: Quote) -> dict[str, Any]:
    """The `[cost]` of a model that has none; empty where the quote fits nothing."""
    if tokens := quote.tokens:
        said = with_assumed({name: price_text(price) for name, price in tokens.items()})
        above = {"above": tiers} if (tiers := _tiers([], quote.above)) else {}
        return {"currency": "USD", "base": price_text(estimated(said)), "tokens": {**said, **above}}
    if quote.run is not None:
        return {"currency": "USD", "base": price_text(quote.run)}
    if quote.second is not None:
        rate = {"per": "second", "of": "media", "price": price_text(quote.second)}
        return {"currency": "USD", "base": price_text(quote.second), "rate": rate}
    return {}


def _with_base(cost: Mapping[str, Any], quote: Quote) -> tuple[Mapping[str, Any], str | None]:
    if "table" in cost:
        return cost, "its price depends on inputs, by a table of its own"
    if quote.run is None:
        return cost, "its price is for a run, theirs is not"
    return {**cost, "base": _kept(cost.get("base"), quote.run)}, None


def _with_tokens(
    cost: Mapping[str, Any], tokens: Mapping[str, Any], quote: Quote
) -> tuple[Mapping[str, Any], str | None]:
    if not quote.tokens and not quote.above:
        return cost, "its price is for tokens, theirs is not"
    after = dict(tokens)
    for name, price in quote.tokens.items():
        after[name] = _kept(tokens.get(name), price)
        if name in _ASSUMED:
            after.setdefault(f"assume_{name}", _ASSUMED[name])
    if tiers := _tiers(tokens.get("above"), quote.above):
        after["above"] = tiers
    is_estimate = amount_of(cost.get("base")) == estimated(tokens)
    base = _kept(cost.get("base"), estimated(after)) if is_estimate else cost.get("base")
    return {**cost, "base": base, "tokens": after}, None


def _tiers(ours: Any, theirs: Mapping[int, Mapping[str, Decimal]]) -> list[Any]:
    """The prices of large requests, those of the same sizes in their places. Where none has a price, none is made."""
    after = ours if isinstance(ours, list) else []
    for size, prices in sorted(theirs.items()):
        if any(prices.values()) or tier_at(ours, size) is not None:
            for name, price in prices.items():
                after = with_tier_price(after, size, name, price)
    return after


def with_tier_price(tiers: Any, size: int, name: str, price: Decimal) -> list[Any]:
    """The items of `above` with this price for requests of more tokens than `size`."""
    items = list(tiers) if isinstance(tiers, list) else []
    at = tier_at(items, size)
    if at is None:
        return [*items, {"tokens": size, name: price_text(price)}]
    items[at] = {**items[at], name: _kept(items[at].get(name), price)}
    return items


def tier_at(tiers: Any, size: int) -> int | None:
    """Where the item of this size stands."""
    places = enumerate(tiers if isinstance(tiers, list) else ())
    return next((at for at, item in places if isinstance(item, Mapping) and item.get("tokens") == size), None)


def _with_rate(cost: Mapping[str, Any], rate: Mapping[str, Any], quote: Quote) -> tuple[Mapping[str, Any], str | None]:
    per = rate.get("per")
    unit = quote.second if per in _TIMES else quote.character if per in _CHARACTERS else quote.run
    if "price" not in rate:
        return _with_rate_by_input(cost, rate, quote)
    if unit is None or per not in UNITS:
        return cost, f"its price is per {per}, theirs is not"
    return {**cost, "rate": {**rate, "price": _kept(rate["price"], unit * UNITS[per])}}, None


def _with_rate_by_input(
    cost: Mapping[str, Any], rate: Mapping[str, Any], quote: Quote
) -> tuple[Mapping[str, Any], str | None]:
    """Only where theirs depends on the same: every value of ours has a price there."""
    prices, per = rate.get("prices"), rate.get("per")
    theirs = {name.casefold(): price for name, price in quote.by_resolution.items()}
    if not isinstance(prices, Mapping) or per not in _TIMES or not prices.keys() <= theirs.keys():
        return cost, "its rate depends on an input"
    after = {name: _kept(text, theirs[name] * UNITS[per]) for name, text in prices.items()}
    return {**cost, "rate": {**rate, "prices": after}}, None


def with_assumed(tokens: Mapping[str, Any]) -> dict[str, Any]:
    """`[cost.tokens]` with the numbers of tokens that an estimate by its prices needs."""
    assumed = {f"assume_{name}": number for name, number in _ASSUMED.items() if name in tokens}
    return {**tokens, **{name: number for name, number in assumed.items() if name not in tokens}}


def estimated(tokens: Mapping[str, Any]) -> Decimal:
    """The price of a run with the tokens that `[cost.tokens]` assumes."""
    return sum(
        (
            (amount_of(tokens.get(name)) or Decimal(0)) * int(tokens.get(f"assume_{name}", 0)) / MILLION
            for name in _ASSUMED
        ),
        Decimal(0),
    )


def _kept(text: Any, amount: Decimal) -> Any:
    """The price as the file writes it, where it is the same amount."""
    return text if amount_of(text) == amount else price_text(amount)


def amount_of(text: Any) -> Decimal | None:
    return price_of(text) if isinstance(text, str) else None
