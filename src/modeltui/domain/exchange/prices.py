"""Prices of public registries, in US dollars, brought into the `[cost]` of a model file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.cost_rate import UNITS
from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.price import price_of

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
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)
    """Of one second of a video, where that depends on its size."""

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, name) in (None, {}) for name in self.__struct_fields__)

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
        return {"currency": "USD", "base": price_text(estimated(said)), "tokens": said}
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
    if not quote.tokens:
        return cost, "its price is for tokens, theirs is not"
    after = dict(tokens)
    for name, price in quote.tokens.items():
        after[name] = _kept(tokens.get(name), price)
        if name in _ASSUMED:
            after.setdefault(f"assume_{name}", _ASSUMED[name])
    is_estimate = amount_of(cost.get("base")) == estimated(tokens)
    base = _kept(cost.get("base"), estimated(after)) if is_estimate else cost.get("base")
    return {**cost, "base": base, "tokens": after}, None


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
