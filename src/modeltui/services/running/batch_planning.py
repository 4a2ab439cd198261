"""What a batch would send, with its price, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from modeltui.domain.batch import BatchItem, BatchPlan, BatchSkip
from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.money import USD, added_up, amount_text
from modeltui.domain.text import some_of
from modeltui.domain.units import Units
from modeltui.errors import ModeltuiError, RefusedError, UsageError
from modeltui.services.running.batch_readiness import Readiness

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec
    from modeltui.services.running.runs import RunService

Spelled: TypeAlias = "Callable[[Sequence[InputSpec]], Mapping[str, Any]]"
"""Inputs as a person typed them, read by what a model declares."""

MOST: Final = 100_000
"""Runs of one batch."""


class Asked(Struct, frozen=True, kw_only=True):
    """What a batch is asked to do."""

    query: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Each model gets those that it knows."""
    inputs_by_model: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By key; over the common ones."""
    spelled: Spelled | None = None
    """More common inputs, over the others."""
    files: Sequence[tuple[str, str]] = ()
    """Common inputs that are files of this machine: name and path, over the others."""
    budget: Cost | None = None
    concurrency: int | None = None
    repeat: int = 1
    is_strict: bool = False
    """A common input that a model does not know is a problem of that model."""
    includes_retired: bool = False
    allows_unpriced: bool = False
    """Also with a budget, which then cannot hold them."""
    is_dry: bool = False
    """Models of providers whose key is not here stay in the plan."""


class Planner:
    def __init__(self, catalog: Catalog, runs: RunService, readiness: Readiness, today: date) -> None:
        self._catalog = catalog
        self._runs = runs
        self._readiness = readiness
        self._unready: dict[str, str] = {}
        self._today = today
        self._unknown: dict[str, tuple[str, ...]] = {}
        """Common inputs that a model does not know."""
        self._known: set[str] = set()
        self._files: dict[str, Mapping[str, Any]] = {}

    def plan(self, models: Sequence[Model], asked: Asked) -> BatchPlan:
        """Raises UsageError where no model takes an input, or an input names no model of the plan."""
        self._refuse_strangers(models, asked)
        found = [self._item(model, asked) for model in models]
        self._refuse_unknown(asked)
        return self._summed(found, asked)

    def plan_again(self, wanted: Iterable[tuple[str, Mapping[str, Any], str | None]], asked: Asked) -> BatchPlan:
        """Runs by key, with the very inputs that they had, and the uncertain job that each is sent again for."""
        found: list[BatchItem | BatchSkip] = []
        for key, inputs, resend_of in wanted:
            own = replace(asked, inputs_by_model={key: inputs})
            item = self._item(self._catalog.models[key], own) if key in self._catalog.models else _gone(key)
            found.append(replace(item, resend_of=resend_of) if isinstance(item, BatchItem) else item)
        return self._summed(found, asked)

    def _summed(self, found: Sequence[BatchItem | BatchSkip], asked: Asked) -> BatchPlan:
        items = [item for item in found if isinstance(item, BatchItem)] * asked.repeat
        skipped = tuple(item for item in found if isinstance(item, BatchSkip))
        totals = added_up(item.estimate for item in items)
        units = self._catalog.units
        return BatchPlan(
            query=asked.query,
            items=tuple(items),
            skipped=skipped,
            totals=totals,
            in_usd=units.total(totals, USD),
            margin=_margin(self._catalog),
            units_problem=units.problem,
            unpriced=sum(item.estimate is None for item in items),
            unready=self._unready,
            left_out=self._left_out(items),
            budget=asked.budget,
            within_budget=self._within(items, asked.budget, units),
            concurrency=asked.concurrency,
        )

    def _left_out(self, items: Sequence[BatchItem]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for key in dict.fromkeys(item.key for item in items):
            for name in self._unknown.get(key, ()):
                found.setdefault(name, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    @staticmethod
    def _within(items: Sequence[BatchItem], budget: Cost | None, units: Units) -> int:
        from modeltui.jobs.batch_budget import fitting  # noqa: PLC0415  # only a plan needs it

        return fitting((item.estimate for item in items), budget, units)

    def _item(self, model: Model, asked: Asked) -> BatchItem | BatchSkip:
        if (reason := self._retirement(model, asked)) is not None:
            return _skip(model, InputProblem(None, reason))
        if (reason := self._refusal(model, asked)) is not None:
            return _skip(model, InputProblem(None, reason), is_unready=True)
        try:
            inputs, problems = self._inputs(model, asked)
            prepared = self._runs.prepare(model.key, inputs)
        except ModeltuiError as error:
            return _skip(model, InputProblem(None, error.message))
        problems += prepared.problems
        if problems:
            return _skip(model, *problems)
        if (reason := self._unbounded(prepared.cost, asked)) is not None:
            return _skip(model, InputProblem(None, reason))
        return BatchItem(model.key, model.label, model.provider or "", inputs, prepared.cost)

    def _unbounded(self, cost: Cost | None, asked: Asked) -> str | None:
        """Why the budget cannot be held against a price; None where it can, or there is none."""
        budget = asked.budget
        if budget is None or (cost is None and asked.allows_unpriced):
            return None
        if cost is None:
            return "has no price, so that the budget could not hold it"
        if self._catalog.units.converted(cost, budget.currency) is not None:
            return None
        return f"nothing says what its price is in {budget.currency}, so that the budget could not hold it"

    def _retirement(self, model: Model, asked: Asked) -> str | None:
        is_over = model.retires_on is not None and model.retires_on < self._today
        return f"retired on {model.retires_on}" if is_over and not asked.includes_retired else None

    def _refusal(self, model: Model, asked: Asked) -> str | None:
        if model.fault is not None:
            return f"is broken: {model.fault.message}"
        if model.provider is None or model.provider not in self._catalog.providers:
            return f"names the provider {model.provider!r}, which has no file"
        try:
            self._runs.inputs(model.key)
        except ModeltuiError as error:
            return error.message
        reason = self._readiness.refusal(model)
        if reason is not None and asked.is_dry:
            self._unready[model.provider] = reason
        return None if asked.is_dry else reason

    def _inputs(self, model: Model, asked: Asked) -> tuple[dict[str, Any], tuple[InputProblem, ...]]:
        """What a model gets, and what a strict plan finds wrong with that."""
        specs = self._runs.inputs(model.key)
        known = {spec.name for spec in specs}
        self._known |= known
        common = {**asked.inputs, **(asked.spelled(specs) if asked.spelled else {})}
        unknown = [name for name in dict.fromkeys((*common, *(name for name, _ in asked.files))) if name not in known]
        given = {name: value for name, value in common.items() if name in known}
        given |= self._read(model.key, specs, [each for each in asked.files if each[0] in known])
        given |= asked.inputs_by_model.get(model.key, {})
        if asked.is_strict:
            return given, tuple(InputProblem(name, "is not an input of this model") for name in unknown)
        self._unknown[model.key] = tuple(unknown)
        return given, ()

    def _read(self, key: str, specs: Sequence[InputSpec], files: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
        """Once for all models that declare the inputs alike: what they hold may be large."""
        names = {name for name, _ in files}
        place = repr((files, [spec for spec in specs if spec.name in names]))
        if files and place not in self._files:
            self._files[place] = self._runs.with_files(key, {}, files)
        return self._files.get(place, {})

    def _refuse_unknown(self, asked: Asked) -> None:
        """A name that no model takes is more likely a slip."""
        common = {
            *asked.inputs,
            *(name for name, _ in asked.files),
            *(name for names in self._unknown.values() for name in names),
        }
        strangers = [] if asked.is_strict else sorted(common - self._known)
        if strangers and self._known:
            raise UsageError(
                f"no model of these takes {', '.join(strangers)}", hint="`modeltui show MODEL` shows what one takes"
            )

    @staticmethod
    def _refuse_strangers(models: Sequence[Model], asked: Asked) -> None:
        keys = {model.key for model in models}
        strangers = [key for key in asked.inputs_by_model if key not in keys]
        if strangers:
            raise UsageError(
                f"{strangers[0]} has inputs of its own, and is not among these models", hint="name its key"
            )
        if not 1 <= asked.repeat * max(len(models), 1) <= MOST:
            raise UsageError(f"a batch has at most {MOST:,} runs", hint="narrow the query, or repeat it less")


def _gone(key: str) -> BatchSkip:
    return BatchSkip(key, key, (InputProblem(None, "is not in the catalogue any more"),), is_unready=True)


def _skip(model: Model, *problems: InputProblem, is_unready: bool = False) -> BatchSkip:
    return BatchSkip(model.key, model.label, problems, is_unready)


def _margin(catalog: Catalog) -> Decimal | None:
    units = catalog.settings.get("units")
    return catalog.units.margin if isinstance(units, Mapping) and "margin" in units else None


def refuse_nothing(plan: BatchPlan) -> None:
    """Raises RefusedError for a plan of which nothing would begin."""
    if not plan.items and plan.fetches:
        return
    if not plan.items:
        raise RefusedError("there is nothing to run", hint="the plan says why each model is skipped")
    if plan.budget is not None and not plan.within_budget:
        costs = dict.fromkeys(each.estimate for each in plan.items if each.estimate)
        prices = [amount_text(each.amount, each.currency) for each in costs]
        raise RefusedError(
            f"no run fits into the budget of {amount_text(plan.budget.amount, plan.budget.currency)}",
            hint=f"they cost {some_of(prices, len(prices))}",
        )


def reasons(skipped: Sequence[BatchSkip]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Why models are skipped, each with their keys, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for skip in skipped:
        said = "; ".join(map(str, skip.problems))
        groups.setdefault(said, []).append(skip.key)
    for reason, keys in sorted(groups.items(), key=lambda group: -len(group[1])):
        yield reason, tuple(keys)
