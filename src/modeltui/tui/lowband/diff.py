"""The difference between what the terminal shows and what it shall show, in few bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import compress, groupby
from operator import attrgetter, is_not
from typing import Final, TypeAlias

from modeltui.tui.lowband.cells import CONTINUED, HOLE, UNKNOWN, Cell, Pen, Trust
from modeltui.tui.lowband.frame import Frame, Row
from modeltui.tui.lowband.looks import by_looks
from modeltui.tui.lowband.sgr import transition
from modeltui.tui.lowband.shadow import Shadow
from modeltui.tui.lowband.shifts import Shift, best_shift
from modeltui.tui.lowband.stream import SHORTEST_REP, Stream, move
from modeltui.tui.lowband.traits import Traits

Span: TypeAlias = tuple[int, int]

_WIDEST_GAP: Final = 12
"""Cells between two changed ones that may be cheaper to write again than to go around."""
_ERASE_AT_END: Final = 5
_ERASE_INSIDE: Final = 10
"""Blanks from which erasing, and then a way for the cursor, is shorter than writing them."""
_TAIL: Final = 3
_ERASED_FIRST: Final = 24
"""Cells from which it is tried to blank them all before their text is written."""
_SHORTEST_ERASE: Final = 3

_width_of: Callable[[Cell], int] = attrgetter("width")
_trust_of: Callable[[Cell], Trust] = attrgetter("trust")


class BrokenFrameError(Exception):
    """A line of cells does not add up, so nothing that is derived from it can be trusted."""


def difference(frame: Frame, shadow: Shadow, traits: Traits, cursor: tuple[int, int], *, is_narrow: bool) -> str:
    """What takes the terminal from the shadow to the frame, with its cursor at last there. The shadow follows."""
    stream = Stream(frame.width, traits, at=shadow.at, pen=shadow.pen, is_narrow=is_narrow)
    if not shadow.is_known:
        _clear(stream, frame, shadow)
    elif not frame.has_holes and (shift := best_shift(frame.rows, shadow.rows)) is not None:
        _scroll(stream, shift, traits)
        shadow.shift(*shift)
    changed: dict[int, list[Span]] = {}
    for y, (new, old) in enumerate(zip(frame.rows, shadow.rows, strict=True)):
        if new != old:
            _check(new, frame.width, may_have_holes=frame.has_holes)
            changed[y] = changed_spans(new, old)
            shadow.rows[y] = [UNKNOWN if cell is HOLE else cell for cell in new] if frame.has_holes else new.copy()
    _paint_all(stream, frame.rows, changed)
    for y, x in sorted(frame.unsent):
        stream.go(y, x)
        stream.raw(frame.raw[y, x])
    frame.unsent.clear()
    stream.go(*cursor)
    shadow.at, shadow.pen = stream.at, stream.pen
    return stream.text


def _check(row: Row, width: int, *, may_have_holes: bool) -> None:
    if may_have_holes:
        total = sum(abs(cell.width) if cell is not HOLE else 1 for cell in row)
    else:
        total = sum(map(_width_of, row))
    if len(row) != width or total != width:
        raise BrokenFrameError


def _is_unsure(row: Row) -> bool:
    return Trust.UNSURE in map(_trust_of, row)


def _clear(stream: Stream, frame: Frame, shadow: Shadow) -> None:
    """Where nothing is known, most of the screen is made what most of the frame is."""
    blanks = Counter(cell for row in frame.rows for cell in row if cell.text == " ")
    for blank, _ in blanks.most_common(1):
        if stream.may_erase(blank.pen):
            stream.ink(blank.pen)
            stream.say("\x1b[2J")
            shadow.fill(blank)


def _scroll(stream: Stream, shift: Shift, traits: Traits) -> None:
    top, bottom, lines = shift
    count = str(abs(lines)) if abs(lines) > 1 else ""
    stream.raw_move(f"\x1b[{top + 1};{bottom + 1}r")
    if traits.scrolls:
        stream.say(f"\x1b[{count}{'S' if lines > 0 else 'T'}")
    else:
        stream.go(top, 0)
        stream.say(f"\x1b[{count}{'M' if lines > 0 else 'L'}")
    stream.raw_move("\x1b[r")


def changed_spans(new: Row, old: Row) -> list[Span]:
    """First and last columns of what differs, whole cells each. A line of unsure widths is written as a whole."""
    if _is_unsure(new) or _is_unsure(old):
        return _spans(new, [x for x, cell in enumerate(new) if cell is not HOLE])
    others = compress(range(len(new)), map(is_not, new, old))
    return _spans(new, [x for x in others if new[x] != old[x] and new[x] is not HOLE])


def _spans(row: Row, columns: Sequence[int]) -> list[Span]:
    """Spans of whole cells that hold these columns."""
    spans: list[Span] = []
    start = end = -1
    for x in columns:
        first, last = x, x + 1
        if row[x].width != 1:
            while first > 0 and row[first] is CONTINUED:
                first -= 1
            last = max(last, first + row[first].width)
        if first <= end and start >= 0:
            end = max(end, last)
        else:
            if start >= 0:
                spans.append((start, end))
            start, end = first, last
    return [*spans, (start, end)] if start >= 0 else spans


def _paint_all(stream: Stream, rows: Sequence[Row], changed: Mapping[int, Sequence[Span]]) -> None:
    """The shorter of two orders: line by line, or all of one look before the next one."""
    by_line, by_pen = stream.branch(), stream.branch()
    for y, spans in changed.items():
        _paint(by_line, y, rows[y], spans)
    sure = {}
    for y, spans in changed.items():
        row = rows[y]
        is_whole = _is_unsure(row)
        shaky = [each for each in spans if is_whole or any(cell.trust > stream.trusted for cell in row[slice(*each)])]
        _paint(by_pen, y, row, shaky)
        sure[y] = _with_one_end([each for each in spans if each not in shaky], _tail(stream, row), len(row))
    for y, first, end in by_looks(rows, sure):
        _paint_spans(by_pen, y, rows[y], [(first, end)])
    stream.join(min(by_line, by_pen, key=lambda each: len(each.text)))


def _with_one_end(spans: Sequence[Span], tail: int, width: int) -> list[Span]:
    """Where blanks at the end of a line changed, all of them from the first one on are one span."""
    inside = [(first, min(end, tail)) for first, end in spans if first < tail]
    ends = [max(first, tail) for first, end in spans if end > tail]
    if ends and inside and inside[-1][1] == ends[0]:
        return [*inside[:-1], (inside[-1][0], width)]
    return [*inside, (ends[0], width)] if ends else inside


def _paint(stream: Stream, y: int, row: Row, spans: Sequence[Span]) -> None:
    """The shorter of two ways: only the spans, or blanks over all of them first and then what is not blank."""
    if not spans:
        return
    if _is_unsure(row):
        _paint_as_one(stream, y, row, spans)
        return
    plain = stream.branch()
    _paint_spans(plain, y, row, spans)
    first, end = spans[0][0], spans[-1][1]
    if end - first < _ERASED_FIRST or len(plain.text) <= _least_over(row, first, end):
        stream.join(plain)
        return
    over = stream.branch()
    stream.join(min(plain, over, key=lambda each: len(each.text)) if _paint_over(over, y, row, (first, end)) else plain)


def _paint_as_one(stream: Stream, y: int, row: Row, spans: Sequence[Span]) -> None:
    """Text of unsure widths, one after the other as Textual writes it: a cursor placed between would cut what is wider
    on the terminal. What is narrower there leaves cells over at the end, so the line is cleared first."""
    tail = _tail(stream, row)
    for first, end in spans:
        stream.go(y, first)
        if end == len(row):
            stream.clear(row[-1].pen)
        for cell, same in groupby(row[first : min(end, tail)]):
            stream.put_on(cell, len(list(same)))
        stream.lost()


def _least_over(row: Row, first: int, end: int) -> int:
    """So many characters are written at the least where all is blanked first: repeated ones count once."""
    texts = [cell.text for cell in row[first:end]]
    return _SHORTEST_ERASE + sum(a != b and a not in {"", " "} for a, b in zip(texts, ["", *texts], strict=False))


def _paint_over(stream: Stream, y: int, row: Row, whole: Span) -> bool:
    """False where that cannot be done."""
    first, end = whole
    blanks = {id(cell): cell for cell in row[first:end] if cell.text == " "}
    if not blanks or HOLE in row[first:end]:
        return False
    blank = blanks[Counter(each for each in map(id, row[first:end]) if each in blanks).most_common(1)[0][0]]
    if not stream.may_erase(blank.pen):
        return False
    spans = _spans(row, [x for x in range(first, end) if row[x] is not blank and row[x] != blank])
    stream.go(y, first)
    stream.erase(blank.pen, end - first if end < len(row) else None, row[spans[0][0]].pen if spans else None)
    if spans:
        _paint_spans(stream, y, row, spans)
    return True


def _paint_spans(stream: Stream, y: int, row: Row, spans: Sequence[Span]) -> None:
    tail = _tail(stream, row)
    end = -1
    for first, last in spans:
        if end >= 0 and _is_cheap(stream, y, row, end, first):
            _write(stream, y, row, end, first)
        end = last
        _write(stream, y, row, first, min(last, tail))
        if last > tail:
            start = max(first, tail)
            if len(row) - start > _TAIL:
                stream.go(y, start)
                stream.erase(row[start].pen, None)
                return
            _write(stream, y, row, start, last)


def _tail(stream: Stream, row: Row) -> int:
    """Where the blanks begin in which a line ends, if they may be erased."""
    blank, at = row[-1], len(row)
    if blank.text != " " or not stream.may_erase(blank.pen):
        return at
    while at > 0 and row[at - 1] == blank:
        at -= 1
    return at


def _is_cheap(stream: Stream, y: int, row: Row, first: int, end: int) -> bool:
    """Whether cells that did not change are shorter than the way around them."""
    if end - first > _WIDEST_GAP or stream.at != (y, first) or stream.pen is None:
        return False
    pen, cost = stream.pen, 0
    for cell in row[first:end]:
        if cell is HOLE or cell.trust is not Trust.SURE:
            return False
        if cell.text != " " or cell.pen.bg != pen.bg or cell.pen.marks_blanks or pen.marks_blanks:
            cost += len(transition(pen, cell.pen))
            pen = cell.pen
        cost += len(cell.text.encode())
    return cost + len(transition(pen, row[end].pen)) <= len(move((y, first), y, end)) + len(
        transition(stream.pen, row[end].pen)
    )


def _write(stream: Stream, y: int, row: Row, first: int, end: int) -> None:
    """The cells from `first` on, before `end`."""
    x = first
    before: Cell | None = None
    while x < end:
        cell = row[x]
        if count := _plain(row, x, end):
            stream.go(y, x)
            stream.write(cell.pen, "".join([each.text for each in row[x : x + count]]))
            before = cell
            x += count
            continue
        count = 1
        while x + count < end and row[x + count] == cell and cell.width == 1:
            count += 1
        if cell.text == " " and stream.may_erase(cell.pen) and count > (_ERASE_AT_END, _ERASE_INSIDE)[x + count < end]:
            stream.go(y, x)
            stream.erase(cell.pen, count, _next_pen(row, x + count))
        else:
            if not _goes_on(before, cell):
                stream.go(y, x)
            then = _next_pen(row, x + count) if cell.text == " " else None
            stream.repeat(cell, count, then) if count > 1 else stream.put(cell, then)
        before = cell
        x += max(1, cell.width) * count


def _plain(row: Row, first: int, end: int) -> int:
    """How many cells from `first` on are text in one pen that is written as it stands.

    No blanks but single ones between words, and nothing that is repeated often.
    """
    pen = row[first].pen
    before, same, x = "", 0, first
    while x < end:
        text, its, width, trust, _ = row[x]
        if trust is not Trust.SURE or width != 1:
            break
        if text == " ":
            if x + 1 >= end or before in {"", " "} or row[x + 1].pen is not pen or row[x + 1].text == " ":
                break
            if its is not pen and (its.bg != pen.bg or pen.marks_blanks or its.marks_blanks):
                break
        elif its is not pen:
            break
        same = same + 1 if text == before else 0
        if same == SHORTEST_REP:
            x -= same
            break
        before = text
        x += 1
    return x - first - (before == " ")


def _next_pen(row: Row, x: int) -> Pen | None:
    """Of the next text in a line, whose colours may be set together with the background."""
    return next((cell.pen for cell in row[x:] if cell.text != " " and cell.width > 0), None)


def _goes_on(before: Cell | None, cell: Cell) -> bool:
    """Whether ambiguous text follows on its like: wide or narrow, it is all of one piece."""
    return before is not None and before.trust is Trust.AMBIGUOUS and cell.trust is Trust.AMBIGUOUS
