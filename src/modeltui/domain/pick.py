"""Which models take some inputs, ranked by what a run with exactly these costs, takes, or mostly comes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, get_args

from msgspec import Struct

from modeltui.domain.capability import Need, Reason, capability, own_inputs
from modeltui.domain.document import Document
from modeltui.domain.inputs.partial import partial_inputs
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.model import Model
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.pricing.cost import document_cost
from modeltui.domain.pricing.report import CostReport, cost_report
from modeltui.domain.run_stats import NONE, RunStats
from modeltui.domain.run_values import success_of
from modeltui.domain.units import Units

PickOrder: TypeAlias = Literal["cost", "time", "success", "name"]
ORDERS: Final[tuple[PickOrder, ...]] = get_args(PickOrder)

MEASURED: Final = 3
"""So many runs that succeeded tell how long one takes; before, the file does."""

_NORMAL_95: Final = 1.959963984540054
"""Standard deviations around the mean within which 95 % of a normal distribution lie."""

_Rank: TypeAlias = tuple[Any, ...]


class Pick(Struct, frozen=True, kw_only=True):
    """A model that takes the inputs."""

    model: Model
    inputs: Mapping[str, Any]
    """What was asked for, by the model's own names and as it takes the values: `{"seconds": "8"}` for a duration."""
    missing: tuple[str, ...]
    """Inputs that a run needs besides."""
    unsent: tuple[str, ...]
    """What was asked for and is no input of the model: its `[limits]` answer for it."""
    cost: CostReport
    """Of exactly these inputs."""
    seconds: float | None
    """How long a run takes."""
    is_measured: bool
    """The seconds are the median of runs that succeeded, and not what the file says."""
    success: float | None
    """Percent of the runs that succeeded or failed; None where there was none."""
    failed: int = 0
    """Test generations that failed."""
    surely: float = 0.0
    """The share of runs that at least succeeds, with 95 % confidence: it grows with how many runs tell."""
    runs: int
    """Test generations that ended."""


class LeftOut(Struct, frozen=True):
    model: Model
    reason: Reason
    """The first one."""


class Picks(Struct, frozen=True):
    picks: tuple[Pick, ...]
    """Ranked; no more than were asked for."""
    left_out: tuple[LeftOut, ...]
    """Models that do not take it, in the order of keys."""
    found: int
    """How many take it, those beyond the limit too."""
    notes: tuple[str, ...] = ()
    """What the ranking cannot tell."""


def pick_of(
    model: Model, document: Document, need: Need, units: Units, stats: RunStats | None, *, is_whole: bool
) -> Pick | Reason:
    """Hold one model against a need; the first reason where it does not take it.

    is_whole: the inputs are all that a run gets, so that what is missing counts. Raises InvalidValueError where the
    file cannot be used.
    """
    found = capability(model.key, document, need)
    if found.reasons:
        return found.reasons[0]
    specs = read_inputs(document)
    declared = {spec.name: spec for spec in specs}
    own = own_inputs(need.inputs, declared)
    inputs = partial_inputs(specs, {name: value for name, value in own.items() if name in declared})
    if is_whole and (problem := _first_problem(document, inputs.given, need.media_seconds)) is not None:
        return problem
    seconds, is_measured = seconds_of(model, stats or NONE)
    return Pick(
        model=model,
        inputs=dict(inputs.given),
        missing=tuple(spec.name for spec in specs if spec.required and spec.name not in inputs.given),
        unsent=tuple(name for name in own if name not in declared),
        cost=cost_report(model.key, document_cost(document), inputs, need.media_seconds, units),
        seconds=seconds,
        is_measured=is_measured,
        success=success_of(stats or NONE),
        failed=(stats or NONE).failed,
        surely=_surely(stats or NONE),
        runs=(stats or NONE).total,
    )


def _first_problem(document: Document, inputs: Mapping[str, Any], media_seconds: float | None) -> Reason | None:
    from modeltui.domain.run_spec import compile_run  # noqa: PLC0415  # few ask for it

    prepared = compile_run(document).prepare(inputs, job_uuid="", media_seconds=media_seconds)
    problem = next(iter(prepared.problems), None)
    return None if problem is None else Reason(problem.input, problem.message)


