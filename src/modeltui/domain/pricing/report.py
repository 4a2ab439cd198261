"""What a run costs, told: the amount in every money, and how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.inputs.checks import written
from modeltui.domain.inputs.partial import Partial
from modeltui.domain.pricing.cost import CostSpec
from modeltui.domain.pricing.factors import Factor, assumed_tokens
from modeltui.domain.pricing.rate import Quantity, inputs_of
from modeltui.domain.text import cut
from modeltui.domain.units import Units, shown

StepKind: TypeAlias = Literal["price", "times", "plus", "minimum", "round"]

_LONGEST = 40
_MANY: Final = {
    "1000_characters": "× 1,000 characters",
    "1000000_characters": "× 1,000,000 characters",
}


class CostStep(Struct, frozen=True):
    kind: StepKind
    amount: Decimal
    """A price, a factor, what is added, or the amount after the step."""
    what: str
    """`base`, `price for resolution 720p`, `duration 10`."""


class CostReport(Struct, frozen=True, kw_only=True):
    """Amounts of other money are rounded half up to 6 decimals; `cost` is exact, as the file says it."""

    model: str
    """Its key."""
    cost: Cost | None = None
    """What the run costs us; None where the file states nothing, or an input that it depends on does not fit."""
    usd: Decimal | None = None
    """The same in US dollars; None where nothing converts it."""
    credits: Decimal | None = None
    price_usd: Decimal | None = None
    """What a user pays: the cost times the margin."""
    price_credits: Decimal | None = None
    margin: Decimal | None = Decimal(1)
    """None where it is not known."""
    units_problem: str | None = None
    """Why margin or credits are not known, with file and line; None where they are."""
    steps: tuple[CostStep, ...] = ()
    """In their order; they lead from the first price to `cost`."""
    assumed: tuple[str, ...] = ()
    """Sentences on what was not given."""
    problems: tuple[InputProblem, ...] = ()
    is_estimate: bool = False
    """Something that it depends on is known only afterwards."""


def cost_report(
    key: str, spec: CostSpec | None, inputs: Partial, media_seconds: float | None, units: Units
) -> CostReport:
    """Price some inputs of a model. Never raises on what JSON can hold."""
    wrong = {problem.input for problem in inputs.problems}
    if spec is None or not wrong.isdisjoint(spec.inputs()):
        return unpriced(key, units, inputs.problems)
    cost = spec(inputs.values, inputs.given, media_seconds)
    if cost is None:
        return unpriced(key, units, (*inputs.problems, InputProblem(None, "a value is too large to be priced")))
    price = units.charged(cost)
    unknown = tuple(_unknown(spec, inputs.values, media_seconds))
    return CostReport(
        model=key,
        cost=cost,
        usd=_shown(units.in_usd(cost)),
        credits=_shown(units.in_credits(cost)),
        price_usd=None if price is None else _shown(units.in_usd(price)),
        price_credits=None if price is None else _shown(units.in_credits(price)),
        margin=units.margin,
        units_problem=units.problem,
        steps=tuple(_steps(spec, inputs, media_seconds, cost)),
        assumed=(*unknown, *_defaults(spec, inputs)),
        problems=inputs.problems,
        is_estimate=bool(unknown),
    )


def unpriced(key: str, units: Units, problems: tuple[InputProblem, ...]) -> CostReport:
    """Of a model whose cost is not known."""
    return CostReport(model=key, margin=units.margin, units_problem=units.problem, problems=problems)


def _shown(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else shown(amount)


def _steps(spec: CostSpec, inputs: Partial, media_seconds: float | None, cost: Cost) -> Iterator[CostStep]:
    amount = Decimal(1)
    for number, factor in enumerate(spec.factors):
        by = factor.of(inputs.values, inputs.given)
        amount *= by
        if number == 0 or by != 1:
            yield CostStep("times" if number else "price", by, _what(factor, inputs.values))
    if spec.quantity is not None:
        units = spec.quantity(inputs.values, media_seconds)
        amount *= units
        yield CostStep("times", units, _units_text(spec.quantity, units))
    for plus in spec.plus:
        if extra := plus(inputs.values, media_seconds):
            amount += extra
            units = plus.quantity(inputs.values, media_seconds)
            yield CostStep("plus", extra, f"{plus.price:f} × {units:f} {_units_text(plus.quantity, units)}")
    if amount < spec.minimum:
        amount = spec.minimum
        yield CostStep("minimum", amount, "a run never costs less")
    if spec.round is not None and amount != cost.amount:
        yield CostStep("round", cost.amount, f"rounded {spec.round}")


def _what(factor: Factor, values: Mapping[str, Any]) -> str:
    named = ", ".join(f"{name} {_written(values[name])}" for name in factor.names if name in values)
    match factor.what:
        case "base":
            return "base"
        case "tokens":
            return "tokens that are assumed"
        case "price":
            return f"price for {named}" if named else "price"
    return named or factor.what


def _units_text(quantity: Quantity, units: Decimal) -> str:
    return f"{_unit(quantity.per, units)} of {quantity.of.replace('inputs.', '')}"


def _unit(per: str, units: Decimal) -> str:
    return _MANY.get(per, per if units == 1 else f"{per}s")


def _unknown(spec: CostSpec, values: Mapping[str, Any], media_seconds: float | None) -> Iterator[str]:
    """What the amount depends on and nobody can know yet."""
    if spec.is_of_tokens and spec.tokens is not None:
        counts = assumed_tokens(spec.tokens, values)
        if spec.tokens.prices:
            yield f"{' and '.join(f'{count:,} tokens of {name}' for name, count in counts.items())} are assumed"
    for quantity in (spec.quantity, *(plus.quantity for plus in spec.plus)):
        if quantity is None or quantity.is_known(values, media_seconds):
            continue
        missing = [name for name in inputs_of(quantity.of) if name not in values]
        if quantity is spec.quantity or missing == []:
            why = "the media is not measured" if quantity.of == "media" else f"{', '.join(missing)} is not given"
            yield f"{why}: {quantity.unknown:f} {_unit(quantity.per, quantity.unknown)} assumed"
    for factor in spec.factors:
        missing = [name for name in factor.names if name not in values]
        if factor.what == "price" and missing:
            yield f"{', '.join(missing)} is not given: the price of a run without"


def _defaults(spec: CostSpec, inputs: Partial) -> Iterator[str]:
    for name in dict.fromkeys(spec.inputs()):
        if name in inputs.values and name not in inputs.given:
            yield f"{name} is {_written(inputs.values[name])} by default"


def _written(value: Any) -> str:
    return cut(written(value), _LONGEST)
