"""Something told to the user in a line or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len

from modeltui.tui.present.line import fit, folded

Severity: TypeAlias = Literal["information", "warning", "error"]

_MOST_LINES = 2
_FRAME = 4
"""Cells of a line that a notice does not fill with text."""


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    title: str = ""
    severity: Severity = "information"
    lasts_s: float | None = None
    """Seconds; None where the console chooses."""


def toast_text(title: str, text: str, width: int) -> str:
    """What is told of a text, whatever its length, on a screen of so many cells: two lines at most."""
    parts = "; ".join(part.strip().rstrip(";") for part in text.splitlines() if part.strip())
    said = f"{title}: {parts}" if title else parts
    room = max(width - _FRAME, _FRAME)
    first, *others = folded(said, room)
    return said if len(others) < _MOST_LINES else fit(said, cell_len(first) + room)
