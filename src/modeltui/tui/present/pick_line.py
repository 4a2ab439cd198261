"""What is asked of the models, typed into one line: `duration=8 resolution=1080p by=cost needs=audio`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.capability import Need, own_name
from modeltui.domain.pick import ORDERS
from modeltui.errors import InvalidValueError, UsageError
from modeltui.services.asked import typed_amount, typed_inputs, typed_limit
from modeltui.services.running.pick import Asked, ReadInputs, asked_order
from modeltui.tui.present.inputs import Unreadable, typed_value

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec

_OPTIONS: Final = ("by", "needs", "limit", "inputs", "media-seconds", "file-mb")
_COMPLETE: Final = "complete"
_INPUT: Final = ("-i", "--input")


def asked_of(text: str) -> Asked:
    """Words as the command line takes them, also with its `-i` and `--`. Raises UsageError.

    After `-i` a name is always that of an input, for one that is called as an option is.
    """
    inputs: list[tuple[str, str]] = []
    options: dict[str, str] = {}
    needs: list[str] = []
    for name, value, is_option in _pairs(_words(text)):
        if not is_option:
            inputs.append((name, value))
        elif name == "needs":
            needs += [each for part in value.split(",") if (each := part.strip())]
        else:
            options[name] = value
    return Asked(
        need=Need(
            abilities=needs,
            media_seconds=typed_amount(options.get("media-seconds"), "media-seconds"),
            file_mb=typed_amount(options.get("file-mb"), "file-mb"),
        ),
        read=_reader(inputs, options.get("inputs")),
        files=None,
        by=asked_order(options.get("by", ORDERS[0])),
        limit=typed_limit(options.get("limit"), "limit"),
        is_whole=_COMPLETE in options,
    )


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError("a quote is not closed", hint='prompt="don\'t" has quotes around the value') from error


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Name, value, and whether it is an option and no input."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        bare = name.removeprefix("--")
        if word in _INPUT:
            yield *_input(next(rest, "")), False
        elif word.removeprefix("--") == _COMPLETE:
            yield _COMPLETE, "", True
        elif bare in _OPTIONS and (equals or name != bare):
            yield bare, value if equals else next(rest, ""), True
        elif name != bare:
            known = ", ".join((*_OPTIONS, _COMPLETE))
            raise UsageError(f"there is no option {name}", hint=f"known are {known}")
        else:
            yield *_input(word), False


def _input(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{word!r} is not NAME=VALUE", hint="as in duration=8; the query stands in the line below")
    return name.strip(), value


def _reader(inputs: Sequence[tuple[str, str]], document: str | None) -> ReadInputs:
    """document: inputs as JSON, or a file that holds it; read with the first model, and below those of the line."""
    given: dict[str, list[str]] = {}
    for name, text in inputs:
        given.setdefault(name, []).append(text)

    @cache
    def whole() -> Mapping[str, Any]:
        return {} if document is None else typed_inputs(document)

    def read(specs: Sequence[InputSpec]) -> Mapping[str, Any]:
        known = {spec.name: spec for spec in specs}
        typed = {name: _value(name, known.get(own_name(name, known)), texts) for name, texts in given.items()}
        return {**whole(), **typed}

    return read


def _value(name: str, spec: InputSpec | None, texts: Sequence[str]) -> Any:
    """As the form of a run reads it; a list also by repeating its name. Raises InvalidValueError."""
    if spec is None:
        return texts[0] if len(texts) == 1 else list(texts)
    if len(texts) > 1 and spec.type != "array":
        raise InvalidValueError(f"{name} takes one value, and was given {len(texts)}", hint="give it once")
    if len(texts) > 1:
        return [text if spec.items is None else _value(name, spec.items, [text]) for text in texts]
    value = typed_value(spec, texts[0])
    if isinstance(value, Unreadable):
        raise InvalidValueError(f"{name} is {value.problem}")
    return value
