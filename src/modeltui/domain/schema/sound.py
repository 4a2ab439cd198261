"""What was found sound before: the files of a catalogue have much in common, which is then checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from modeltui.domain.document import Document
from modeltui.domain.value_bytes import bytes_of

_OPENED: Final = "inputs"
"""The table whose members are looked at one by one."""


class Sound:
    """Things without fault, by bytes that say all of them. In them there is no fault the next time either."""

    def __init__(self, most: int) -> None:
        """`most`: about how many are kept; then it begins anew, so that memory has a bound."""
        self._known: set[bytes] = set()
        self._most = most

    def __contains__(self, content: bytes | None) -> bool:
        return content in self._known

    def add(self, contents: Iterable[bytes]) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known.update(contents)


def doubtful(document: Document, sound: Sound) -> tuple[Document, dict[str, list[bytes]]]:
    """A document without the tables, lists and inputs that are known; and the bytes of what is left, by its field.

    Only for a shape that checks each field of its top, and each input, by itself.
    """
    left: dict[str, Any] = {}
    parts: dict[str, list[bytes]] = {}
    for name, value in document.items():
        if name == _OPENED and isinstance(value, Mapping):
            members = {key: member for key, member in value.items() if _is_new(name, (key, member), sound, parts)}
            if members:
                left[name] = members
        elif not isinstance(value, dict | list) or _is_new(name, value, sound, parts):
            left[name] = value
    return left, parts


def _is_new(name: str, value: Any, sound: Sound, parts: dict[str, list[bytes]]) -> bool:
    content = bytes_of((name, value))
    if content in sound:
        return False
    if content is not None:
        parts.setdefault(name, []).append(content)
    return True
