"""Whether what a file says of its inputs fits together: bounds, choices, defaults, names of other inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from modeltui.domain.document import format_field
from modeltui.domain.inputs.checks import checker, unchosen
from modeltui.domain.inputs.rules import check_values
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.reading import Table
from modeltui.errors import InvalidValueError


def verify_inputs(specs: tuple[InputSpec, ...]) -> None:
    """Raise InvalidValueError naming the first field that cannot be meant."""
    known = {spec.name: spec for spec in specs}
    for spec in specs:
        _verify_bounds(spec)
        _verify_choices(spec)
        _verify_default(spec)
        _verify_references(spec, known)


def _refuse(spec: InputSpec, key: str, message: str) -> NoReturn:
    raise InvalidValueError(f"{format_field(('inputs', spec.name, key))}: {message}")


def _verify_bounds(spec: InputSpec) -> None:
    pairs = (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items"))
    for low, high in pairs:
        least, most = getattr(spec, low), getattr(spec, high)
        if least is not None and most is not None and least > most:
            _refuse(spec, low, f"must not be above {high}")
    if spec.snap and spec.type not in ("integer", "number"):
        _refuse(spec, "snap", "is for numbers only")


def _verify_choices(spec: InputSpec) -> None:
    if spec.enum is None:
        return
    if not spec.enum:
        _refuse(spec, "enum", "must hold at least one value")
    fits = unchosen(spec)
    for value in spec.enum:
        if (message := fits(value)) is not None:
            _refuse(spec, "enum", f"{value!r} {message}")


def _verify_default(spec: InputSpec) -> None:
    if spec.default is None:
        return
    message = checker(spec)(spec.default)
    if message is not None:
        _refuse(spec, "default", message)


def _verify_references(spec: InputSpec, known: Mapping[str, Any]) -> None:
    check_values(Table({}, ("inputs", spec.name)), "send_when", spec.send_when, known)
    for name in spec.together_with:
        if name not in known:
            _refuse(spec, "together_with", f"there is no input {name}")
