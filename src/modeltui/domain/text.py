"""The one function that makes text from data safe to show, and those that keep names short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_LINE = 1000
"""Characters of one line of text for people; a longer one is shown by its two ends."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\0": "\\0"}


def safe(text: object, *, keep: str = "") -> str:
    """`text` with every control, format, surrogate, private and unassigned character as a visible escape.

    Characters in `keep` (such as a line feed where lines are wanted) stay as they are.
    """
    value = str(text)
    if value.isascii() and value.isprintable():
        return value
    return "".join(_visible(character, keep) for character in value)


def some_of(names: Iterable[str], count: int, most: int = 5) -> str:
    """The first of `count` names and how many more there are: `a, b, c, d, e and 7 more`. Reads no further."""
    shown = ", ".join(islice(names, most))
    return f"{shown} and {count - most} more" if count > most else shown


def cut(text: str, most: int = 240) -> str:
    """`text`, or its two ends where it has more than `most` characters: `models/a/a…a/a/name.toml`."""
    if len(text) <= most:
        return text
    end = most // 2
    return f"{text[: most - end - 1]}…{text[-end:]}"


def without_secrets(place: str) -> str:
    """A URL without user, password, query and fragment, any of which may hold a key; what is no URL as it is.

    A password with a sign that ends a host in it makes a URL of which nobody knows where it ends: nothing is left then.
    """
    scheme, sign, rest = place.partition("://")
    if not sign:
        return place
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    if ":" in authority and "@" in rest and "@" not in authority and not authority.rpartition(":")[2].isdecimal():
        return f"{scheme}://***"
    host, slash, path = re.split("[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _visible(character: str, keep: str) -> str:
    if character in keep or unicodedata.category(character) not in _UNSAFE_CATEGORIES:
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
