"""Every input that is named is there, has the values it is compared with, and is good for something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain.call_places import call_paths
from modeltui.domain.document import Document, FieldPath, format_field, shown
from modeltui.domain.finding import Finding
from modeltui.domain.input_checks import equal, written
from modeltui.domain.rules.mentions import Mention, mentions, placeholders
from modeltui.domain.rules.report import found


def check_inputs(path: str, document: Document) -> Iterator[Finding]:
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
    for call in call_paths(document):
        for placed in placeholders(document, call):
            root, *rest = placed.reference
            if root != "inputs":
                continue
            name = str(rest[0])
            named.add(name)
            if name not in inputs:
                yield _unknown(path, placed.at, name, inputs)
            elif inputs[name].get("ignored"):
                message = f"`{format_field(placed.at)}` sends {name}, which is `ignored`"
                yield found("unknown-input", path, message, at=placed.at, hint="take one of the two out")
    yield from _unused(path, inputs, named)


def _unused(path: str, inputs: Mapping[str, Any], named: set[str]) -> Iterator[Finding]:
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
