"""A model's inputs as a form shows and reads them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.document import shown
from modeltui.domain.text import safe

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec
    from modeltui.tui.present.line import Line, Role

_JSON: Final = frozenset({"integer", "number", "boolean", "array", "object"})
_LONG: Final = 200
_STRUCTURED: Final = frozenset({"array", "object"})
_MOST_CHOICES: Final = 60
"""Characters of the choices that are named in the line about an input."""
_LARGE: Final = 10**15


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was typed, and why it is no value."""

    text: str
    problem: str


def label(spec: InputSpec) -> str:
    return safe(spec.title or spec.name.replace("_", " "))


def choices(spec: InputSpec) -> tuple[Any, ...]:
    """The values to choose from, where they are few; with None where the input may be left out."""
    values: tuple[Any, ...] = spec.enum or ()
    return (None, *values) if values and not spec.required else values


def is_switch(spec: InputSpec) -> bool:
    return spec.type == "boolean" and spec.enum is None


def choice_text(spec: InputSpec, value: Any) -> str:
    if value is None:
        return "–" if spec.default is None else f"default ({choice_text(spec, spec.default)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(spec.labels.get(str(value), value))


def is_long(spec: InputSpec) -> bool:
    """Whether its text wants more than a line."""
    if spec.type in _STRUCTURED:
        return spec.type == "object" or (spec.items is not None and spec.items.type in _STRUCTURED)
    is_prompt = spec.type == "string" and (spec.name.endswith("prompt") or spec.name == "text")
    return spec.multiline or (is_prompt and (spec.max_length or _LONG) >= _LONG)


def is_prompt(spec: InputSpec) -> bool:
    """Whether what was typed here is worth recalling for another model."""
    return spec.type == "string" and spec.name in {"prompt", "text", "message"}


def media_kind(spec: InputSpec) -> str | None:
    """image, audio or video, of what takes one, or a list of them; None for what takes no media."""
    if spec.is_media:
        return spec.type
    return spec.items.type if spec.type == "array" and spec.items is not None and spec.items.is_media else None


def placeholder(spec: InputSpec) -> str:
    """What may be typed, in a few words."""
    if spec.default is not None:
        return safe(f"default {shown(spec.default)}")
    if spec.is_media:
        return f"URL or file of {'an' if spec.type[0] in 'aeiou' else 'a'} {spec.type}; f3 chooses one"
    if spec.type == "array":
        return "URLs or files, separated by commas" if media_kind(spec) else "values, separated by commas"
    return 'JSON or TOML, such as {"a": 1}' if spec.type == "object" else ""


def bounds(spec: InputSpec) -> str:
    """`1–4`, `step 2`, `at most 3`: what a value is held to, as short as can be."""
    parts = [_range(spec.minimum, spec.maximum)]
    if (step := spec.multiple_of or spec.step) is not None and step != 1:
        parts.append(f"step {step:g}")
    if spec.snap is not None:
        parts.append(f"to the nearest {spec.snap}")
    if (items := _range(spec.min_items, spec.max_items)) or spec.type == "array":
        parts.append(f"{items} of them".strip() if items else "")
    if spec.max_seconds is not None:
        parts.append(f"≤ {spec.max_seconds:g} s")
    if spec.max_mb is not None:
        parts.append(f"≤ {spec.max_mb:g} MB")
    return ", ".join(filter(None, parts))


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {_number(high)}"
    return f"≥ {_number(low)}" if high is None else f"{_number(low)}–{_number(high)}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if abs(value) < _LARGE else f"{value:.3g}"


def length_note(spec: InputSpec, text: str) -> tuple[str, Role]:
    """`12 of 2,000` for a text whose length is limited."""
    if spec.type != "string" or spec.enum:
        return "", "muted"
    count = len(text)
    if spec.max_length is not None:
        return f"{count:,} of {spec.max_length:,}", "bad" if count > spec.max_length else "muted"
    if spec.min_length:
        return f"{count:,}, at least {spec.min_length:,}", "muted"
    return "", "muted"


def about_line(spec: InputSpec) -> Line:
    """The line about the input that has the focus: its bounds, its default, its choices, its help."""
    parts = [bounds(spec)]
    if spec.default is not None and not spec.enum:
        parts.append(f"default {shown(spec.default)}")
    if spec.enum and len(named := " ".join(str(each) for each in spec.enum)) <= _MOST_CHOICES:
        parts.append(named)
    if spec.max_length is not None and not spec.enum:
        parts.append(f"at most {spec.max_length:,} characters")
    if media_kind(spec):
        parts.append("f3 chooses a file")
    parts.append(spec.help)
    said = " · ".join(filter(None, parts))
    return ((f" {label(spec)}", "accent"), (f"  {safe(said)}" if said else "", "muted"))


def typed_value(spec: InputSpec, text: str) -> Any:
    """What was typed, by the type of the input; what does not fit stays text, for the validation to name.

    A list is typed with commas, or as JSON or TOML; an object as JSON or TOML. Unreadable where it is neither.
    """
    is_plain_list = spec.type == "array" and spec.items is not None and spec.items.type not in _STRUCTURED
    if is_plain_list and spec.items is not None and not text.lstrip().startswith("["):
        return [typed_value(spec.items, part.strip()) for part in text.split(",") if part.strip()]
    if spec.type in _STRUCTURED:
        return structured(text)
    if spec.type not in _JSON:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def structured(text: str) -> Any:
    """A list or an object, from JSON or from TOML (a value, or lines of `name = value`)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = f"neither JSON ({error.msg}, line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
    is_value = text.lstrip().startswith(("[", "{"))
    try:
        found = tomllib.loads(f"value = {text}\n" if is_value else text)
        return found["value"] if is_value else found
    except (tomllib.TOMLDecodeError, RecursionError, KeyError) as error:
        return Unreadable(text, f"{problem or 'neither JSON'} nor TOML ({error})")


def draft_of(spec: InputSpec, value: Any) -> Any:
    """What a form would hold for a value: the value itself for a choice, else the text that gives it."""
    if value is None or spec.enum or is_switch(spec):
        return value
    if isinstance(value, str) and spec.type not in _STRUCTURED:
        return value
    if (
        media_kind(spec)
        and isinstance(value, list)
        and all(isinstance(each, str) and "," not in each for each in value)
    ):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def drafts_of(specs: Iterable[InputSpec], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Of those inputs that this model has too."""
    return {spec.name: draft_of(spec, inputs[spec.name]) for spec in specs if spec.name in inputs}
