"""Whether every placeholder of a model file names something that is there when its call is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain.document import Document, FieldPath, format_field, get
from modeltui.domain.inputs import InputSpec
from modeltui.domain.placeholder import EACH, Reference, references
from modeltui.errors import InvalidValueError

MODEL_NAMES: Final = ("model_id", "uid", "name", "version", "provider")
"""What `${model.…}` may name."""

_PLACES: Final = ("method", "path", "url", "query", "headers", "body")
_CALLS: Final[tuple[FieldPath, ...]] = (("request",), ("poll",), ("result", "fetch"), ("cancel",))


def verify_placeholders(document: Document, specs: tuple[InputSpec, ...]) -> None:
    """Raise InvalidValueError naming the first field whose placeholder can never be filled in."""
    known = {spec.name: spec for spec in specs}
    saved = _saved_names(document)
    for call in _CALLS:
        for field, text, repeats in _texts_of_call(document, call):
            for reference in _references(field, text):
                problem = _problem(reference, known, saved if call != ("request",) else (), repeats=repeats)
                if problem is not None:
                    raise InvalidValueError(f"{format_field(field)}: {problem[0]}", hint=problem[1])


def _saved_names(document: Document) -> tuple[str, ...]:
    request = document.get("request")
    save = request.get("save") if isinstance(request, Mapping) else None
    return tuple(save) if isinstance(save, Mapping) else ()


def _texts_of_call(document: Document, call: FieldPath) -> Iterator[tuple[FieldPath, str, bool]]:
    table = get(document, call)
    if isinstance(table, Mapping):
        for place in _PLACES:
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
    reference: Reference, known: Mapping[str, InputSpec], saved: tuple[str, ...], *, repeats: bool
) -> tuple[str, str | None] | None:
    """What is wrong with a reference, and a hint."""
    root, name = reference[0], str(reference[1]) if len(reference) > 1 else ""
    if root == "inputs":
        return _problem_of_input(name, known)
    if root == "item":
        return None if repeats else ("item is there only inside an element with $each", None)
    allowed = {"saved": saved, "job": ("uuid",), "model": MODEL_NAMES}[str(root)]
    if name in allowed:
        return None
    return f"there is no {root}.{name} here", f"it knows {', '.join(allowed)}" if allowed else None


def _problem_of_input(name: str, known: Mapping[str, InputSpec]) -> tuple[str, str | None] | None:
    spec = known.get(name)
    if spec is None:
        return f"there is no input {name}", f"the inputs are {', '.join(known)}" if known else None
    return ("the input " + name + " is ignored, so it cannot be sent", None) if spec.ignored else None
