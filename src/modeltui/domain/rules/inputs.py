"""Every input that is named is there, has the values it is compared with, and is good for something."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from modeltui.domain.document import Document, FieldPath, format_field, shown
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.checks import equal, written
from modeltui.domain.rules.mentions import (
    Mention,
    Placed,
    PlacedByCall,
    mentions,
    mentions_but_of_cost,
    mentions_of_cost,
)
from modeltui.domain.rules.report import found


def check_inputs(path: str, document: Document, placed_by_call: PlacedByCall) -> Iterator[Finding]:
    """Of a model file that has no schema fault in its inputs, calls and cost."""
    inputs: Mapping[str, Any] = document.get("inputs", {})
    named: set[str] = set()
    for mention in mentions(document):
        if mention.at[:2] != ("inputs", mention.name):
            named.add(mention.name)
        if mention.name not in inputs:
            yield _unknown(path, mention.at, mention.name, inputs)
        else:
            yield from _values(path, mention, inputs[mention.name])
    for all_placed in placed_by_call.values():
        for placed in all_placed:
            if not _is_input(placed):
                continue
            name = str(placed.reference[1])
            named.add(name)
            if name not in inputs:
                yield _unknown(path, placed.at, name, inputs)
            elif inputs[name].get("ignored"):
                message = f"`{format_field(placed.at)}` sends {name}, which is `ignored`"
                yield found("unknown-input", path, message, at=placed.at, hint="take one of the two out")
    yield from _unused(path, inputs, named)


def named_but_for_cost(document: Document, placed_by_call: PlacedByCall) -> frozenset[str]:
    """The inputs that something but the cost uses."""
    mentioned = (m.name for m in mentions_but_of_cost(document) if m.at[:2] != ("inputs", m.name))
    placed = (str(each.reference[1]) for all_of in placed_by_call.values() for each in all_of if _is_input(each))
    return frozenset((*mentioned, *placed))


def fits_cost(document: Document, named: frozenset[str]) -> bool:
    """Whether `check_inputs` has nothing to say of the cost, nor of inputs that neither it nor `named` uses."""
    inputs: Mapping[str, Any] = document.get("inputs", {})
    of_cost = list(mentions_of_cost(document))
    if any(mention.name not in inputs for mention in of_cost):
        return False
    used = {*named, *(mention.name for mention in of_cost)}
    misfits = (each for mention in of_cost for each in _values("", mention, inputs[mention.name]))
    return next(misfits, None) is None and next(_unused("", inputs, used), None) is None


def _is_input(placed: Placed) -> bool:
    return placed.reference[0] == "inputs"


def _unused(path: str, inputs: Mapping[str, Any], named: Collection[str]) -> Iterator[Finding]:
    for name, spec in inputs.items():
        if name not in named and not spec.get("ignored"):
            hint = "send it in [request.body], or write ignored = true"
            yield found("unused-input", path, f"`inputs.{name}` goes nowhere", at=("inputs", name), hint=hint)


def _unknown(path: str, at: FieldPath, name: str, inputs: Mapping[str, Any]) -> Finding:
    hint = f"the inputs are {', '.join(inputs)}" if inputs else "the file has no [inputs]"
    return found("unknown-input", path, f"`{format_field(at)}` names {name}, which is no input", at=at, hint=hint)


def _values(path: str, mention: Mention, spec: Mapping[str, Any]) -> Iterator[Finding]:
    allowed = [False, True] if spec.get("type") == "boolean" else spec.get("enum")
    if allowed is None:
        return
    texts = [written(value) for value in allowed]
    for value in mention.values:
        if value not in texts if mention.is_text else not any(equal(value, choice) for choice in allowed):
            message = f"`{format_field(mention.at)}` has {shown(value)}, which is no value of {mention.name}"
            yield found("unknown-choice", path, message, at=mention.at, hint=f"its values are {', '.join(texts)}")
