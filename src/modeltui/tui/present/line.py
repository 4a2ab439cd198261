"""A line of text in pieces, each with a role that the theme gives a style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias, get_args

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from modeltui.domain.text import safe

Role: TypeAlias = Literal["plain", "muted", "strong", "accent", "good", "warn", "bad", "added", "removed", "chosen"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)

Piece: TypeAlias = tuple[str, Role]

Line: TypeAlias = tuple[Piece, ...]

BLANK: Final[Line] = ()


def line(text: object, role: Role = "plain") -> Line:
    """Text from data as a line of one piece."""
    return ((safe(text), role),)


def content(lines: Iterable[Line]) -> Content:
    """Lines as something that a widget shows. No markup is read."""
    return Content("\n").join([_joined(each) for each in lines])


def _joined(pieces: Line) -> Content:
    return Content.assemble(*(text if role == "plain" else (text, f"$role-{role}") for text, role in pieces))


def plain(pieces: Line) -> str:
    return "".join(text for text, _ in pieces)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    blank = " " * (width - length)
    return blank + text if right else text + blank


def folded(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, parted at blanks where that can be."""
    lines: list[str] = []
    while text and cell_len(text) > width:
        count = _fitting(text, width)
        at = count if text[count : count + 1] == " " else text.rfind(" ", 1, count)
        at = at if at > 0 else count
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text] if text or not lines else lines


def wrapped(lines: Iterable[Line], width: int) -> list[Line]:
    """Lines of one piece each, folded where they are longer than `width` cells."""
    return [
        ((part, role),) for line in lines for text, role in (line or (("", "plain"),)) for part in folded(text, width)
    ]


def _fitting(text: str, width: int) -> int:
    """How many characters at the start of a longer text fit; one at least."""
    room = width
    for index, character in enumerate(text):
        room -= cell_len(character)
        if room < 0:
            return max(index, 1)
    return len(text) - 1


def width_of(pieces: Line) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def spread(left: Line, right: Line, width: int) -> Line:
    """`left` and `right` at the two ends of `width` cells; `right` goes first where there is no room."""
    gap = width - width_of(left) - width_of(right)
    if gap >= 1:
        return (*left, (" " * gap, "plain"), *right)
    return cut(left, width)


def cut(pieces: Line, width: int) -> Line:
    """The pieces that fit into `width` cells, the last one shortened."""
    kept: list[Piece] = []
    room = width
    for text, role in pieces:
        length = cell_len(text)
        if length > room:
            if room > 0:
                kept.append((fit(text, room), role))
            break
        kept.append((text, role))
        room -= length
    return tuple(kept)


def separated(parts: Sequence[Line], between: str) -> Line:
    """Lines in a row with `between` in the role of secondary text."""
    joined: list[Piece] = []
    for index, part in enumerate(parts):
        if index:
            joined.append((between, "muted"))
        joined.extend(part)
    return tuple(joined)
