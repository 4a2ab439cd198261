"""Changed cells by how they look: a switch of colours costs more bytes than a way for the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modeltui.tui.lowband.cells import Cell, Pen
from modeltui.tui.lowband.frame import Row

_BRIDGED: Final = 4


def by_looks(rows: Sequence[Row], changed: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int, int]]:
    """Line, first and end column of pieces that are of one look each, those of the same look one after the other."""
    groups: dict[Pen, list[tuple[int, int, int]]] = {}
    bare: list[tuple[int, int, int]] = []
    for y, spans in changed.items():
        for span in spans:
            for pen, first, end in _pieces(rows[y], *span):
                (groups.setdefault(pen, []) if pen is not None else bare).append((y, first, end))
    for y, first, end in bare:
        blank = rows[y][first].pen
        fitting = [each for each in groups if each.bg == blank.bg and not each.marks_blanks]
        beside = [each for each in fitting if any(piece[0] == y and piece[1] < first for piece in groups[each])]
        groups.setdefault([*beside[-1:], *fitting, blank][0], []).append((y, first, end))
    for pen, pieces in groups.items():
        yield from _joined(rows, pen, sorted(pieces))


def _joined(rows: Sequence[Row], pen: Pen, pieces: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Pieces with few cells of the same look between them are one: that is shorter than a way around."""
    y, first, end = pieces[0]
    for piece in pieces[1:]:
        if piece[0] == y and piece[1] - end <= _BRIDGED and all(_shows(pen, c) for c in rows[y][end : piece[1]]):
            end = piece[2]
        else:
            yield y, first, end
            y, first, end = piece
    yield y, first, end


def _shows(pen: Pen, cell: Cell) -> bool:
    """Whether a pen shows a cell as it is. Only of cells that are one column wide."""
    is_bare = cell.text == " " and not cell.pen.marks_blanks and not pen.marks_blanks
    return cell.width == 1 and (cell.pen == pen or (is_bare and cell.pen.bg == pen.bg))


def _pieces(row: Row, first: int, end: int) -> Iterator[tuple[Pen | None, int, int]]:
    """Runs of one look; None for one of blanks alone, which any look shows that has their background."""
    pen: Pen | None = None
    start = first
    for x in range(first, end):
        cell = row[x]
        if cell.width <= 0:
            continue
        is_bare = cell.text == " " and not cell.pen.marks_blanks
        if is_bare:
            fits = (pen if pen is not None else row[start].pen).bg == cell.pen.bg
            fits = fits and not (pen is not None and pen.marks_blanks)
        else:
            fits = cell.pen == pen or (
                pen is None and (x == start or (row[start].pen.bg == cell.pen.bg and not cell.pen.marks_blanks))
            )
        if not fits:
            yield pen, start, x
            pen, start = None, x
        if not is_bare:
            pen = cell.pen
    yield pen, start, end
