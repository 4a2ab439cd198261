"""A model's inputs as a form shows and reads them."""

from __future__ import annotations

import json
from typing import Any, Final

from modeltui.domain.document import shown
from modeltui.domain.inputs import InputSpec
from modeltui.domain.text import safe

_JSON: Final = frozenset({"integer", "number", "boolean", "array", "object"})
_LONG: Final = 200


def label(spec: InputSpec) -> str:
    return safe(spec.title or spec.name.replace("_", " "))


def choices(spec: InputSpec) -> tuple[Any, ...]:
    """The values to choose from, where they are few; with None where the input may be left out."""
    values: tuple[Any, ...] = spec.enum or ()
    if spec.type == "boolean" and spec.enum is None:
        values = (True, False)
    return (None, *values) if values and not spec.required else values


def choice_text(spec: InputSpec, value: Any) -> str:
    if value is None:
        return "–" if spec.default is None else f"default ({choice_text(spec, spec.default)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(spec.labels.get(str(value), value))


def is_long(spec: InputSpec) -> bool:
    """Whether its text wants more than a line."""
    is_prompt = spec.type == "string" and (spec.name.endswith("prompt") or spec.name == "text")
    return spec.multiline or (is_prompt and (spec.max_length or _LONG) >= _LONG)


def placeholder(spec: InputSpec) -> str:
    """What may be typed, in a few words."""
    if spec.default is not None:
        return safe(f"default {shown(spec.default)}")
    if spec.is_media:
        return f"URL of {'an' if spec.type[0] in 'aeiou' else 'a'} {spec.type}"
    if spec.type == "array":
        what = "URLs" if spec.items is not None and spec.items.is_media else "values"
        return f"{what}, separated by commas"
    if spec.type == "object":
        return 'JSON, such as {"a": 1}'
    low, high = spec.minimum, spec.maximum
    return f"{'' if low is None else low} .. {'' if high is None else high}" if (low, high) != (None, None) else ""


def typed_value(spec: InputSpec, text: str) -> Any:
    """What was typed, by the type of the input; what does not fit stays text, for the validation to name.

    A list is typed with commas, or as JSON.
    """
    if spec.type == "array" and spec.items is not None and not text.lstrip().startswith("["):
        return [typed_value(spec.items, part.strip()) for part in text.split(",") if part.strip()]
    if spec.type not in _JSON:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
