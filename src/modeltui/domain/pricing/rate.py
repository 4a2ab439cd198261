"""How much of something a run takes: seconds of media, characters, pixels, a number that an input states."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, TypeAlias

from msgspec import Struct

from modeltui.domain.inputs.checks import written
from modeltui.domain.inputs.rules import length_of, number_of
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.reading import Table

Source: TypeAlias = Callable[[Mapping[str, Any], float | None], Decimal | None]
"""(values with defaults, measured seconds of the media) -> how much; None while it is not known."""

UNITS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "character": 1,
    "1000_characters": 1000,
    "1000000_characters": 1_000_000,
    "image": 1,
    "item": 1,
    "pixel": 1,
    "megapixel": 1_000_000,
}
"""What `per` may say, and how many seconds, characters, pieces or pixels one such unit is."""

PIXELS: Final = ("pixel", "megapixel")
_SIZE: Final = re.compile(r"([0-9]{1,6})\s*(?:-x-|[x×*:])\s*([0-9]{1,6})")
_PRODUCT: Final = " * "


class Quantity(Struct, frozen=True):
    per: str
    of: str
    """As the file says it."""
    unknown: Decimal
    """Units that count while nobody knows."""
    size: Decimal
    source: Source
    clamp: Callable[[Decimal, Mapping[str, Any]], Decimal]
    is_started: bool
    max_by: tuple[str, ...] = ()
    """The input that the largest quantity depends on."""

    def __call__(self, values: Mapping[str, Any], media_seconds: float | None) -> Decimal:
        """How many units are charged."""
        amount = self.source(values, media_seconds)
        units = self.unknown if amount is None else self.clamp(amount / self.size, values)
        return units.to_integral_value(ROUND_CEILING) if self.is_started else units

    def is_known(self, values: Mapping[str, Any], media_seconds: float | None) -> bool:
        return self.source(values, media_seconds) is not None


def compile_quantity(rate: Table, known: Mapping[str, InputSpec], *, unknown: Decimal = Decimal(1)) -> Quantity:
    """Prepare `[cost.rate]`. Raises InvalidValueError naming the field that cannot be used."""
    per, of = rate.needed_text("per"), rate.needed_text("of")
    if per not in UNITS:
        rate.refuse(f"must be one of {', '.join(UNITS)}", "per")
    stated = _decimal(rate, "unknown")
    return Quantity(
        per=per,
        of=of,
        unknown=unknown if stated is None else stated,
        size=Decimal(UNITS[per]),
        source=_source(rate, per, of, known),
        clamp=_clamp(rate, known),
        is_started=rate.flag("started"),
        max_by=tuple(table.values) if (table := rate.table("max_by")) is not None else (),
    )


def inputs_of(of: str) -> tuple[str, ...]:
    """The inputs that `of` names."""
    parts = of.split(_PRODUCT)
    return tuple(part.removeprefix("inputs.").partition("[].")[0] for part in parts if part.startswith("inputs."))


def _decimal(rate: Table, name: str) -> Decimal | None:
    number = rate.number(name)
    if number is not None and not 0 <= number < float("inf"):
        rate.refuse("must be 0 or more", name)
    return None if number is None else Decimal(str(number))


def _source(rate: Table, per: str, of: str, known: Mapping[str, InputSpec]) -> Source:
    if of == "media":
        return lambda _values, media_seconds: None if media_seconds is None else Decimal(str(media_seconds))
    if _PRODUCT in of:
        return _product([_of_input(rate, part, known, is_text_number=True) for part in of.split(_PRODUCT)])
    name = inputs_of(of)
    if per in PIXELS and name and name[0] in known and known[name[0]].type == "string":
        return lambda values, _seconds: pixels_of(values.get(name[0]))
    return _of_input(rate, of, known)


def _of_input(rate: Table, of: str, known: Mapping[str, InputSpec], *, is_text_number: bool = False) -> Source:
    name, _, key = of.removeprefix("inputs.").partition("[].")
    if not of.startswith("inputs.") or name not in known:
        rate.refuse('must be "media" or "inputs." and the name of an input', "of")
    if key:
        return lambda values, _seconds: Decimal(length_of(values.get(name), key))
    if known[name].type == "array" or (known[name].type == "string" and not is_text_number):
        return lambda values, _seconds: Decimal(len(values[name])) if name in values else None
    return lambda values, _seconds: number_of(values.get(name))


def _product(sources: list[Source]) -> Source:
    def product(values: Mapping[str, Any], media_seconds: float | None) -> Decimal | None:
        amount = Decimal(1)
        for source in sources:
            if (factor := source(values, media_seconds)) is None:
                return None
            amount *= factor
        return amount

    return product


def pixels_of(size: Any) -> Decimal | None:
    """Of a size as text, such as `1024x1536`; None for any other."""
    match = _SIZE.fullmatch(size.strip()) if isinstance(size, str) else None
    return None if match is None else Decimal(match[1]) * Decimal(match[2])


def _clamp(rate: Table, known: Mapping[str, InputSpec]) -> Callable[[Decimal, Mapping[str, Any]], Decimal]:
    least, most, free = _decimal(rate, "min") or Decimal(0), _decimal(rate, "max"), _decimal(rate, "free") or Decimal(0)
    if most is not None and least > most:
        rate.refuse("must not be above max", "min")
    name, limits = _limits(rate, known)

    def clamp(units: Decimal, values: Mapping[str, Any]) -> Decimal:
        limit = limits.get(written(values[name]), most) if name in values else most
        units = max(units - free, least)
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
