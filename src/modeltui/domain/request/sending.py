"""From the inputs of a run to what its request sees of them: left out, replaced, rounded, converted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from modeltui.domain.document import ABSENT
from modeltui.domain.inputs.checks import equal, is_blank, written
from modeltui.domain.inputs.rules import holds, number_of
from modeltui.domain.inputs.specs import InputSpec

_HALF = Fraction(1, 2)

Sending: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
"""(values with defaults, values as given) -> what is sent for one input, or ABSENT."""


def sendings(specs: tuple[InputSpec, ...]) -> Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]:
    """A function from (values, given) to what the request sees. Inputs without any such rule pass untouched."""
    special = tuple((spec.name, _sending(spec)) for spec in specs if _is_special(spec))

    def send(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        sent = dict(values)
        for name, sending in special:
            if name not in values:
                continue
            value = sending(values, given)
            if value is ABSENT:
                del sent[name]
            else:
                sent[name] = value
        return sent

    return send


def _is_special(spec: InputSpec) -> bool:
    return bool(
        not spec.is_default_sent
        or spec.send_when
        or spec.omit
        or spec.together_with
        or spec.map is not None
        or spec.snap
        or spec.cast
    )


def _sending(spec: InputSpec) -> Sending:
    name, companions = spec.name, spec.together_with
    only_given, applies = not spec.is_default_sent, holds(spec.send_when)
    is_omitted, shape = _omits(spec.omit), _shape(spec)

    def send(values: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        value = values[name]
        if only_given and name not in given:
            return ABSENT
        if not applies(values) or is_omitted(value):
            return ABSENT
        if any(companion not in given for companion in companions):
            return ABSENT
        return shape(value)

    return send


def _omits(omit: tuple[Any, ...]) -> Callable[[Any], bool]:
    takes_blank = "" in omit

    def is_omitted(value: Any) -> bool:
        if takes_blank and isinstance(value, str) and is_blank(value):
            return True
        return any(equal(value, left_out) for left_out in omit)

    return is_omitted


def _shape(spec: InputSpec) -> Callable[[Any], Any]:
    if (table := spec.map) is not None:
        return lambda value: table.get(written(value), value)
    if spec.snap:
        return _snapped(spec, spec.snap)
    if spec.cast:
        return _CASTS[spec.cast]
    return lambda value: value


def _snapped(spec: InputSpec, step: int) -> Callable[[Any], Any]:
    lowest = None if spec.minimum is None else -int(-spec.minimum // step) * step
    highest = None if spec.maximum is None else int(spec.maximum // step) * step

    def snap(value: Any) -> Any:
        nearest = math.floor(Fraction(value) / step + _HALF) * step
        if lowest is not None and nearest < lowest:
            return lowest
        return highest if highest is not None and nearest > highest else nearest

    return snap


def _as_integer(value: Any) -> Any:
    number = number_of(value)
    return value if number is None else int(number)


def _as_number(value: Any) -> Any:
    number = number_of(value)
    if number is None:
        return value
    return int(number) if number == number.to_integral_value() else float(number)


_CASTS: dict[str, Callable[[Any], Any]] = {"string": written, "integer": _as_integer, "number": _as_number}
