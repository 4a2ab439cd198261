"""Where the output may be changed: on the version of Textual whose private parts it knows."""

from __future__ import annotations

from typing import Final

from textual import __version__

TEXTUAL: Final = "8.2.8"


def is_known_textual(version: str = __version__) -> bool:
    return version == TEXTUAL
