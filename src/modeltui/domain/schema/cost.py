"""What a run costs: `[cost]`. All prices are text, so that they stay exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import AfterValidator

from modeltui.domain.schema.kinds import (
    AtLeastOne,
    Currency,
    InputName,
    InputNames,
    Kind,
    NotNegative,
    Price,
    Rounding,
    is_price,
    matching,
)
from modeltui.domain.schema.table import Clash, Table, custom

Per: TypeAlias = Literal[
    "second",
    "minute",
    "hour",
    "character",
    "1000_characters",
    "1000000_characters",
    "image",
    "item",
    "pixel",
    "megapixel",
]
_INPUT = r"inputs\.[A-Za-z_]\w*"


def _prices(value: Any) -> Any:
    """Prices by the value of an input, as deep as there are inputs."""
    if not isinstance(value, dict) or not value:
        raise custom("wrong-type", "is not a table of prices", 'write prices = { "720p" = "3" }')
    for key, price in value.items():
        if isinstance(price, Mapping):
            _prices(price)
        elif not (isinstance(price, str) and is_price(price)):
            raise custom("bad-value", f'holds no price for "{key}"', 'write a price in quotes, such as "0.25"')
    return value


Prices: TypeAlias = Annotated[Any, AfterValidator(_prices), Kind("prices", "a table of prices")]
Quantity: TypeAlias = Annotated[
    str,
    matching(rf"media|{_INPUT}(?:\[\]\.[A-Za-z_]\w*)?|{_INPUT}(?: \* {_INPUT})+"),
    Kind("quantity", "media, or an input such as inputs.prompt"),
]


def _depth(prices: Any) -> set[int]:
    """How many keys lead to the prices; more than one number where the tables are not equally deep."""
    if not isinstance(prices, Mapping):
        return {0}
    return {depth + 1 for inner in prices.values() for depth in _depth(inner)}


class PriceTable(Table):
    """Prices by the values of one or more inputs."""

    by: InputNames
    """The inputs, in the order of the tables below `prices`."""
    prices: Prices
    """Tables within tables; their keys are the values as text. A combination that is not there costs `base`."""

    def clashes(self) -> Iterator[Clash]:
        if _depth(self.prices) != {len(self.by)}:
            yield Clash("bad-value", ("prices",), f"is not {len(self.by)} deep", "as many tables as `by` has inputs")


class Rate(Table):
    """A price for each unit of something: seconds of media, characters of a text, pieces."""

    per: Per
    """The unit."""
    of: Quantity
    """What is counted: measured media, an input (a number as it is, a text or list by its length, a size such as
    1024x1536 by its pixels), or numbers of inputs multiplied."""
    price: Price | None = None
    """Of one unit."""
    by: InputName | None = None
    """Instead of `price`: the input that the price depends on."""
    prices: Prices | None = None
    """With `by`: the price of a unit for each value."""
    unknown: NotNegative | None = None
    """Units that are assumed while the media is not measured; 1 where absent."""
    min: NotNegative | None = None
    """Fewest units that are charged."""
    max: NotNegative | None = None
    """Most units that are charged."""
    max_by: Annotated[dict[InputName, dict[str, NotNegative]], MinLen(1)] | None = None
    """Most units, by the value of one input."""
    started: bool | None = None
    """A unit that was begun counts whole."""
    free: NotNegative | None = None
    """Units that cost nothing; only what is beyond them counts."""

    def clashes(self) -> Iterator[Clash]:
        if self.price is not None and (self.by is not None or self.prices is not None):
            yield Clash("either-or", ("price",), "stands beside `by` and `prices`", "keep one of the two")
        elif self.price is None and (self.by is None or self.prices is None):
            yield Clash("missing-key", ("price",), "is missing", "say `price`, or `by` and `prices`")
        if self.prices is not None and _depth(self.prices) != {1}:
            yield Clash("bad-value", ("prices",), "is not one table of prices", "a rate depends on one input")
        if self.min is not None and self.max is not None and self.min > self.max:
            yield Clash("bad-bounds", ("min",), "is above `max`")
        if self.max_by is not None and len(self.max_by) != 1:
            yield Clash("bad-value", ("max_by",), "names more than one input", "keep one of them")


class Plus(Table):
    """Something that is charged besides, such as pictures that are put in."""

    price: Price
    """Of one unit."""
    per: Per
    """The unit."""
    of: Quantity
    """What is counted."""
    free: NotNegative | None = None
    """Units that cost nothing; only what is beyond them counts."""
    unknown: NotNegative | None = None
    """Units that are assumed while nobody knows; 0 where absent."""
    min: NotNegative | None = None
    """Fewest units that are charged."""
    max: NotNegative | None = None
    """Most units that are charged."""
    started: bool | None = None
    """A unit that was begun counts whole."""

    def clashes(self) -> Iterator[Clash]:
        if self.min is not None and self.max is not None and self.min > self.max:
            yield Clash("bad-bounds", ("min",), "is above `max`")


class TokenPrices(Table):
    """Prices per million tokens, by class."""

    input: Price | None = None
    """Of input."""
    output: Price | None = None
    """Of output."""
    cached_input: Price | None = None
    """Of input that the provider had cached; as input where absent."""
    cache_write: Price | None = None
    """Of input that the provider is asked to cache; as input where absent."""
    reasoning: Price | None = None
    """Of output that the model thinks and does not show; as output where absent."""
    audio_input: Price | None = None
    """Of sound that is put in; as input where absent."""
    audio_output: Price | None = None
    """Of sound that comes out; as output where absent."""
    image_input: Price | None = None
    """Of pictures that are put in; as input where absent."""
    cached_image_input: Price | None = None
    """Of pictures that the provider had cached; as cached_input where absent."""
    image_output: Price | None = None
    """Of pictures that come out; as output where absent."""


class Tier(TokenPrices):
    """Prices of a request with more input than usual."""

    tokens: AtLeastOne
    """More tokens of input than this, and these prices hold for the whole request."""


class Tokens(TokenPrices):
    """Prices per million tokens, by class, and what an estimate assumes."""

    above: Annotated[list[Tier], MinLen(1)] | None = None
    """Dearer prices of large requests; a class that is not there keeps its price."""
    assume_input: AtLeastOne | None = None
    """Tokens of input that an estimate assumes."""
    assume_output: AtLeastOne | None = None
    """Tokens of output that an estimate assumes."""
    limit: InputName | None = None
    """The input that says how many tokens of output there are at most; an estimate assumes no more."""


_SOURCES = ("table", "rate")


class Cost(Table):
    """Price (of the table, the rate, the tokens, or `base`) × units × multipliers + extras; then minimum, rounding."""

    currency: Currency
    """`credits`, or a code such as USD."""
    base: Price
    """The listed price, and the price of a run where nothing else states one."""
    minimum: Price | None = None
    """A run never costs less."""
    round: Rounding | None = None
    """How the amount is rounded, and to how many decimals; exact where absent."""
    given_only: InputNames | None = None
    """Inputs whose multipliers count only when the caller gave them."""
    times: InputNames | None = None
    """Inputs whose number multiplies the price."""
    multipliers: dict[InputName, Annotated[dict[str, Price], MinLen(1)]] | None = None
    """Factors by the value of an input; 1 for a value that is not here."""
    table: PriceTable | None = None
    rate: Rate | None = None
    plus: Annotated[list[Plus], MinLen(1)] | None = None
    """Charged besides, after multipliers and times."""
    tokens: Tokens | None = None

    def clashes(self) -> Iterator[Clash]:
        said = [name for name in _SOURCES if getattr(self, name) is not None]
        if len(said) > 1:
            yield Clash("either-or", (said[-1],), f"stands beside `{said[0]}`", "one of them sets the price")
        if self.tokens is not None and not said:
            for name in ("input", "output"):
                if getattr(self.tokens, name) is not None and getattr(self.tokens, f"assume_{name}") is None:
                    says = f"is missing; an estimate with `{name}` needs it"
                    yield Clash("missing-key", ("tokens", f"assume_{name}"), says)
        for name in self.given_only or ():
            if name not in (self.multipliers or {}):
                yield Clash("misplaced-key", ("given_only",), f"names {name}, which has no multipliers", "take it out")
