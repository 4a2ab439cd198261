"""`-i NAME=VALUE` as the values that a model's inputs take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modeltui.cli.arguments import assignment
from modeltui.cli.reading import toml_value
from modeltui.domain.capability import own_name

if TYPE_CHECKING:
    from modeltui.domain.inputs import InputSpec

_OPEN = frozenset({"integer", "number", "boolean", "object"})


def input_values(words: Sequence[str], specs: Sequence[InputSpec]) -> dict[str, Any]:
    """VALUE is read by the input's declared type; what does not fit stays text, for the validation to name.

    An input is also known by what is commonly asked for: `duration` is read as the `seconds` that a model has.

    A list is given as TOML, or by repeating its name. Raises UsageError for a word without `=`.
    """
    known = {spec.name: spec for spec in specs}
    given: dict[str, list[str]] = {}
    for name, text in map(assignment, words):
        given.setdefault(name, []).append(text)
    return {name: _value(known.get(own_name(name, known)), texts) for name, texts in given.items()}


def _value(spec: InputSpec | None, texts: Sequence[str]) -> Any:
    if spec is None or spec.type != "array":
        return _scalar(spec, texts[-1])
    if len(texts) == 1 and isinstance(whole := toml_value(texts[0]), list):
        return whole
    return [_scalar(spec.items, text) for text in texts]


def _scalar(spec: InputSpec | None, text: str) -> Any:
    return toml_value(text) if spec is not None and spec.type in _OPEN else text
