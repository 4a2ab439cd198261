"""A model made ready to run: inputs in, and out come the problems, the cost and the request."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from modeltui.domain.call import Call, Cost, InputProblem, Prepared
from modeltui.domain.document import Document
from modeltui.domain.inputs.checks import Check, checker, is_number
from modeltui.domain.inputs.faults import verify_inputs
from modeltui.domain.inputs.rules import Rule, compile_rules
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.pricing.cost import Price, compile_cost
from modeltui.domain.request.payload import BuildCall, compile_request, model_scope
from modeltui.domain.request.places import saved_before
from modeltui.domain.request.sending import sendings

_LONGEST_NAME = 64


class _Taken(Struct, frozen=True):
    """One input as `prepare` goes through them."""

    name: str
    check: Check
    is_required: bool
    default: Any
    is_integer: bool


class RunSpec(Struct, frozen=True):
    """Compiled once from a model file; `prepare` is then fast and has no side effects."""

    inputs: tuple[InputSpec, ...]
    """In the order of the file."""
    _taken: tuple[_Taken, ...]
    _names: frozenset[str]
    _rules: tuple[Rule, ...]
    _send: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
    _build: BuildCall
    _price: Price | None
    _priced_by: frozenset[str]
    _model: Mapping[str, Any]
    _saved: Mapping[str, str]
    """Stand-ins for what steps before the request will save."""

    def prepare(self, inputs: Mapping[str, Any], *, job_uuid: str, media_seconds: float | None = None) -> Prepared:
        """Check, price and build the request. Every wrong input is named; never raises on what JSON can hold.

        The price is there as soon as the inputs that it depends on are right, whatever is wrong with others.
        media_seconds: measured length of the media that is sent; None while it is not known.
        """
        values, problems = self._filled(inputs)
        if not _is_length(media_seconds):
            problems.append(InputProblem(None, "media_seconds must be a number of seconds, 0 or more"))
        problems.extend(self._broken(values, problems))
        if problems:
            return Prepared(values, tuple(problems), self._early_cost(values, inputs, media_seconds, problems))
        sent = self._send(values, inputs)
        call = self._build({"inputs": sent, "job": {"uuid": job_uuid}, "model": self._model, "saved": self._saved})
        if not isinstance(call, Call):
            return Prepared(values, (InputProblem(None, call),))
        if self._price is None:
            return Prepared(values, (), None, call, sent)
        cost = self._price(values, inputs, media_seconds)
        if cost is None:
            return Prepared(values, (InputProblem(None, "a value is too large to be priced"),))
        return Prepared(values, (), cost, call, sent)

    def _early_cost(
        self,
        values: Mapping[str, Any],
        inputs: Mapping[str, Any],
        media_seconds: float | None,
        problems: list[InputProblem],
    ) -> Cost | None:
        is_known = self._priced_by.isdisjoint(problem.input for problem in problems)
        if self._price is None or not is_known or not _is_length(media_seconds):
            return None
        return self._price(values, inputs, media_seconds)

    def _filled(self, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[InputProblem]]:
        values: dict[str, Any] = {}
        problems: list[InputProblem] = []
        for taken in self._taken:
            name = taken.name
            if name in inputs:
                value = inputs[name]
                if (message := taken.check(value)) is not None:
                    problems.append(InputProblem(name, message))
                else:
                    values[name] = int(value) if taken.is_integer and isinstance(value, float) else value
            elif taken.is_required:
                problems.append(InputProblem(name, "is required"))
            elif taken.default is not None:
                values[name] = taken.default
        if not inputs.keys() <= self._names:
            problems.extend(self._unknown(name) for name in inputs if name not in self._names)
        return values, problems

    def _unknown(self, name: str) -> InputProblem:
        near = difflib.get_close_matches(name, self._names, 1) if len(name) <= _LONGEST_NAME else []
        return InputProblem(name, "is not an input of this model" + (f"; did you mean {near[0]}?" if near else ""))

    def _broken(self, values: Mapping[str, Any], problems: list[InputProblem]) -> list[InputProblem]:
        """Rules that do not hold, but for those about inputs that are already wrong."""
        wrong = {problem.input for problem in problems}
        checked = (rule.problem(values) for rule in self._rules if wrong.isdisjoint(rule.mentions))
        return [problem for problem in checked if problem is not None]


def compile_run(document: Document) -> RunSpec:
    """Compile a parsed model file. Raises InvalidValueError naming the field when its run part cannot work."""
    specs = read_inputs(document)
    verify_inputs(specs)
    rules = compile_rules(document, specs)
    price = compile_cost(document, specs, rules)
    return RunSpec(
        inputs=specs,
        _taken=tuple(
            _Taken(spec.name, checker(spec), spec.required, spec.default, spec.type == "integer") for spec in specs
        ),
        _names=frozenset(spec.name for spec in specs),
        _rules=rules,
        _send=sendings(specs),
        _build=compile_request(document, specs),
        _price=price,
        _priced_by=frozenset(price.inputs()) if price is not None else frozenset(),
        _model=model_scope(document),
        _saved={name: f"${{saved.{name}}}" for name in saved_before(document)},
    )


def _is_length(seconds: float | None) -> bool:
    if seconds is None:
        return True
    return is_number(seconds) and seconds >= 0
