"""The text of a TOML file in lines, lightly coloured. It never parses: a broken file shows as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modeltui.domain.text import safe

if TYPE_CHECKING:
    from modeltui.tui.present.line import Line, Piece

_KEY = re.compile(r"""(\s*(?:[\w.\-]|"[^"]*"|'[^']*')+\s*)(=)(.*)""", re.DOTALL)


def numbered(source: str) -> list[Line]:
    """Every line of a file with its number."""
    rows = source.split("\n")
    if rows and not rows[-1]:
        rows.pop()
    width = len(str(len(rows)))
    return [((f" {number:>{width}}  ", "muted"), *toml_line(row)) for number, row in enumerate(rows, 1)]


def toml_line(row: str) -> Line:
    stripped = row.lstrip()
    if stripped.startswith("#"):
        return ((safe(row), "muted"),)
    if stripped.startswith("["):
        return ((safe(row), "accent"),)
    match = _KEY.fullmatch(row)
    if match is None:
        return ((safe(row), "plain"),)
    name, equals, value = match.groups()
    pieces: tuple[Piece, ...] = ((safe(name), "muted"), (equals, "muted"), (safe(value), "plain"))
    return pieces
