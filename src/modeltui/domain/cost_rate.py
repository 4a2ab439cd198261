"""How much of something a run takes: seconds of media, characters of text, a number that an input states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, TypeAlias

from modeltui.domain.input_checks import written
from modeltui.domain.input_rules import length_of, number_of
from modeltui.domain.inputs import InputSpec
from modeltui.domain.reading import Table

Quantity: TypeAlias = Callable[[Mapping[str, Any], float | None], Decimal]
"""(values with defaults, measured seconds of the media) -> how many units are charged."""

Source: TypeAlias = Callable[[Mapping[str, Any], float | None], Decimal | None]
"""As Quantity, before it is clamped; None while it is not known."""

UNITS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "character": 1,
    "1000_characters": 1000,
    "1000000_characters": 1_000_000,
    "image": 1,
    "item": 1,
}
"""What `per` may say, and how many seconds, characters or pieces one such unit is."""


def compile_quantity(rate: Table, known: Mapping[str, InputSpec]) -> Quantity:
    """Prepare `[cost.rate]`. Raises InvalidValueError naming the field that cannot be used."""
    per = rate.needed_text("per")
    if per not in UNITS:
        rate.refuse(f"must be one of {', '.join(UNITS)}", "per")
    size, source = Decimal(UNITS[per]), _source(rate, known)
    unknown = _decimal(rate, "unknown")
    if unknown is None:
        unknown = Decimal(1)
    is_started, clamp = rate.flag("started"), _clamp(rate, known)

    def quantity(values: Mapping[str, Any], media_seconds: float | None) -> Decimal:
        amount = source(values, media_seconds)
        units = unknown if amount is None else clamp(amount / size, values)
        return units.to_integral_value(ROUND_CEILING) if is_started else units

    return quantity


def _decimal(rate: Table, name: str) -> Decimal | None:
    number = rate.number(name)
    if number is not None and not 0 <= number < float("inf"):
        rate.refuse("must be 0 or more", name)
    return None if number is None else Decimal(str(number))


def _source(rate: Table, known: Mapping[str, InputSpec]) -> Source:
    of = rate.needed_text("of")
    if of == "media":
        return lambda _values, media_seconds: None if media_seconds is None else Decimal(str(media_seconds))
    name, _, key = of.removeprefix("inputs.").partition("[].")
    if not of.startswith("inputs.") or name not in known:
        rate.refuse('must be "media" or "inputs." and the name of an input', "of")
    if key:
        return lambda values, _seconds: Decimal(length_of(values.get(name), key))
    if known[name].type in ("string", "array"):
        return lambda values, _seconds: Decimal(len(values[name])) if name in values else None
    return lambda values, _seconds: number_of(values.get(name))


def _clamp(rate: Table, known: Mapping[str, InputSpec]) -> Callable[[Decimal, Mapping[str, Any]], Decimal]:
    least, most = _decimal(rate, "min") or Decimal(0), _decimal(rate, "max")
    if most is not None and least > most:
        rate.refuse("must not be above max", "min")
    name, limits = _limits(rate, known)

    def clamp(units: Decimal, values: Mapping[str, Any]) -> Decimal:
        limit = limits.get(written(values[name]), most) if name in values else most
        units = max(units, least)
        return units if limit is None else min(units, limit)

    return clamp


def _limits(rate: Table, known: Mapping[str, InputSpec]) -> tuple[str, dict[str, Decimal]]:
    """`max_by`: the one input that the largest quantity depends on, and its limits."""
    table = rate.table("max_by")
    if table is None:
        return "", {}
    if len(table.values) != 1:
        table.refuse("must name one input")
    name, limits = next(iter(table.tables()))
    if name not in known:
        table.refuse(f"there is no input {name}")
    found = {key: _decimal(limits, key) for key in limits.values}
    return name, {key: limit for key, limit in found.items() if limit is not None}
