"""What the bytes of a file must keep to before any parser sees them, so that no file can hang or crash one."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from modeltui.domain.syntax import BASIC, COMMENT, LITERAL, MULTILINE_BASIC, MULTILINE_LITERAL
from modeltui.errors import BrokenFileError

MAX_BYTES: Final = 256 * 1024
MAX_DOTS: Final = 64
"""In one key."""
MAX_DEPTH: Final = 64
"""Of brackets within brackets; a dot of a key on the way counts as one more."""
MAX_DIGITS: Final = 1_000
"""In a number: far beyond any meaning, and within what Python turns back into text."""

_LONG_NUMBER = re.compile(rb"0[xob][0-9A-Fa-f_]{%d}" % (MAX_DIGITS + 1))
"""A long decimal number needs no scan: the parser refuses it cheaply."""
_TOKEN: Final = (
    MULTILINE_BASIC,
    MULTILINE_LITERAL,
    rb'"""[\s\S]*',
    rb"'''[\s\S]*",
    BASIC,
    LITERAL,
    rb"[\"'][^\n]*",
    COMMENT,
    rb"(?P<sign>[\[\]{}.,=\n])",
    rb"(?P<number>\b" + _LONG_NUMBER.pattern + rb")",
)


def check_limits(content: bytes) -> None:
    """Raises BrokenFileError with code `limits`. Dots and brackets in strings and comments do not count."""
    if len(content) > MAX_BYTES:
        raise too_large(len(content), MAX_BYTES)
    if (at := content.find(b"\0")) >= 0:
        raise _beyond(content, at, "a NUL byte", "is this a text file? write it anew as UTF-8")
    opened = content.count(b"[") + content.count(b"{")
    if opened > MAX_DEPTH or content.count(b".") > MAX_DOTS or _LONG_NUMBER.search(content):
        _check_tokens(content)


def too_large(size: int, limit: int) -> BrokenFileError:
    return BrokenFileError(
        f"the file has {size:,} bytes; {limit:,} is the most",
        code="too-large",
        hint="split it, or keep large texts outside the catalogue",
    )


def _check_tokens(content: bytes) -> None:
    dots = key_dots = depth = 0
    outer: list[int] = []
    for match in _token().finditer(content):
        sign = match["sign"]
        if match["number"]:
            raise _beyond(content, match.start(), f"a number of more than {MAX_DIGITS:,} digits", "shorten it")
        if sign == b".":
            dots += 1
            if dots > MAX_DOTS:
                raise _beyond(content, match.start(), f"a key with more than {MAX_DOTS} dots", "use fewer tables")
        elif sign == b"=":
            key_dots, dots = dots, 0
        elif sign in {b"[", b"{"}:
            outer.append(key_dots + 1)
            depth += key_dots + 1
            if depth > MAX_DEPTH:
                raise _beyond(content, match.start(), f"more than {MAX_DEPTH} levels of nesting", "use fewer levels")
            dots = key_dots = 0
        elif sign:
            dots = key_dots = 0
            if sign in {b"]", b"}"} and outer:
                depth -= outer.pop()


@cache
def _token() -> re.Pattern[bytes]:
    return re.compile(b"|".join(_TOKEN))


def _beyond(content: bytes, at: int, what: str, hint: str) -> BrokenFileError:
    line = content.count(b"\n", 0, at) + 1
    return BrokenFileError(what, code="limits", line=line, column=at - content.rfind(b"\n", 0, at), hint=hint)
