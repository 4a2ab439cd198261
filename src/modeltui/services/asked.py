"""What a program asks of a service, held against what can be meant before anything is worked out from it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from modeltui.domain.capability import Need
from modeltui.domain.inputs.checks import is_number
from modeltui.errors import InvalidValueError, UsageError


def asked_name(name: object) -> str:
    """Of a model. Raises InvalidValueError."""
    if not isinstance(name, str):
        raise InvalidValueError(f"a model is named by text, not by {_kind(name)}", hint="give its key, uid or model_id")
    return name


def asked_path(path: object, what: str) -> str:
    """Of a file or folder. Raises InvalidValueError naming `what`."""
    given = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if not isinstance(given, str) or "\0" in given:
        raise InvalidValueError(f"{what} is the path of a folder, not {_kind(given)}", hint="text or a pathlib.Path")
    return given


def asked_inputs(inputs: object) -> Mapping[str, Any]:
    """By name. Raises InvalidValueError."""
    if not isinstance(inputs, Mapping):
        raise InvalidValueError(f"inputs are a mapping from names to values, not {_kind(inputs)}", hint="{} is none")
    for name in inputs:
        if not isinstance(name, str):
            raise InvalidValueError(f"an input is named by text, not by {_kind(name)}", hint="JSON has no other names")
    return inputs


def asked_text(text: object, what: str) -> str:
    """Text that is not blank and that UTF-8 can say. Raises InvalidValueError naming `what`."""
    if not isinstance(text, str) or not text.strip():
        raise InvalidValueError(f"{what} must be text that is not blank", hint=f"give it as in {what}='1042'")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValueError(f"{what} holds what UTF-8 cannot say", hint="half of a surrogate pair") from None
    return text


def asked_words(query: object) -> str:
    """A query; a blank one is all models. Raises InvalidValueError."""
    if not isinstance(query, str):
        raise InvalidValueError(f"a query is text, not {_kind(query)}", hint='"type:chat cost<5", for example')
    return query


def asked_amount(amount: object, what: str) -> float | None:
    """A length or a size that is not negative; None where it is not known. Raises InvalidValueError naming `what`."""
    if amount is None:
        return None
    if not isinstance(amount, int | float) or not is_number(amount) or amount < 0:
        raise InvalidValueError(f"{what} must be a number, 0 or more", hint="leave it out where it is not known")
    return amount


def typed_amount(text: str | None, option: str) -> float | None:
    """The same, as it was typed. Raises UsageError naming `option`."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise UsageError(f"{option} takes a number that is not negative, not {text!r}")
    return number


def typed_limit(text: str | None, option: str) -> int | None:
    """How many at most, as it was typed. Raises UsageError naming `option`."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:10]) > 0):
        raise UsageError(f"{option} takes a number of at least 1, not {text!r}")
    return int(text[:10])


def typed_inputs(text: str) -> Mapping[str, Any]:
    """A JSON object, or `@` and the file that holds one. Raises UsageError."""
    from modeltui.domain.json_reading import parse_json_object  # noqa: PLC0415  # for few lines only
    from modeltui.storage.outside import read_outside  # noqa: PLC0415  # for files only

    content = read_outside(os.path.expanduser(text[1:])) if text.startswith("@") else text
    try:
        return parse_json_object(content)
    except UsageError as error:
        hint = """inputs='{"duration": 8}' has quotes around it; inputs=@FILE reads a file"""
        raise UsageError(f"the inputs are {error.message}", hint=hint) from error


def asked_texts(texts: object, what: str) -> tuple[str, ...]:
    """Several texts; one alone is a list of one. Raises InvalidValueError naming `what`."""
    listed = (texts,) if isinstance(texts, str) else tuple(texts) if isinstance(texts, list | tuple | set) else None
    if listed is None or not all(isinstance(text, str) for text in listed):
        raise InvalidValueError(f"{what} must be texts", hint=f'{what}=["audio"], for example')
    return listed


def asked_need(need: Need) -> Need:
    """Raises InvalidValueError for what no model could be asked."""
    return Need(
        inputs=asked_inputs(need.inputs),
        abilities=asked_texts(need.abilities, "needs"),
        media_seconds=asked_amount(need.media_seconds, "media_seconds"),
        file_mb=asked_amount(need.file_mb, "file_mb"),
    )


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__
