"""Charts of test generations: how many succeeded, what they took, which models fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from modeltui.domain.run_statistics import RECENT, ModelRuns, RunShare, RunStatistics, recent_success
from modeltui.domain.run_values import amounts_of, spend_text, success_text, trend_text
from modeltui.domain.text import safe
from modeltui.tui.present.charts import Bar, ChartRow, Title, chart_line, drawn_bar
from modeltui.tui.present.line import Line, cut, fit

if TYPE_CHECKING:
    from modeltui.domain.units import Units

_MOST_FAILING: Final = 8
_STEPS: Final = 1_000
_LONGEST_LABEL: Final = 18


@dataclass(frozen=True, slots=True)
class Money:
    """What the runs of a provider took: a bar as long as its part of the most."""

    id: str
    label: str
    text: str
    share: int
    """Of `_STEPS`."""
    query: str
    label_width: int
    text_width: int


@dataclass(frozen=True, slots=True)
class Failing:
    """A model whose runs fail."""

    model: ModelRuns

    @property
    def id(self) -> str:
        return f"failing {self.model.key}"

    @property
    def query(self) -> str:
        return self.model.key


DashboardRow = ChartRow | Money | Failing


def run_rows(found: RunStatistics) -> list[DashboardRow]:
    """The charts of runs, parted by blank rows; none where nothing was run."""
    if not found.providers:
        return []
    charts = [_runs(found), _spend(found), _failing(found)]
    rows: list[DashboardRow] = []
    for number, chart in enumerate(filter(None, charts)):
        rows += [*([Title(f"gap of runs {number}", "")] if rows else []), *chart]
    return rows


def dashboard_line(row: DashboardRow, width: int) -> Line:
    """A row in less than `width` cells: the last one is that of the scrollbar."""
    match row:
        case Money():
            return _money_line(row, width - 1)
        case Failing():
            stats = row.model.stats
            said: Line = ((f"{recent_success(stats):>4.0f} %  ", "bad"), (f"{trend_text(stats)}  ", "warn"))
            return cut((("  ", "plain"), *said, (safe(row.model.key), "plain")), width - 1)
        case _:
            return chart_line(row, width)


def _runs(found: RunStatistics) -> list[DashboardRow]:
    """`succeeded/all` of each provider."""
    stats = found.all.stats
    note = f"succeeded/all · {success_text(stats)} success" if stats.success is not None else "succeeded/all"
    shares = found.providers
    most, width = max(share.stats.total for share in shares), max(len(share.label) for share in shares)
    bars = [
        Bar(f"Runs {share.label}", share.label, share.stats.total, share.stats.succeeded, share.query, most, width)
        for share in shares
    ]
    return [Title("Runs", "Runs", note), *bars]


def _spend(found: RunStatistics) -> list[DashboardRow]:
    """By provider, in USD where the catalogue converts; of several currencies that do not, the first one is drawn."""
    units = found.units
    shares = [share for share in found.providers if spend_text(share.stats.spend, units)]
    if not shares:
        return []
    note = "; ".join(filter(None, (spend_text(found.all.stats.spend, units), units.problem)))
    sizes = [_size(share, units) for share in shares]
    most = max(sizes)
    texts = [spend_text(share.stats.spend, units) for share in shares]
    label_width, text_width = max(len(share.label) for share in shares), max(map(len, texts))
    return [
        Title("Spend", "Spend on runs", note),
        *(
            Money(
                f"Spend {share.label}",
                share.label,
                text,
                int(_STEPS * size / most) if most else 0,
                share.query,
                label_width,
                text_width,
            )
            for share, text, size in zip(shares, texts, sizes, strict=True)
        ),
    ]


def _size(share: RunShare, units: Units) -> Decimal:
    amounts = amounts_of(share.stats.spend, units)
    return amounts[min(amounts)] if amounts else Decimal(0)


def _failing(found: RunStatistics) -> list[DashboardRow]:
    models: Sequence[ModelRuns] = found.failing
    if not models:
        return []
    rest = f", {_MOST_FAILING} shown" if len(models) > _MOST_FAILING else ""
    return [
        Title("Failing", "Failing", f"{len(models)} active{rest} · success of the last {RECENT} runs"),
        *map(Failing, models[:_MOST_FAILING]),
    ]


def _money_line(row: Money, width: int) -> Line:
    label = min(row.label_width, _LONGEST_LABEL, max(width // 2, 8))
    room = max(width - label - 4 - row.text_width - 2, 3)
    head: Line = (("  ", "plain"), (fit(safe(row.label), label), "plain"), ("  ", "plain"))
    return cut((*head, *drawn_bar(row.share, row.share, _STEPS, room), (f"  {safe(row.text)}", "plain")), width)
