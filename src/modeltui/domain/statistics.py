"""A catalogue in numbers: how many of what, at which price, and what goes when."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from msgspec import Struct

from modeltui.domain.model import Model

MONTHS: Final = 12
"""How far the calendar of retirements looks, the present month included."""
_STEPS: Final = (Decimal(1), Decimal(2), Decimal(5))
_MOST_BINS: Final = 12
_BARE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class Share(Struct, frozen=True):
    """How many models have something in common."""

    label: str
    count: int
    active: int
    query: str
    """What shows them, and no others, in the catalogue."""


class CostBin(Struct, frozen=True):
    """How many models have a base cost of at least `low` and less than `high`; both the same for one price."""

    low: Decimal
    high: Decimal
    label: str
    """`2 to <5`."""
    count: int
    active: int
    query: str


class Costs(Struct, frozen=True):
    """The base costs of one currency."""

    currency: str
    bins: tuple[CostBin, ...]
    """Without gaps, in the order of costs; models that cost nothing have a bin of their own."""
    least: Decimal
    median: Decimal
    most: Decimal


class Month(Struct, frozen=True):
    """Models whose last day lies in a month, or before or after all months of the calendar."""

    label: str
    """`2026-12`, `before 2026-11`, `from 2027-11`."""
    keys: tuple[str, ...]
    """By the day, then by key."""
    active: int
    query: str


class Statistics(Struct, frozen=True):
    total: int
    active: int
    locked: int
    broken: int
    providers: tuple[Share, ...]
    """Of each kind the most numerous first."""
    types: tuple[Share, ...]
    statuses: tuple[Share, ...]
    locks: tuple[Share, ...]
    costs: tuple[Costs, ...]
    """By currency, the most numerous first."""
    retirements: tuple[Month, ...]
    """Every month from the present one on, even an empty one; before and after them only where something retires."""


def statistics_of(models: Sequence[Model], today: date) -> Statistics:
    """The numbers of these models. today: decides which months the calendar has."""
    return Statistics(
        total=len(models),
        active=sum(model.active for model in models),
        locked=sum(model.is_locked for model in models),
        broken=sum(model.is_broken for model in models),
        providers=_shares(models, lambda model: model.provider, "provider"),
        types=_shares(models, lambda model: model.content_type, "type"),
        statuses=_shares(models, lambda model: model.status, "status"),
        locks=_locks(models),
        costs=costs_of(models),
        retirements=_retirements(models, today),
    )


def _shares(models: Iterable[Model], value_of: Callable[[Model], str | None], field: str) -> tuple[Share, ...]:
    total: Counter[str | None] = Counter()
    active: Counter[str | None] = Counter()
    for model in models:
        value = value_of(model)
        total[value] += 1
        active[value] += model.active
    return tuple(
        Share(value or "none", count, active[value], f"-{field}:*" if value is None else f"{field}:{_quoted(value)}")
        for value, count in sorted(total.items(), key=lambda item: (-item[1], item[0] or ""))
    )


def _quoted(text: str) -> str:
    """A text as a query takes it literally."""
    if _BARE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _locks(models: Iterable[Model]) -> tuple[Share, ...]:
    held = [model for model in models if model.is_locked]
    free = [model for model in models if not model.is_locked]
    named = (("locked", "lock:yes", held), ("not locked", "lock:no", free))
    return tuple(Share(label, len(some), sum(model.active for model in some), query) for label, query, some in named)


def costs_of(models: Iterable[Model]) -> tuple[Costs, ...]:
    by_currency: dict[str, list[tuple[Decimal, bool]]] = defaultdict(list)
    for model in models:
        if model.base_cost is not None and model.cost_currency is not None:
            by_currency[model.cost_currency].append((model.base_cost, model.active))
    ordered = sorted(by_currency.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_of_currency(currency, sorted(costs)) for currency, costs in ordered)


def _of_currency(currency: str, costs: list[tuple[Decimal, bool]]) -> Costs:
    amounts = [amount for amount, _ in costs]
    paid = [amount for amount in amounts if amount > 0]
    edges = _edges(paid[0], paid[-1]) if paid else []
    bounds = [*([(Decimal(0), Decimal(0))] if len(paid) < len(amounts) else []), *pairwise(edges)]
    bins = tuple(_bin(low, high, currency, costs) for low, high in bounds)
    return Costs(currency, bins, amounts[0], amounts[(len(amounts) - 1) // 2], amounts[-1])


def _bin(low: Decimal, high: Decimal, currency: str, costs: list[tuple[Decimal, bool]]) -> CostBin:
    inside = [active for amount, active in costs if low <= amount < high or low == amount == high]
    bounds = f"cost:{low:f}" if low == high else f"cost>={low:f} cost<{high:f}"
    label = f"{low:f}" if low == high else f"{low:f} to <{high:f}"
    return CostBin(low, high, label, len(inside), sum(inside), f"currency:{_quoted(currency)} {bounds}")


def _edges(least: Decimal, most: Decimal) -> list[Decimal]:
    """Round numbers (1, 2, 5, 10, 20 …) from `least` or below to above `most`, so many that a chart can show them."""
    steps = [step.scaleb(power) for power in range(least.adjusted(), most.adjusted() + 2) for step in _STEPS]
    first = max(index for index, edge in enumerate(steps) if edge <= least)
    last = next(index for index, edge in enumerate(steps) if edge > most)
    edges = steps[first : last + 1]
    while len(edges) > _MOST_BINS + 1:
        edges = [*edges[:-1:2], edges[-1]]
    return edges


def _retirements(models: Iterable[Model], today: date) -> tuple[Month, ...]:
    retiring = sorted(((model.retires_on, model.key, model.active) for model in models if model.retires_on), key=_day)
    starts = [_month(today.year, today.month + ahead) for ahead in range(MONTHS + 1)]
    first, last = starts[0], starts[-1]
    before = _calendar_month(f"before {first:%Y-%m}", None, first, retiring)
    after = _calendar_month(f"from {last:%Y-%m}", last, None, retiring)
    months = [_calendar_month(f"{start:%Y-%m}", start, end, retiring) for start, end in pairwise(starts)]
    return (*([before] if before.keys else []), *months, *([after] if after.keys else []))


def _month(year: int, month: int) -> date:
    """The first day of a month; months beyond December are those of the next years."""
    return date(min(year + (month - 1) // 12, date.max.year), (month - 1) % 12 + 1, 1)


def _calendar_month(
    label: str, start: date | None, end: date | None, retiring: Sequence[tuple[date, str, bool]]
) -> Month:
    inside = [
        (key, active) for day, key, active in retiring if (start is None or day >= start) and (end is None or day < end)
    ]
    bounds = [f"retires>={start}" if start else "", f"retires<{end}" if end else ""]
    query = " ".join(filter(None, bounds))
    return Month(label, tuple(key for key, _ in inside), sum(active for _, active in inside), query)


def _day(retirement: tuple[date, str, bool]) -> tuple[date, str]:
    return retirement[0], retirement[1]
