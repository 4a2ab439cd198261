"""Models that take some inputs, a line each, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from modeltui.domain.inputs.checks import written
from modeltui.domain.money import CREDITS, USD, amount_text
from modeltui.domain.pick import Group, Pick, PickOrder, Picks, grouped
from modeltui.domain.pick_text import price_text, takes_text, time_text
from modeltui.domain.run_values import seconds_text
from modeltui.domain.text import cut as shortened
from modeltui.domain.text import safe, some_of
from modeltui.tui.present.line import BLANK, Line, Piece, cut, fit, line

if TYPE_CHECKING:
    from modeltui.domain.pricing.report import CostReport

_FIRST: Final[dict[PickOrder, str]] = {
    "cost": "the cheapest first",
    "time": "the fastest first",
    "success": "the surest first",
    "name": "by name",
}
_NUMBERS: Final = (("USD", 10), ("Credits", 9), ("Time", 7), ("OK", 6), ("Runs", 5))
_RANK: Final = 5
_LEAST_KEY: Final = 12
_WITH_NEEDS: Final = 96
"""Cells from which what is missing has room in the line."""
_MOST_NAMED: Final = 40
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Ranked:
    """A model that takes the inputs."""

    rank: int
    pick: Pick

    @property
    def id(self) -> str:
        return self.pick.model.key


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Models that do not, for one reason."""

    group: Group

    @property
    def id(self) -> str:
        return f"! {self.group.input or ''} {self.group.message}"


PickEntry: TypeAlias = Ranked | LeftOut


def pick_entries(found: Picks) -> list[PickEntry]:
    ranked = [Ranked(rank, pick) for rank, pick in enumerate(found.picks, 1)]
    return [*ranked, *map(LeftOut, grouped(found.left_out))]


def why_heading(found: Picks) -> Line:
    count = len(found.left_out)
    return ((f" {_counted(count)} {'does' if count == 1 else 'do'} not take it, for these reasons", "muted"),)


def pick_counts(found: Picks, by: PickOrder) -> list[Line]:
    """`2 of 5 models take it, the cheapest first`, and what the ranking cannot tell."""
    asked = found.found + len(found.left_out)
    if not asked:
        return [((" no model matches the filter", "warn"),)]
    notes = [line(f" {note}", "muted") for note in found.notes]
    takes = f" {takes_text(found)}"
    if not found.found:
        return [((takes, "warn"),), *notes]
    best = f"; these are the best {len(found.picks)}" if len(found.picks) < found.found else ""
    return [((takes, "strong"), (f", {_FIRST[by]}{best}", "muted")), *notes]


def heading_line(width: int) -> Line:
    key, needs = _widths(width)
    pieces: list[Piece] = [(f"{'#':>{_RANK - 1}} {fit('Model', key)}", "strong")]
    pieces += [(fit(name, size, right=True), "strong") for name, size in _NUMBERS]
    pieces.append((fit("  Still needs", needs), "strong"))
    return cut(tuple(pieces), width - 1)


def pick_line(entry: PickEntry, width: int) -> Line:
    """The last cell of `width` is that of the scrollbar."""
    return _ranked_line(entry, width) if isinstance(entry, Ranked) else _left_line(entry.group, width)


def _ranked_line(entry: Ranked, width: int) -> Line:
    key, needs = _widths(width)
    pick = entry.pick
    texts = (
        price_text(pick.cost, pick.cost.usd, USD),
        price_text(pick.cost, pick.cost.credits, CREDITS),
        time_text(pick),
        "" if pick.success is None else f"{pick.success:g} %",
        str(pick.runs or ""),
    )
    pieces: list[Piece] = [(f"{entry.rank:>{_RANK - 1}} ", "muted"), (fit(safe(pick.model.key), key), "plain")]
    pieces += [(fit(safe(text), size, right=True), "plain") for (_, size), text in zip(_NUMBERS, texts, strict=True)]
    pieces.append((fit(f"  {safe(', '.join(pick.missing))}", needs), "muted"))
    return cut(tuple(pieces), width - 1)


def _left_line(group: Group, width: int) -> Line:
    keys = [model.key for model in group.models]
    return cut(
        (
            (f"{len(keys):>{_RANK - 1}} ", "warn"),
            (safe(shortened(sentence(group), _LONGEST)), "plain"),
            (f"  {safe(some_of(keys, len(keys), 3))}", "muted"),
        ),
        width - 1,
    )


def _widths(width: int) -> tuple[int, int]:
    """Of the key, and of what is still needed."""
    room = max(_LEAST_KEY, width - 1 - _RANK - sum(size for _, size in _NUMBERS))
    needs = room // 3 if width >= _WITH_NEEDS else 0
    return room - needs, needs


def sentence(group: Group) -> str:
    return f"{group.input}: {group.message}" if group.input else group.message


def pick_details(entry: PickEntry) -> list[Line]:
    return list(_pick_lines(entry.pick) if isinstance(entry, Ranked) else _group_lines(entry.group))


def _pick_lines(pick: Pick) -> Iterator[Line]:
    yield ((safe(pick.model.label), "strong"), (f"  {safe(pick.model.key)}", "muted"))
    yield (("cost  ", "muted"), (safe(_cost_said(pick.cost)), "strong"))
    yield _runs_line(pick)
    given = ", ".join(f"{name} {shortened(written(value), _LONGEST)}" for name, value in pick.inputs.items())
    yield (("with  ", "muted"), (safe(given) or "no inputs", "plain"))
    if pick.missing:
        yield (("needs ", "muted"), (safe(", ".join(pick.missing)), "warn"))
    if pick.unsent:
        yield line(f"{', '.join(pick.unsent)}: no input of it; its limits allow it", "muted")
    for assumed in pick.cost.assumed:
        yield line(f"assumed: {assumed}", "muted")


def _group_lines(group: Group) -> Iterator[Line]:
    keys = [model.key for model in group.models]
    yield line(sentence(group), "strong")
    yield BLANK
    yield line(some_of(keys, len(keys), _MOST_NAMED), "muted")


def _cost_said(report: CostReport) -> str:
    if report.cost is None:
        return "not stated"
    own = amount_text(report.cost.amount, report.cost.currency)
    others = ((report.usd, USD), (report.credits, CREDITS))
    said = [amount_text(each, name) for each, name in others if each is not None and name != report.cost.currency]
    return " = ".join((f"{'about ' if report.is_estimate else ''}{own}", *said))


def _runs_line(pick: Pick) -> Line:
    if pick.seconds is None:
        time = "not known"
    else:
        source = "median of the runs that succeeded" if pick.is_measured else "as the file says"
        time = f"{seconds_text(pick.seconds)}, {source}"
    runs = f"{pick.runs} run{'' if pick.runs == 1 else 's'}"
    success = "never run" if not pick.runs else runs if pick.success is None else f"{pick.success:g} % of {runs}"
    return (("time  ", "muted"), (time, "plain"), ("  success  ", "muted"), (success, "plain"))


def _counted(count: int) -> str:
    return f"{count:,} model{'' if count == 1 else 's'}"
