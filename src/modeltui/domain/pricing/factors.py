"""What multiplies to the price of a run: the price itself, by a table or not, and factors by the values of inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, TypeAlias

from msgspec import Struct

from modeltui.domain.inputs.checks import written
from modeltui.domain.inputs.rules import Rule, number_of
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.pricing.tokens import TokenPrices
from modeltui.domain.reading import Table

Values: TypeAlias = Mapping[str, Any]

_MOST_COMBINATIONS = 2000
_ONE = Decimal(1)


class Factor(Struct, frozen=True):
    of: Callable[[Values, Values], Decimal]
    """(values with defaults, values as given) -> one factor of the price."""
    what: str
    """`base`, `price`, `tokens`, `multiplier`, `times`."""
    names: tuple[str, ...] = ()
    """The inputs that it depends on."""


def unit_price(
    table: Table, known: Mapping[str, InputSpec], rules: tuple[Rule, ...], tokens: TokenPrices | None
) -> Factor:
    """The price of a run, or of a unit of its rate. `tokens` where they are what prices it."""
    base = table.price("base")
    if base is None:
        table.refuse("is needed", "base")
    if (prices := table.table("table")) is not None:
        return _from_table(prices, _by(prices), base, known, rules)
    if (rate := table.table("rate")) is not None:
        return _of_rate(rate, base, known, rules)
    if tokens is not None:
        return _of_tokens(tokens)
    return Factor(lambda _values, _given: base, "base")


def _of_tokens(tokens: TokenPrices) -> Factor:
    assumed, limit = tokens.assumed, tokens.limit
    amount = tokens.amount(assumed)
    if limit is None:
        return Factor(lambda _values, _given: amount, "tokens")

    def price(values: Values, _given: Values) -> Decimal:
        return tokens.amount(assumed_tokens(tokens, values))

    return Factor(price, "tokens", (limit,))


def assumed_tokens(tokens: TokenPrices, values: Values) -> dict[str, int]:
    """The tokens that an estimate counts: those assumed, of output no more than the input `limit` allows."""
    counts = dict(tokens.assumed)
    most = number_of(values.get(tokens.limit)) if tokens.limit is not None else None
    if most is not None and most >= 0 and "output" in counts:
        counts["output"] = min(counts["output"], int(most))
    return counts


def _of_rate(rate: Table, base: Decimal, known: Mapping[str, InputSpec], rules: tuple[Rule, ...]) -> Factor:
    price = rate.price("price")
    if price is not None:
        return Factor(lambda _values, _given: price, "price")
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
        return Factor(lambda values, _given: flat.get((_key(values, name),), base), "price", names)
    return Factor(lambda values, _given: flat.get(tuple(_key(values, name) for name in names), base), "price", names)


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


def multipliers(table: Table, known: Mapping[str, InputSpec]) -> Iterator[Factor]:
    """`[cost.multipliers]`, by the values of inputs."""
    stated = table.table("multipliers")
    if stated is None:
        return
    given_only = table.texts("given_only")
    for name, factors in stated.tables():
        yield _multiplier(name, factors, known, only_given=name in given_only)


def _multiplier(name: str, table: Table, known: Mapping[str, InputSpec], *, only_given: bool) -> Factor:
    if name not in known:
        table.refuse(f"there is no input {name}")
    factors = {key: table.as_price(value, key) for key, value in table.values.items()}
    allowed = [written(value) for value in _choices(known[name])]
    for key in factors:
        if allowed and key not in allowed:
            table.refuse(f"is not a value of {name}", key)

    def factor(values: Values, given: Values) -> Decimal:
        if name not in (given if only_given else values):
            return _ONE
        return factors.get(written(values[name]), _ONE)

    return Factor(factor, "multiplier", (name,))


def times(table: Table, known: Mapping[str, InputSpec]) -> Iterator[Factor]:
    """The inputs whose number multiplies the price."""
    for name in table.texts("times"):
        if name not in known:
            table.refuse(f"there is no input {name}", "times")
        yield _number(name)


def _number(name: str) -> Factor:
    def factor(values: Values, _given: Values) -> Decimal:
        number = number_of(values.get(name))
        return _ONE if number is None or number < 0 else number

    return Factor(factor, "times", (name,))
