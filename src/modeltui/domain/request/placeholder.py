"""Typed placeholders: `${inputs.prompt}` in a template becomes the value itself, and nothing else can be named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from modeltui.domain.document import ABSENT
from modeltui.errors import InvalidValueError

Scope: TypeAlias = Mapping[str, Any]
"""What placeholders see: `inputs`, `saved`, `job`, `model`; `item` inside a repeated element, `file` in an upload."""

Template: TypeAlias = Callable[[Scope], Any]
"""A compiled template: scope -> value, or ABSENT where a placeholder found nothing."""

Reference: TypeAlias = tuple[str | int, ...]
"""One place that a placeholder names, such as `("inputs", "images", 0)`."""

ROOTS: Final = ("inputs", "saved", "job", "model", "item", "file", "steps")
EACH: Final = "$each"
"""Key of an element of a list that is repeated for each item of this placeholder."""
WHEN: Final = "$when"
"""Key of a table that is left out where this placeholder finds nothing."""

_SLASHES: Final = "+"
"""Before a name in a path: its slashes are those of the path (RFC 6570, reserved expansion)."""
_PIECE = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]{1,4})\]")
_ROOT = re.compile(r"[a-z]+")
_MOST_KEPT: Final = 4096
"""How many texts are kept compiled, of each kind: the files of a catalogue share most of theirs."""
_LONGEST_KEPT: Final = 300


def render(template: Any, scope: Scope) -> Any:
    """The template with its placeholders filled in; ABSENT where nothing is left of it. No value is expanded again."""
    return compile_template(template)(scope)


def compile_template(template: Any) -> Template:
    """Prepare a text, table or list for many renderings. Raises InvalidValueError on a placeholder that is none."""
    if isinstance(template, str):
        return _text(template) if len(template) > _LONGEST_KEPT else _text_before(template)
    if isinstance(template, Mapping):
        return _table(template)
    if isinstance(template, list | tuple):
        return _list(template)
    return lambda _scope: template


def compile_path(template: str) -> Template:
    """A URL path: each value is percent-encoded as one part, that of `${+saved.name}` part by part.

    ABSENT where a value is missing, or a part of it empty, `.` or `..`.
    """
    return _path(template) if len(template) > _LONGEST_KEPT else _path_before(template)


def _path(template: str) -> Template:
    pieces = _pieces(template, _path_part)

    def path(scope: Scope) -> Any:
        parts = []
        for piece in pieces:
            value = piece if isinstance(piece, str) else piece(scope)
            if value is ABSENT:
                return ABSENT
            parts.append(value)
        return "".join(parts)

    return path


def references(template: Any) -> Iterator[Reference]:
    """Every place that the placeholders of a template name. Raises InvalidValueError as `compile_template` does."""
    if isinstance(template, str):
        if "${" in template:
            yield from (_named if len(template) > _LONGEST_KEPT else _named_before)(template)
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from references(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from references(value)


def _named(text: str) -> tuple[Reference, ...]:
    insides = (match.group(1) for match in _PIECE.finditer(text))
    return tuple(
        reference
        for inside in insides
        if inside is not None
        for reference in _alternatives(inside.removeprefix(_SLASHES))
    )


def as_text(value: Any) -> str:
    """A value inside other text: text as it is, all else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text(template: str) -> Template:
    match = _PIECE.fullmatch(template)
    if match is not None and match.group(1) is not None:
        return _getter(match.group(1))
    pieces = _pieces(template)
    if all(isinstance(piece, str) for piece in pieces):
        constant = "".join(piece for piece in pieces if isinstance(piece, str))
        return lambda _scope: constant
    return _mixed(pieces)


def _mixed(pieces: list[str | Template]) -> Template:
    def text(scope: Scope) -> Any:
        parts = []
        for piece in pieces:
            value = piece if isinstance(piece, str) else piece(scope)
            if value is ABSENT:
                return ABSENT
            parts.append(as_text(value))
        return "".join(parts)

    return text


def _pieces(template: str, piece: Callable[[str], Template] | None = None) -> list[str | Template]:
    pieces: list[str | Template] = []
    position = 0
    for match in _PIECE.finditer(template):
        pieces.append(_literal(template[position : match.start()]))
        pieces.append("${" if match.group(1) is None else (piece or _getter)(match.group(1)))
        position = match.end()
    pieces.append(_literal(template[position:]))
    return pieces


def _literal(text: str) -> str:
    if "${" in text:
        raise InvalidValueError(
            f"{text!r} holds a placeholder that does not end",
            hint="close it with }, or write $${ for the signs themselves",
        )
    return text


