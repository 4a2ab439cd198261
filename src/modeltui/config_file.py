"""The user's `config.toml`: what a person writes to have the console their way. Nothing in it can stop the program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from modeltui.errors import BrokenFileError

if TYPE_CHECKING:
    from modeltui.domain.document import FieldPath

LARGEST: Final = 256 * 1024
"""Bytes."""


class Problem(Struct, frozen=True):
    """What in the file is not taken."""

    message: str
    line: int | None = None
    """Counts from 1."""


class ConfigFile(Struct, frozen=True):
    path: str
    is_there: bool = False
    values: Mapping[str, Any] = MappingProxyType({})
    """Of known fields, each of the right type."""
    problems: tuple[Problem, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """The problems for people, each with its place."""
        return tuple(f"{self.path}:{each.line or 1}: {each.message}" for each in self.problems)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_background(value: Any) -> bool:
    return value in ("light", "dark")


def _is_way_of_pictures(value: Any) -> bool:
    return value in ("kitty", "sixel", "blocks", "none")


KINDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "theme": (_is_text, "the name of a theme"),
    "background": (_is_background, '"light" or "dark"'),
    "color": (_is_switch, "true or false"),
    "ascii": (_is_switch, "true or false"),
    "mouse": (_is_switch, "true or false"),
    "read_only": (_is_switch, "true or false"),
    "editor": (_is_text, "a command"),
    "opener": (_is_text, "a program"),
    "cache": (_is_switch, "true or false"),
    "keyring": (_is_switch, "true or false"),
    "lowband": (_is_switch, "true or false"),
    "pictures": (_is_way_of_pictures, '"kitty", "sixel", "blocks" or "none"'),
    "columns": (_are_texts, "a list of columns"),
    "sort": (_is_text, "an order, such as a,-b"),
    "reasons": (_are_texts, "a list of texts"),
}
"""What a field may hold, and that in words. `keys` is a table of its own."""


def read_config(path: str) -> ConfigFile:
    """The file at `path`; what of it cannot be taken is a problem, and the rest holds."""
    try:
        content = _content(path)
        return ConfigFile(path) if content is None else _read(path, content)
    except BrokenFileError as error:
        return ConfigFile(path, is_there=True, problems=(Problem(f"{error.message}; the file is ignored", error.line),))


def _read(path: str, content: bytes) -> ConfigFile:
    """Raises BrokenFileError."""
    from modeltui.storage.toml.codec import parse  # noqa: PLC0415  # most users have no such file
    from modeltui.storage.toml.locate import Lines  # noqa: PLC0415

    document, lines = parse(content), Lines(content)
    found = list(_faults(document))
    bad = {at for at, _ in found}
    values = {name: value for name, value in document.items() if name in KINDS and (name,) not in bad}
    keys = document.get("keys")
    if isinstance(keys, Mapping):
        values["keys"] = {name: keys_of(value) for name, value in keys.items() if ("keys", name) not in bad}
    problems = tuple(Problem(message, lines.line_of(at)) for at, message in found)
    return ConfigFile(path, is_there=True, values=values, problems=problems)


def keys_of(value: Any) -> tuple[str, ...]:
    """`"ctrl+a"` or `["a", "g a"]`, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def _content(path: str) -> bytes | None:
    """None where there is no such file. Raises BrokenFileError."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            content = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BrokenFileError(f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(content) > LARGEST:
        raise BrokenFileError("is too large")
    return content


def _faults(document: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str]]:
    from modeltui.domain.document import format_field  # noqa: PLC0415  # as above

    for name, value in document.items():
        if name == "keys":
            yield from _key_faults(value)
        elif name not in KINDS:
            yield (name,), f"`{format_field((name,))}` is no field, and ignored"
        elif not KINDS[name][0](value):
            yield (name,), f"`{name}` = {str(value)[:40]!r} is ignored: it takes {KINDS[name][1]}"


def _key_faults(keys: Any) -> Iterator[tuple[FieldPath, str]]:
    if not isinstance(keys, Mapping):
        yield ("keys",), '`keys` is ignored: it takes a table such as "apply.open" = "ctrl+a"'
        return
    from modeltui.domain.document import format_field  # noqa: PLC0415  # as above

    for name, value in keys.items():
        if not (_is_text(value) or (_are_texts(value) and value)):
            yield ("keys", name), f"`{format_field(('keys', name))}` is ignored: it takes a key or a list of keys"
