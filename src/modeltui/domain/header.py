"""Which HTTP headers a catalogue file may not set."""

from __future__ import annotations

import re

_FORBIDDEN = frozenset(
    {
        "authorization",
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
        "upgrade",
        "via",
        "x-real-ip",
    }
)
_FORBIDDEN_STARTS = ("proxy-", "x-forwarded-", "sec-")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[ \t!-~]*")


def is_forbidden(name: str) -> bool:
    """Whether a header decides where a request goes, who sends it or how it is framed."""
    folded = name.strip().casefold()
    return folded in _FORBIDDEN or folded.startswith(_FORBIDDEN_STARTS)


def is_well_formed(name: str, value: str) -> bool:
    """Whether a header can be sent as it is: a token as name, printable ASCII as value."""
    return _NAME.fullmatch(name) is not None and _VALUE.fullmatch(value) is not None
