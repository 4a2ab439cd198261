"""`-i NAME=VALUE` as the values that a model's inputs take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modeltui.cli.arguments import assignment
from modeltui.cli.reading import toml_value
from modeltui.domain.capability import own_name
from modeltui.errors import InvalidValueError, UsageError

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec

_OPEN = frozenset({"integer", "number", "boolean", "object"})


def input_values(words: Sequence[str], specs: Sequence[InputSpec]) -> dict[str, Any]:
    """VALUE is read by the input's declared type; what does not fit stays text, for the validation to name.

    An input is also known by what is commonly asked for: `duration` is read as the `seconds` that a model has.

    A list is given as TOML, or by repeating its name. Raises UsageError for a word without `=`, and InvalidValueError
    for several values of an input that takes one.
    """
    known = {spec.name: spec for spec in specs}
    given = named_texts(words)
    return {name: _value(name, known.get(own_name(name, known)), texts) for name, texts in given.items()}


def named_texts(words: Sequence[str], example: str = "-i duration=8") -> dict[str, list[str]]:
    """`NAME=VALUE` by name, several of one name in their order. Raises UsageError for a word without `=`."""
    given: dict[str, list[str]] = {}
    for word in words:
        if "=" not in word:
            raise UsageError(f"{word!r} is not NAME=VALUE", hint=f"as in {example}")
        name, text = assignment(word)
        given.setdefault(name, []).append(text)
    return given


def _value(name: str, spec: InputSpec | None, texts: Sequence[str]) -> Any:
    if spec is None:  # of what is no input, a list says what was asked for
        return texts[0] if len(texts) == 1 else list(texts)
    if spec.type != "array":
        if len(texts) > 1:
            raise InvalidValueError(f"{name} takes one value, and was given {len(texts)}", hint="give it once")
        return _scalar(spec, texts[0])
    if len(texts) == 1 and isinstance(whole := toml_value(texts[0]), list):
        return whole
    return [_scalar(spec.items, text) for text in texts]


def _scalar(spec: InputSpec | None, text: str) -> Any:
    return toml_value(text) if spec is not None and spec.type in _OPEN else text
