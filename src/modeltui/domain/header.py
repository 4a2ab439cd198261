"""Which HTTP headers a catalogue file may not set."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN = frozenset(
    {
        "authorization",
        "cf-connecting-ip",
        "client-ip",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "true-client-ip",
        "upgrade",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-host",
        "x-real-ip",
    }
)
_FORBIDDEN_STARTS = ("proxy-", "x-forwarded", "x-original-", "x-rewrite-", "sec-")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LONGEST_AUTH_WORD: Final = 40
_VALUE = re.compile(r"[ \t!-~]*")


def is_forbidden(name: str) -> bool:
    """Whether a header decides where a request goes, who sends it or how it is framed."""
    folded = name.strip().casefold()
    return folded in _FORBIDDEN or folded.startswith(_FORBIDDEN_STARTS)


def is_auth_word(word: str) -> bool:
    """Whether it can stand before a key in `authorization`: one token, so no blank, comma, quote or end of line."""
    return len(word) <= LONGEST_AUTH_WORD and _NAME.fullmatch(word) is not None


def is_well_formed(name: str, value: str) -> bool:
    """Whether a header can be sent as it is: a token as name, printable ASCII as value."""
    return _NAME.fullmatch(name) is not None and _VALUE.fullmatch(value) is not None
