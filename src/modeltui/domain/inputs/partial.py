"""Some of a model's inputs: those that fit, with defaults; those that do not, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from modeltui.domain.call import InputProblem
from modeltui.domain.inputs.checks import checker, written
from modeltui.domain.inputs.specs import InputSpec


class Partial(Struct, frozen=True):
    values: Mapping[str, Any]
    """With defaults; what does not fit is left out."""
    given: Mapping[str, Any]
    """Those that the caller gave and that fit."""
    problems: tuple[InputProblem, ...]
    """What was given and does not fit. What is missing is no problem here."""


def partial_inputs(specs: Sequence[InputSpec], inputs: Mapping[str, Any]) -> Partial:
    """A value that is written as one of the choices is that choice, so that `10` fits where `"10"` is asked for."""
    known = {spec.name: spec for spec in specs}
    given: dict[str, Any] = {}
    problems: list[InputProblem] = []
    for name, value in inputs.items():
        if name not in known:
            problems.append(InputProblem(name, "is not an input of this model"))
            continue
        fitting = as_choice(known[name], value)
        if (message := checker(known[name])(fitting)) is None:
            given[name] = fitting
        else:
            problems.append(InputProblem(name, message))
    defaults = {spec.name: spec.default for spec in specs if spec.default is not None and not spec.required}
    wrong = {problem.input for problem in problems}
    values = {name: value for name, value in {**defaults, **given}.items() if name not in wrong}
    return Partial(values, given, tuple(problems))


def as_choice(spec: InputSpec, value: Any) -> Any:
    """The choice of an input that looks like `value`, or `value` itself."""
    if spec.enum is not None and not isinstance(value, list | dict):
        text = written(value)
        return next((choice for choice in spec.enum if written(choice) == text), value)
    return value
