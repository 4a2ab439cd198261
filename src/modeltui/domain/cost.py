"""What a run costs, as the file's `[cost]` states it: base, table, rate, tokens, multipliers, minimum, rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, Final, TypeAlias

from modeltui.domain.call import Cost
from modeltui.domain.cost_rate import Quantity, compile_quantity
from modeltui.domain.document import Document
from modeltui.domain.input_checks import written
from modeltui.domain.input_rules import Rule, number_of
from modeltui.domain.inputs import InputSpec
from modeltui.domain.reading import Table, whole
from modeltui.domain.rounding import BINARY_UP, binary_up, decimal_rounding, parse_round

Values: TypeAlias = Mapping[str, Any]
Factor: TypeAlias = Callable[[Values, Values], Decimal]
"""(values with defaults, values as given) -> one factor of the price."""

Price: TypeAlias = Callable[[Values, Values, float | None], Cost | None]
"""(values with defaults, values as given, measured seconds of the media) -> cost; None beyond LARGEST."""

LARGEST: Final = 10**15
"""No run costs more; a value that leads there cannot be meant."""

_MOST_COMBINATIONS = 2000
_MILLION = Decimal(1_000_000)


def compile_cost(document: Document, specs: tuple[InputSpec, ...], rules: tuple[Rule, ...]) -> Price | None:
    """Prepare `[cost]` for many runs; None where a file states none. Raises InvalidValueError naming the field."""
    table = whole(document).table("cost")
    if table is None:
        return None
    known = {spec.name: spec for spec in specs}
    currency, finish = table.needed_text("currency"), _finish(table)
    factors = [_unit_price(table, known, rules), *_multipliers(table, known), *_times(table, known)]
    quantity = _quantity(table, known)

    def price(values: Values, given: Values, media_seconds: float | None) -> Cost | None:
        numbers = [factor(values, given) for factor in factors]
        if quantity is not None:
            numbers.append(quantity(values, media_seconds))
        amount = finish(numbers)
        return None if amount is None else Cost(amount, currency)

    return price


def _finish(table: Table) -> Callable[[list[Decimal]], Decimal | None]:
    """From the factors to the amount: multiplied, never below the minimum, rounded."""
    minimum = table.price("minimum") or Decimal(0)
    try:
        rounding = parse_round(table.text("round"))
    except ValueError as error:
        table.refuse(str(error), "round")
    if rounding is not None and rounding[0] == BINARY_UP:
        return _binary_finish(float(minimum), rounding[1])
    round_amount = decimal_rounding(*rounding) if rounding is not None else None

    def finish(factors: list[Decimal]) -> Decimal | None:
        amount = factors[0]
        for factor in factors[1:]:
            amount *= factor
        amount = max(amount, minimum)
        if amount > LARGEST:
            return None
        return round_amount(amount) if round_amount is not None else amount

    return finish


def _binary_finish(minimum: float, decimals: int) -> Callable[[list[Decimal]], Decimal | None]:
    def finish(factors: list[Decimal]) -> Decimal | None:
        amount = 1.0
        for factor in factors:
            amount *= float(factor)
        return binary_up(max(amount, minimum), decimals) if amount <= LARGEST else None

    return finish


def _unit_price(table: Table, known: Mapping[str, InputSpec], rules: tuple[Rule, ...]) -> Factor:
    base = table.price("base")
    if base is None:
        table.refuse("is needed", "base")
    sources = [name for name in ("table", "rate", "tokens") if name in table.values]
    if len(sources) > 1:
        table.refuse(f"has {' and '.join(sources)}; one of them is enough")
    if (prices := table.table("table")) is not None:
        return _from_table(prices, _by(prices), base, known, rules)
    if (rate := table.table("rate")) is not None:
        return _of_rate(rate, base, known, rules)
    if (tokens := table.table("tokens")) is not None:
        amount = _of_tokens(tokens)
        return lambda _values, _given: amount
    return lambda _values, _given: base


def _of_rate(rate: Table, base: Decimal, known: Mapping[str, InputSpec], rules: tuple[Rule, ...]) -> Factor:
    price = rate.price("price")
    if price is not None:
        return lambda _values, _given: price
    if "by" not in rate.values:
        rate.refuse("needs a price, or by and prices")
    return _from_table(rate, _by(rate), base, known, rules)


def _by(table: Table) -> tuple[str, ...]:
    names = (table.needed_text("by"),) if isinstance(table.values.get("by"), str) else table.texts("by")
    if not names:
        table.refuse("must name the inputs that the price depends on", "by")
    return names


def _from_table(
    table: Table, names: tuple[str, ...], base: Decimal, known: Mapping[str, InputSpec], rules: tuple[Rule, ...]
) -> Factor:
    prices = table.table("prices")
    if prices is None:
        table.refuse("is needed", "prices")
    flat = _flat(prices, len(names))
    for name in names:
        if name not in known:
            table.refuse(f"there is no input {name}", "by")
    _verify_complete(table, names, flat, known, rules)
    if len(names) == 1:
        name = names[0]
        return lambda values, _given: flat.get((_key(values, name),), base)
    return lambda values, _given: flat.get(tuple(_key(values, name) for name in names), base)


def _key(values: Values, name: str) -> str:
    return written(values[name]) if name in values else ""


def _flat(prices: Table, depth: int) -> dict[tuple[str, ...], Decimal]:
    if depth == 1:
        return {(key,): prices.as_price(value, key) for key, value in prices.values.items()}
    return {(key, *rest): price for key, inner in prices.tables() for rest, price in _flat(inner, depth - 1).items()}


def _verify_complete(
    table: Table,
    names: tuple[str, ...],
    flat: Mapping[tuple[str, ...], Decimal],
    known: Mapping[str, InputSpec],
    rules: tuple[Rule, ...],
) -> None:
    choices = [_choices(known[name]) for name in names]
    if not all(choices):
        return
    wanted: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for number, combination in enumerate(product(*choices)):
        if number == _MOST_COMBINATIONS:
            return
        wanted[tuple(written(value) for value in combination)] = combination
    for key, combination in wanted.items():
        values = dict(zip(names, combination, strict=True))
        if key not in flat and not any(rule.mentions <= values.keys() and rule.is_broken(values) for rule in rules):
            table.refuse(f"states no price for {', '.join(key)}", "prices")
    for key in flat:
        if key not in wanted:
            table.refuse(f"states a price for {', '.join(key)}, which cannot be asked for", "prices")


def _choices(spec: InputSpec) -> tuple[Any, ...]:
    return (False, True) if spec.type == "boolean" else spec.enum or ()


def _of_tokens(tokens: Table) -> Decimal:
    amount = Decimal(0)
    for name in ("input", "output"):
        price, count = tokens.price(name), tokens.integer(f"assume_{name}")
        if price is not None and count is None:
            tokens.refuse("is needed for an estimate", f"assume_{name}")
        amount += (price or 0) * (count or 0) / _MILLION
    return amount


def _multipliers(table: Table, known: Mapping[str, InputSpec]) -> list[Factor]:
    multipliers = table.table("multipliers")
    if multipliers is None:
        return []
    given_only = table.texts("given_only")
    return [_multiplier(name, factors, known, only_given=name in given_only) for name, factors in multipliers.tables()]


def _multiplier(name: str, table: Table, known: Mapping[str, InputSpec], *, only_given: bool) -> Factor:
    if name not in known:
        table.refuse(f"there is no input {name}")
    factors = {key: table.as_price(value, key) for key, value in table.values.items()}
    allowed = [written(value) for value in _choices(known[name])]
    for key in factors:
        if allowed and key not in allowed:
            table.refuse(f"is not a value of {name}", key)
    one = Decimal(1)

    def factor(values: Values, given: Values) -> Decimal:
        if name not in (given if only_given else values):
            return one
        return factors.get(written(values[name]), one)

    return factor


def _times(table: Table, known: Mapping[str, InputSpec]) -> list[Factor]:
    names = table.texts("times")
    for name in names:
        if name not in known:
            table.refuse(f"there is no input {name}", "times")
    return [_number(name) for name in names]


def _number(name: str) -> Factor:
    one = Decimal(1)

    def factor(values: Values, _given: Values) -> Decimal:
        number = number_of(values.get(name))
        return one if number is None or number < 0 else number

    return factor


def _quantity(table: Table, known: Mapping[str, InputSpec]) -> Quantity | None:
    rate = table.table("rate")
    return compile_quantity(rate, known) if rate is not None else None
