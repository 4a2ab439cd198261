"""Whether every placeholder of a model file names something that is there when its call is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain.document import Document, FieldPath, format_field, get
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.request.placeholder import EACH, Reference, references
from modeltui.domain.request.places import PLACES, call_paths, input_of_step, saved_for
from modeltui.errors import InvalidValueError

MODEL_NAMES: Final = ("model_id", "uid", "name", "version", "provider")
"""What `${model.…}` may name."""

FILE_NAMES: Final = ("name", "media_type", "size", "data_url", "base64", "bytes")
"""What `${file.…}` may name: the file that a step of `[[before]]` uploads."""


def verify_placeholders(document: Document, specs: tuple[InputSpec, ...]) -> None:
    """Raise InvalidValueError naming the first field whose placeholder can never be filled in."""
    known = {spec.name: spec for spec in specs}
    for call in call_paths(document):
        allowed_of: dict[bool, dict[str, tuple[str, ...]]] = {}
        for field, text, repeats in _texts_of_call(document, call):
            if "${" not in text:
                continue
            if (is_use := field[-1] == "use") not in allowed_of:
                allowed_of[is_use] = _allowed(document, call, field)
            allowed = allowed_of[is_use]
            for reference in _references(field, text):
                problem = _problem(reference, known, allowed, repeats=repeats)
                if problem is not None:
                    raise InvalidValueError(f"{format_field(field)}: {problem[0]}", hint=problem[1])


def _allowed(document: Document, call: FieldPath, field: FieldPath) -> dict[str, tuple[str, ...]]:
    """The names that each root has in a field of a call."""
    return {
        "saved": saved_for(document, call, with_own=field[-1] == "use"),
        "job": ("uuid",),
        "model": MODEL_NAMES,
        "file": () if input_of_step(document, call) is None else FILE_NAMES,
    }


def _texts_of_call(document: Document, call: FieldPath) -> Iterator[tuple[FieldPath, str, bool]]:
    table = get(document, call)
    if isinstance(table, Mapping):
        for place in PLACES:
            yield from _texts(table.get(place), (*call, place), repeats=False)


def _texts(value: Any, at: FieldPath, *, repeats: bool) -> Iterator[tuple[FieldPath, str, bool]]:
    """Every text below `at`, and whether it stands in an element that is repeated for each item."""
    if isinstance(value, str):
        yield at, value, repeats
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(part, (*at, key), repeats=repeats or (EACH in value and key != EACH))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _texts(part, (*at, position), repeats=repeats)


def _references(field: FieldPath, text: str) -> list[Reference]:
    try:
        return list(references(text))
    except InvalidValueError as error:
        raise InvalidValueError(f"{format_field(field)}: {error.message}", hint=error.hint) from None


def _problem(
    reference: Reference, known: Mapping[str, InputSpec], allowed: Mapping[str, tuple[str, ...]], *, repeats: bool
) -> tuple[str, str | None] | None:
    """What is wrong with a reference, and a hint."""
    root, name = reference[0], str(reference[1]) if len(reference) > 1 else ""
    if root == "inputs":
        return _problem_of_input(name, known)
    if root == "item":
        return None if repeats else ("item is there only inside an element with $each", None)
    names = allowed.get(str(root), ())
    if name in names:
        return None
    return f"there is no {root}.{name} here", f"it knows {', '.join(names)}" if names else None


def _problem_of_input(name: str, known: Mapping[str, InputSpec]) -> tuple[str, str | None] | None:
    spec = known.get(name)
    if spec is None:
        return f"there is no input {name}", f"the inputs are {', '.join(known)}" if known else None
    return ("the input " + name + " is ignored, so it cannot be sent", None) if spec.ignored else None