def _path_part(inside: str) -> Template:
    keeps_slashes = inside.startswith(_SLASHES)
    if keeps_slashes and any(reference[0] != "saved" for reference in _alternatives(inside[1:])):
        raise InvalidValueError(
            f"${{{inside}}} keeps slashes, and only a saved value may", hint=f"write ${{{inside[1:]}}} for one part"
        )
    getter = _getter(inside.removeprefix(_SLASHES))

    def part(scope: Scope) -> Any:
        value = getter(scope)
        if value is ABSENT:
            return ABSENT
        text = as_text(value)
        parts = text.split("/") if keeps_slashes else [text]
        if any(each in ("", ".", "..") for each in parts):
            return ABSENT
        return "/".join(quote(each, safe="", errors="replace") for each in parts)

    return part


def _getter(inside: str) -> Template:
    if inside.startswith(_SLASHES):
        raise InvalidValueError(f"${{{inside}}} keeps slashes, which only a path has", hint=f"write ${{{inside[1:]}}}")
    getters = tuple(_reader(reference) for reference in _alternatives(inside))
    if len(getters) == 1:
        return getters[0]

    def first(scope: Scope) -> Any:
        for getter in getters:
            if (value := getter(scope)) is not ABSENT:
                return value
        return ABSENT

    return first


def _alternatives(inside: str) -> list[Reference]:
    return [_reference(part.strip(), inside) for part in inside.split("|")]


def _reference(text: str, inside: str) -> Reference:
    root = _ROOT.match(text)
    if root is None or root.group() not in ROOTS:
        raise InvalidValueError(
            f"${{{inside}}} is not a placeholder",
            hint="a placeholder begins with inputs, saved, job, model, item or file",
        )
    reference: list[str | int] = [root.group()]
    position = root.end()
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise InvalidValueError(
                f"${{{inside}}} is not a placeholder", hint="write names with dots: inputs.size.width"
            )
        reference.append(step.group(1) if step.group(1) is not None else int(step.group(2)))
        position = step.end()
    if len(reference) == 1 and reference[0] != "item":
        raise InvalidValueError(f"${{{inside}}} names no value", hint=f"write ${{{inside}.NAME}}")
    return tuple(reference)


def _reader(reference: Reference) -> Template:
    root, steps = str(reference[0]), reference[1:]
    if len(steps) == 1 and isinstance(steps[0], str):
        name = steps[0]
        return lambda scope: _step(scope.get(root, ABSENT), name)

    def read(scope: Scope) -> Any:
        value: Any = scope.get(root, ABSENT)
        for step in steps:
            value = _step(value, step)
        return value

    return read


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list | tuple) and step < len(value) else ABSENT
    return value.get(step, ABSENT) if isinstance(value, Mapping) else ABSENT


def _table(template: Mapping[str, Any]) -> Template:
    if WHEN in template:
        return _conditional(template)
    parts = tuple((key, compile_template(value)) for key, value in template.items())

    def table(scope: Scope) -> Any:
        filled = {}
        for key, part in parts:
            value = part(scope)
            if value is not ABSENT:
                filled[key] = value
        return filled if filled or not parts else ABSENT

    return table


def _conditional(template: Mapping[str, Any]) -> Template:
    condition = template[WHEN]
    if not isinstance(condition, str) or not any(True for _ in references(condition)):
        raise InvalidValueError(f"{WHEN} must be a placeholder", hint='write "$when" = "${inputs.NAME}"')
    is_met = compile_template(condition)
    table = _table({key: value for key, value in template.items() if key != WHEN})
    return lambda scope: ABSENT if is_met(scope) is ABSENT else table(scope)


def _list(template: list[Any] | tuple[Any, ...]) -> Template:
    parts = tuple(_element(element) for element in template)

    def items(scope: Scope) -> Any:
        filled = [value for part in parts for value in part(scope)]
        return filled if filled or not parts else ABSENT

    return items


def _element(template: Any) -> Callable[[Scope], list[Any]]:
    """One element of a list, as the values that it stands for: none, one, or one for each item."""
    if not isinstance(template, Mapping) or EACH not in template:
        single = compile_template(template)
        return lambda scope: [value] if (value := single(scope)) is not ABSENT else []
    source = compile_template(template[EACH])
    repeated = compile_template({key: value for key, value in template.items() if key != EACH})

    def each(scope: Scope) -> list[Any]:
        items = source(scope)
        values = (repeated({**scope, "item": item}) for item in items) if isinstance(items, list | tuple) else ()
        return [value for value in values if value is not ABSENT]

    return each


# A compiled text has no state, so that all files that say the same share it.
_named_before = lru_cache(_MOST_KEPT)(_named)
_text_before = lru_cache(_MOST_KEPT)(_text)
_path_before = lru_cache(_MOST_KEPT)(_path)