def seconds_of(model: Model, stats: RunStats) -> tuple[float | None, bool]:
    """How long a run takes, and whether that was measured."""
    if stats.succeeded >= MEASURED and stats.p50_s is not None:
        return stats.p50_s, True
    return model.estimated_seconds, False


def _surely(stats: RunStats) -> float:
    """The lower bound of the Wilson score interval."""
    succeeded, tried = stats.succeeded, stats.succeeded + stats.failed
    if not succeeded:
        return 0.0
    share, square = succeeded / tried, _NORMAL_95 * _NORMAL_95
    spread = _NORMAL_95 * math.sqrt((share * (1 - share) + square / (4 * tried)) / tried)
    return (share + square / (2 * tried) - spread) / (1 + square / tried)


def ranked(picks: Iterable[Pick], by: PickOrder, units: Units) -> tuple[list[Pick], tuple[str, ...]]:
    """The best first, and what the order cannot tell. What is not known stands last, what is equal in order of keys.

    Amounts are compared in US dollars; those that nothing converts stand behind, each currency for itself.
    """
    found = sorted(picks, key=lambda pick: pick.model.key)
    found.sort(key=lambda pick: _KEYS[by](pick, units))
    notes = _apart(found, units) if by == "cost" else ()
    return found, notes


def money_of(cost: CostReport, units: Units) -> tuple[str, Decimal] | None:
    """The currency in which a cost is compared, and its amount there, exact; None where there is none."""
    if cost.cost is None:
        return None
    usd = units.in_usd(cost.cost)
    return (cost.cost.currency, cost.cost.amount) if usd is None else (USD, usd)


def _by_cost(pick: Pick, units: Units) -> _Rank:
    money = money_of(pick.cost, units)
    if money is None:
        return (3, "", Decimal(0))
    currency, amount = money
    return (0 if currency == USD else 1 if currency == CREDITS else 2, currency, amount)


def _by_time(pick: Pick, units: Units) -> _Rank:
    return (math.inf if pick.seconds is None else pick.seconds, *_by_cost(pick, units))


def _by_success(pick: Pick, units: Units) -> _Rank:
    """By what is sure of it, so that 1 of 1 is no better than 490 of 500; with none that succeeded, fewer failed."""
    return (pick.success is None, -pick.surely, pick.failed, -pick.runs, *_by_cost(pick, units))


def _by_name(pick: Pick, _: Units) -> _Rank:
    return (pick.model.label.casefold(),)


_KEYS: Final[Mapping[PickOrder, Callable[[Pick, Units], _Rank]]] = {
    "cost": _by_cost,
    "time": _by_time,
    "success": _by_success,
    "name": _by_name,
}


def _apart(picks: Sequence[Pick], units: Units) -> tuple[str, ...]:
    money = [money_of(pick.cost, units) for pick in picks]
    currencies = list(dict.fromkeys(each[0] for each in money if each is not None))
    notes = []
    if len(currencies) > 1:
        names = f"{', '.join(currencies[:-1])} and {currencies[-1]}"
        notes.append(f"{names} are ranked apart: [units] of catalog.toml does not say what they are worth")
    if unpriced := money.count(None):
        notes.append(f"{unpriced} without a known cost, last")
    return tuple(notes)


class Group(Struct, frozen=True):
    """Models that are left out for the same reason."""

    input: str | None
    """What does not fit; None where the whole model is meant."""
    message: str
    models: tuple[Model, ...]


def grouped(left_out: Iterable[LeftOut]) -> tuple[Group, ...]:
    """The most frequent reason first."""
    found: dict[tuple[str | None, str], list[Model]] = {}
    for each in left_out:
        found.setdefault((each.reason.input, each.reason.gist), []).append(each.model)
    groups = [Group(name, message, tuple(models)) for (name, message), models in found.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.models)))
