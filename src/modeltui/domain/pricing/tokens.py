"""What tokens cost by their class: input, output, what was cached, thought, heard or drawn; dearer above a size."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct, field

from modeltui.domain.reading import Table

MILLION: Final = Decimal(1_000_000)
PARENTS: Final[Mapping[str, str | None]] = {
    "input": None,
    "output": None,
    "cached_input": "input",
    "cache_write": "input",
    "audio_input": "input",
    "image_input": "input",
    "cached_image_input": "cached_input",
    "reasoning": "output",
    "audio_output": "output",
    "image_output": "output",
}
"""Every class, and the class whose price it has where the file states none of its own."""

ASSUMED: Final = ("input", "output")
"""Classes that an estimate assumes a number of."""


class Tier(Struct, frozen=True):
    above: int
    """Holds for a request with more tokens of input than this, and then for all of its tokens."""
    prices: Mapping[str, Decimal]


class TokenPrices(Struct, frozen=True, kw_only=True):
    """Prices per million tokens."""

    prices: Mapping[str, Decimal]
    tiers: tuple[Tier, ...] = ()
    """The largest first."""
    assumed: Mapping[str, int] = field(default_factory=dict)
    """Tokens of input and output that an estimate assumes."""
    limit: str | None = None
    """The input that says how many tokens of output there are at most."""

    def amount(self, counts: Mapping[str, int]) -> Decimal:
        """What these tokens cost, not rounded. The classes are apart: no token is counted in two of them."""
        size = sum(count for name, count in counts.items() if family(name) == "input")
        prices = self._prices_at(size)
        return sum((_price(prices, name) * count for name, count in counts.items()), Decimal(0)) / MILLION

    def _prices_at(self, size: int) -> Mapping[str, Decimal]:
        tier = next((tier for tier in self.tiers if size > tier.above), None)
        return self.prices if tier is None else {**self.prices, **tier.prices}


def family(name: str) -> str:
    """`input` or `output`."""
    while (parent := PARENTS[name]) is not None:
        name = parent
    return name


def _price(prices: Mapping[str, Decimal], name: str) -> Decimal:
    at: str | None = name
    while at is not None:
        if at in prices:
            return prices[at]
        at = PARENTS[at]
    return Decimal(0)


def apart(found: Mapping[str, int], outside: frozenset[str]) -> dict[str, int]:
    """Counts in which no token is twice.

    Providers count `input` and `output` with their parts in them, but for the classes of `outside`.
    """
    counts = dict(found)
    for name, count in found.items():
        whole = family(name)
        if name != whole and name not in outside and whole in counts:
            counts[whole] = max(counts[whole] - count, 0)
    return counts


def compile_tokens(tokens: Table, *, is_estimate: bool) -> TokenPrices:
    """Read `[cost.tokens]`. Raises InvalidValueError naming the field that cannot be used.

    is_estimate: nothing else prices a run beforehand, so that numbers of tokens must be assumed.
    """
    assumed: dict[str, int] = {}
    for name in ASSUMED:
        count = tokens.integer(f"assume_{name}")
        if count is not None:
            assumed[name] = count
        elif is_estimate and name in tokens.values:
            tokens.refuse("is needed for an estimate", f"assume_{name}")
    tiers = [_tier(tokens, position, entry) for position, entry in enumerate(tokens.list("above") or ())]
    return TokenPrices(
        prices=_prices(tokens),
        tiers=tuple(sorted(tiers, key=lambda tier: -tier.above)),
        assumed=assumed,
        limit=tokens.text("limit"),
    )


def _tier(tokens: Table, position: int, entry: object) -> Tier:
    if not isinstance(entry, Mapping):
        tokens.refuse("must be tables", "above")
    table = Table(entry, (*tokens.path, "above", position))
    count = table.integer("tokens")
    if count is None or count < 1:
        table.refuse("must be a whole number above 0", "tokens")
    return Tier(count, _prices(table))


def _prices(table: Table) -> dict[str, Decimal]:
    return {name: price for name in PARENTS if (price := table.price(name)) is not None}
