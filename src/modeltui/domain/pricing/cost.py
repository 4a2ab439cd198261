"""What a run costs, as the file's `[cost]` states it: price, rate, tokens, multipliers, extras, minimum, rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.call import Cost
from modeltui.domain.document import Document
from modeltui.domain.inputs.rules import Rule, compile_rules
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.pricing.factors import Factor, Values, multipliers, times, unit_price
from modeltui.domain.pricing.rate import Quantity, compile_quantity, inputs_of
from modeltui.domain.pricing.rounding import BINARY_UP, binary_up, decimal_rounding, parse_round
from modeltui.domain.pricing.tokens import TokenPrices, compile_tokens
from modeltui.domain.reading import Table, whole

Price: TypeAlias = Callable[[Values, Values, float | None], Cost | None]
"""(values with defaults, values as given, measured seconds of the media) -> cost; None beyond LARGEST."""

LARGEST: Final = 10**15
"""No run costs more; a value that leads there cannot be meant."""

Finish: TypeAlias = Callable[[list[Decimal], Decimal], Decimal | None]
"""(factors, extras) -> the amount; None beyond LARGEST."""


class Plus(Struct, frozen=True):
    """Something charged besides, such as pictures that are put in."""

    price: Decimal
    quantity: Quantity

    def __call__(self, values: Values, media_seconds: float | None) -> Decimal:
        return self.price * self.quantity(values, media_seconds)


class CostSpec(Struct, frozen=True, kw_only=True):
    """A `[cost]` made ready for many runs. Called, it is a Price."""

    currency: str
    factors: tuple[Factor, ...]
    """The first is the price, the others multiply it."""
    quantity: Quantity | None
    plus: tuple[Plus, ...]
    finish: Finish
    minimum: Decimal
    round: str | None
    tokens: TokenPrices | None
    is_of_tokens: bool
    """Nothing but the tokens says what a run costs: before it, that is an estimate."""

    def __call__(self, values: Values, given: Values, media_seconds: float | None) -> Cost | None:
        numbers = [factor.of(values, given) for factor in self.factors]
        if self.quantity is not None:
            numbers.append(self.quantity(values, media_seconds))
        extras = Decimal(0)
        for plus in self.plus:
            extras += plus(values, media_seconds)
        amount = self.finish(numbers, extras)
        return None if amount is None else Cost(amount, self.currency)

    def of_usage(self, counts: Mapping[str, int]) -> Cost | None:
        """What a run cost that took these tokens, by classes that are apart. None where tokens have no price."""
        if self.tokens is None or not counts:
            return None
        amount = self.finish([self.tokens.amount(counts)], Decimal(0))
        return None if amount is None else Cost(amount, self.currency)

    def inputs(self) -> Iterator[str]:
        """The inputs that the price looks at."""
        for factor in self.factors:
            yield from factor.names
        for quantity in (self.quantity, *(plus.quantity for plus in self.plus)):
            if quantity is not None:
                yield from (*inputs_of(quantity.of), *quantity.max_by)


def compile_cost(document: Document, specs: tuple[InputSpec, ...], rules: tuple[Rule, ...]) -> CostSpec | None:
    """Prepare `[cost]` for many runs; None where a file states none. Raises InvalidValueError naming the field."""
    table = whole(document).table("cost")
    if table is None:
        return None
    known = {spec.name: spec for spec in specs}
    currency, (minimum, finish) = table.needed_text("currency"), _finish(table)
    if "table" in table.values and "rate" in table.values:
        table.refuse("has table and rate; one of them is enough")
    is_of_tokens = "tokens" in table.values and not table.values.keys() & {"table", "rate"}
    tokens = compile_tokens(found, is_estimate=is_of_tokens) if (found := table.table("tokens")) is not None else None
    if tokens is not None and tokens.limit is not None and tokens.limit not in known:
        table.refuse(f"there is no input {tokens.limit}", "tokens", "limit")
    price = unit_price(table, known, rules, tokens if is_of_tokens else None)
    rate = table.table("rate")
    return CostSpec(
        currency=currency,
        factors=(price, *multipliers(table, known), *times(table, known)),
        quantity=compile_quantity(rate, known) if rate is not None else None,
        plus=tuple(_plus(table, known)),
        finish=finish,
        minimum=minimum,
        round=table.text("round"),
        tokens=tokens,
        is_of_tokens=is_of_tokens,
    )


def _plus(table: Table, known: Mapping[str, InputSpec]) -> Iterator[Plus]:
    for position, entry in enumerate(table.list("plus") or ()):
        if not isinstance(entry, Mapping):
            table.refuse("must be tables", "plus")
        extra = Table(entry, (*table.path, "plus", position))
        price = extra.price("price")
        if price is None:
            extra.refuse("is needed", "price")
        yield Plus(price, compile_quantity(extra, known, unknown=Decimal(0)))


def _finish(table: Table) -> tuple[Decimal, Finish]:
    """The minimum; and from the factors to the amount: multiplied, extras added, at least the minimum, rounded."""
    minimum = table.price("minimum") or Decimal(0)
    try:
        rounding = parse_round(table.text("round"))
    except ValueError as error:
        table.refuse(str(error), "round")
    if rounding is not None and rounding[0] == BINARY_UP:
        return minimum, _binary_finish(float(minimum), rounding[1])
    round_amount = decimal_rounding(*rounding) if rounding is not None else None

    def finish(factors: list[Decimal], extras: Decimal) -> Decimal | None:
        amount = factors[0]
        for factor in factors[1:]:
            amount *= factor
        amount = max(amount + extras if extras else amount, minimum)
        if amount > LARGEST:
            return None
        return round_amount(amount) if round_amount is not None else amount

    return minimum, finish


def _binary_finish(minimum: float, decimals: int) -> Finish:
    def finish(factors: list[Decimal], extras: Decimal) -> Decimal | None:
        amount = 1.0
        for factor in factors:
            amount *= float(factor)
        amount += float(extras)
        return binary_up(max(amount, minimum), decimals) if amount <= LARGEST else None

    return finish


def document_cost(document: Document) -> CostSpec | None:
    """The `[cost]` of a file whose run part need not be complete. Raises InvalidValueError."""
    specs = read_inputs(document)
    return compile_cost(document, specs, compile_rules(document, specs))


def priced_by(document: Document) -> frozenset[str]:
    """The inputs that the price of a run depends on. Raises InvalidValueError for a `[cost]` that cannot be used."""
    spec = document_cost(document)
    return frozenset() if spec is None else frozenset(spec.inputs())
