"""A diff in lines, each in the role of what it says: unified, or both sides beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, Role, fit

SIDES_FROM: Final = 100
"""Columns that two sides need."""
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_NUMBER: Final = 4


def diff_lines(text: str) -> list[Line]:
    """Every line of a unified diff. A carriage return at the end of a line is shown."""
    return [((f" {safe(row)}", _role(row)),) for row in _rows(text)]


def _rows(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _role(row: str) -> Role:
    if row.startswith(("--- ", "+++ ", "@@", "\\")):
        return "accent" if row.startswith("@@") else "muted"
    if row.startswith("# "):
        return "bad"
    return "added" if row.startswith("+") else "removed" if row.startswith("-") else "plain"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A line of one side."""

    number: int
    text: str
    sign: str = " "


def side_lines(text: str, width: int) -> list[Line]:
    """A unified diff as old and new beside each other, in `width` cells. A long line goes on below itself."""
    room = (width - 3) // 2
    lines: list[Line] = []
    for old, new in _pairs(text):
        if isinstance(old, str):
            lines.append(((f" {safe(old)}", _role(old)),))
            continue
        left, right = _folded(old, room, "removed"), _folded(new, room, "added")
        lines += [
            (a or (" " * room, "plain"), (" │ ", "muted"), b or ("", "plain")) for a, b in zip_longest(left, right)
        ]
    return lines


def _folded(cell: _Cell | None, room: int, role: Role) -> list[tuple[str, Role]]:
    if cell is None:
        return []
    parts = _parted(safe(cell.text), room - _NUMBER - 3)
    shown: Role = "plain" if cell.sign == " " else role
    heads = [f"{cell.number:>{_NUMBER}} {cell.sign} ", *([" " * (_NUMBER + 3)] * (len(parts) - 1))]
    return [(head + fit(part, room - _NUMBER - 3), shown) for head, part in zip(heads, parts, strict=True)]


def _parted(text: str, room: int) -> list[str]:
    """`text` in pieces of at most `room` cells, every character kept."""
    parts = [""]
    width = 0
    for character in text:
        cells = cell_len(character)
        if width + cells > room:
            parts.append("")
            width = 0
        parts[-1] += character
        width += cells
    return parts


def _pairs(text: str) -> Iterator[tuple[_Cell | str | None, _Cell | None]]:
    """What stands beside each other; a line of its own as text. Before the first hunk stand the names of the files."""
    gone: list[_Cell] = []
    come: list[_Cell] = []
    old = new = 0
    for row in _rows(text):
        is_in_hunk = bool(old or new) and not row.startswith(("@@", "\\"))
        if is_in_hunk and row.startswith("-"):
            gone.append(_Cell(old, row[1:], "-"))
            old += 1
            continue
        if is_in_hunk and row.startswith("+"):
            come.append(_Cell(new, row[1:], "+"))
            new += 1
            continue
        yield from zip_longest(gone, come)
        gone, come = [], []
        if is_in_hunk:
            yield _Cell(old, row[1:]), _Cell(new, row[1:])
            old, new = old + 1, new + 1
            continue
        if (hunk := _HUNK.match(row)) is not None:
            old, new = int(hunk[1]), int(hunk[2])
        yield row, None
    yield from zip_longest(gone, come)


def line_of_field(text: str, name: str) -> int:
    """Index of the first changed line of a unified diff that sets the field, by the last part of its name; else 0."""
    wanted = re.compile(rf"""[-+]\s*(?:\[.*[.\["']|.*[.])?["']?{re.escape(name)}["']?\s*[=\].]""")
    return next((index for index, row in enumerate(_rows(text)) if wanted.match(row)), 0)
