"""Bars of block characters: how many of what, a distribution of costs, a calendar of last days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modeltui.domain.text import safe, some_of
from modeltui.tui.present.line import BLANK, Line, Piece, cut, fit

if TYPE_CHECKING:
    from modeltui.domain.statistics import CostBin, Costs, Month, Share, Statistics

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_LONGEST_LABEL: Final = 18
_MOST_MARKS: Final = 12
"""Marks of a month: more models than that are a number only."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart."""

    id: str
    """Stays the same when the numbers change."""
    label: str
    count: int
    active: int
    query: str
    """What shows its models in the catalogue."""
    most: int
    """The longest bar of its chart, in models."""
    label_width: int
    """Cells of the widest label of its chart."""


@dataclass(frozen=True, slots=True)
class Days:
    """A month of the calendar."""

    month: Month

    @property
    def id(self) -> str:
        return f"retires {self.month.label}"

    @property
    def query(self) -> str:
        return self.month.query


@dataclass(frozen=True, slots=True)
class Title:
    """The heading of a chart."""

    id: str
    text: str
    note: str = ""
    query: str = ""


ChartRow = Bar | Days | Title


def left_rows(found: Statistics) -> list[ChartRow]:
    """What there is: types, providers, statuses, locks."""
    return _together(
        _shares("Type", found.types),
        _shares("Provider", found.providers),
        _shares("Status", found.statuses),
        _shares("Lock", found.locks),
    )


def right_rows(found: Statistics) -> list[ChartRow]:
    """What it costs, and what goes when."""
    return _together(*(_costs(costs) for costs in found.costs), _calendar(found.retirements))


def _together(*charts: Sequence[ChartRow]) -> list[ChartRow]:
    rows: list[ChartRow] = []
    for chart in charts:
        if rows and chart:
            rows.append(Title(f"gap {len(rows)}", ""))
        rows += chart
    return rows


def _shares(title: str, shares: Sequence[Share]) -> list[ChartRow]:
    if not any(share.count for share in shares):
        return []
    return [Title(title, title, "active/all"), *_bars(title, shares)]


def _costs(costs: Costs) -> list[ChartRow]:
    title = f"Cost in {costs.currency}"
    note = f"median {costs.median:f}, most {costs.most:f}"
    return [Title(title, title, note), *_bars(title, costs.bins)]


def _bars(title: str, parts: Sequence[Share | CostBin]) -> list[Bar]:
    most = max((part.count for part in parts), default=0)
    width = max((len(part.label) for part in parts), default=0)
    return [
        Bar(f"{title} {part.label}", part.label, part.count, part.active, part.query, most, width) for part in parts
    ]


def _calendar(months: Iterable[Month]) -> list[ChartRow]:
    return [Title("Retirement", "Retirement", "last days by month"), *map(Days, months)]


def chart_line(row: ChartRow, width: int) -> Line:
    """A row of a chart in less than `width` cells: the last one is that of the scrollbar."""
    width -= 1
    match row:
        case Bar():
            return _bar_line(row, width)
        case Days():
            return _month_line(row.month, width)
        case Title(text=""):
            return BLANK
        case Title():
            note: Line = ((f"  {safe(row.note)}", "muted"),) if row.note else ()
            return cut(((f" {safe(row.text)}", "strong"), *note), width)


def _bar_line(bar: Bar, width: int) -> Line:
    """`  label  ██████░░  40/53`: full what is active, dotted the rest."""
    label = min(bar.label_width, _LONGEST_LABEL, max(width // 2, 8))
    numbers = f"{bar.active}/{bar.count}"
    room = max(width - label - 4 - _numbers_width(bar) - 2, 3)
    head: Line = (("  ", "plain"), (fit(safe(bar.label), label), "plain"), ("  ", "plain"))
    drawn = drawn_bar(bar.active, bar.count, bar.most, room)
    return cut((*head, *drawn, (f"  {numbers}", "muted" if not bar.count else "plain")), width)


def _numbers_width(bar: Bar) -> int:
    """Of the widest numbers of the chart, so that no bar pushes its numbers out."""
    return len(f"{bar.most}/{bar.most}")


def drawn_bar(active: int, count: int, most: int, width: int) -> Line:
    """A bar of `count` out of `most` models in `width` cells, of which `active` are full and the others dotted.

    Both parts end on an eighth of a cell or a whole one; whatever is not zero shows.
    """
    if count <= 0 or most <= 0:
        return ()
    cells = max(1, round(width * count / most))
    eighths = round(cells * 8 * active / count) if active < count else cells * 8
    eighths = max(eighths, 1) if active else 0
    full, part = divmod(eighths, 8)
    solid = "█" * full + (_EIGHTHS[part] if part else "")
    pieces: list[Piece] = [(solid, "accent")] if solid else []
    if (rest := cells - len(solid)) > 0:
        pieces.append(("░" * rest, "muted"))
    return tuple(pieces)


def _month_line(month: Month, width: int) -> Line:
    """`  2026-12  ▪▪▪  3  veo-2, kling-1`: a mark for each model, those that are still offered first."""
    label: Piece = (f"  {fit(month.label, 14)}  ", "plain" if month.keys else "muted")
    count = len(month.keys)
    if not count:
        return cut((label, ("·", "muted")), width)
    shown = min(count, _MOST_MARKS)
    active = min(month.active, shown)
    marks: Line = (("▪" * active, "warn"), ("▪" * (shown - active), "muted"))
    names = some_of((key.rpartition("/")[2] for key in month.keys), count, 3)
    return cut((label, *marks, (f"  {count}  ", "plain"), (safe(names), "muted")), width)
