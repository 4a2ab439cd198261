"""The fields that queries, sorts and columns name, and how to read each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct

from modeltui.domain.call import Cost
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import ABSENT, FieldPath, get, parse_field
from modeltui.domain.model import Model
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.pending.plan import Plan
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import local, runs_of, spend_of, success_of, trend_digits


class Kind(Enum):
    SWITCH = "yes or no"
    TEXT = "text"
    NUMBER = "a number"
    PERCENT = "a percentage such as 90"
    SECONDS = "a number of seconds or a time such as 2m"
    DATE = "a date such as 2026-01-31 or an age such as 30d"
    ANY = "a number, a date such as 2026-01-31 or an age such as 30d"


ValueOf: TypeAlias = Callable[[Model, Catalog, Plan], Any]


class Field(Struct, frozen=True):
    name: str
    kind: Kind
    value_of: ValueOf
    """The value that a model has; None where it has none."""
    is_of_plan: bool = False
    """Whether the value depends on what is pending."""
    counts_down: bool = False
    """Whether an age means the time that is left, as for a date to come."""
    compared_of: ValueOf | None = None
    """What `<` and `>` take where that is not the value."""
    sorted_of: ValueOf | None = None
    """What a sort takes where that is not the value."""
    group_of: Callable[[Model, Catalog], str] | None = None
    """What a sort keeps together, in the order of these texts both ways: of two groups no values are compared."""


def field_named(name: str) -> Field | None:
    """The field of a name, an alias or a path in the file; None for a single word that no model file knows.

    With a dot before it, `.open_weights`, any single word is a key of the file.
    """
    known = _FIELDS.get(_ALIASES.get(name, name))
    if known is not None:
        return known
    if name.startswith("."):
        return _path_field(name, parse_field(name[1:]))
    path = parse_field(name)
    return _path_field(name, path) if len(path) > 1 or name in _TOP_LEVEL else None


def all_fields() -> tuple[Field, ...]:
    """The fields that have a name of their own."""
    return _ALL


def nearest_field(name: str) -> str | None:
    """The known name that a misspelled one is closest to."""
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only on this error

    near = get_close_matches(name, [*_FIELDS, *_ALIASES, *_TOP_LEVEL], n=1)
    return near[0] if near else None


def read_all(value_of: ValueOf, models: Iterable[Model], catalog: Catalog, plan: Plan) -> list[Any]:
    """The value of each model: in a fifth of the time where it is an attribute."""
    if isinstance(value_of, partial) and value_of.func is _attribute:
        return list(map(attrgetter(*value_of.args), models))
    return [value_of(model, catalog, plan) for model in models]


def _path_field(name: str, path: FieldPath) -> Field:
    return Field(name, Kind.ANY, partial(_at_path, path))


def _at_path(path: FieldPath, model: Model, catalog: Catalog, _: Plan) -> Any:
    value = get(catalog.documents.get(model.key, {}), path)
    return None if value is ABSENT else value


def _attribute(attribute: str, model: Model, _: Catalog, __: Plan) -> Any:
    return getattr(model, attribute)


def _cost_in_credits(model: Model, catalog: Catalog, _: Plan) -> Decimal | None:
    """As the file says it where the catalogue does not say what a credit is worth."""
    cost, currency = model.base_cost, model.cost_currency
    if cost is None or currency is None or currency == CREDITS or catalog.units.credits_per_usd is None:
        return cost
    return catalog.units.in_credits(Cost(cost, currency))


def _money(model: Model, catalog: Catalog) -> str:
    currency = model.cost_currency
    is_in_credits = (
        currency is None or currency == CREDITS or catalog.units.in_credits(Cost(Decimal(1), currency)) is not None
    )
    return "" if currency is None or is_in_credits else currency


def _sorted_cost(model: Model, catalog: Catalog, plan: Plan) -> Decimal | None:
    in_credits = _cost_in_credits(model, catalog, plan)
    return model.base_cost if in_credits is None else in_credits


def _of_runs(read: Callable[[RunStats, Catalog], Any]) -> ValueOf:
    def value_of(model: Model, catalog: Catalog, _: Plan) -> Any:
        stats = runs_of(model, catalog)
        return None if stats is None else read(stats, catalog)

    return value_of


def _tested_at(stats: RunStats, catalog: Catalog) -> datetime | None:
    return None if stats.tested_at is None else local(stats.tested_at, catalog)


def _tested_on(stats: RunStats, catalog: Catalog) -> date | None:
    moment = _tested_at(stats, catalog)
    return None if moment is None else moment.date()


def _spend(stats: RunStats, catalog: Catalog) -> Decimal | None:
    spend = spend_of(stats, catalog.units)
    return None if spend is None else spend[0]


def _spend_in_usd(stats: RunStats, catalog: Catalog) -> Decimal | None:
    """As it stands where the catalogue does not say what a credit is worth."""
    spend = spend_of(stats, catalog.units)
    if spend is None or (spend[1] != USD and catalog.units.credits_per_usd is not None):
        return None
    return spend[0]


def _spent_money(model: Model, catalog: Catalog) -> str:
    stats = runs_of(model, catalog)
    spend = None if stats is None else spend_of(stats, catalog.units)
    return "" if spend is None or spend[1] == USD else spend[1]


def _is_pending(model: Model, _: Catalog, plan: Plan) -> bool:
    return model.key in plan.files


def _is_stale(model: Model, _: Catalog, plan: Plan) -> bool:
    file = plan.files.get(model.key)
    return file is not None and file.is_stale


def _simple(name: str, kind: Kind, attribute: str | None = None) -> Field:
    return Field(name, kind, partial(_attribute, attribute or name))


_ALL = (
    _simple("active", Kind.SWITCH),
    _simple("lock", Kind.SWITCH, "is_locked"),
    _simple("default", Kind.SWITCH),
    _simple("premium", Kind.SWITCH),
    _simple("internal", Kind.SWITCH),
    _simple("broken", Kind.SWITCH, "is_broken"),
    Field("pending", Kind.SWITCH, _is_pending, is_of_plan=True),
    Field("stale", Kind.SWITCH, _is_stale, is_of_plan=True),
    _simple("key", Kind.TEXT),
    _simple("uid", Kind.TEXT),
    _simple("model_id", Kind.TEXT),
    _simple("name", Kind.TEXT),
    _simple("provider", Kind.TEXT),
    _simple("type", Kind.TEXT, "content_type"),
    _simple("family", Kind.TEXT),
    _simple("variant", Kind.TEXT),
    _simple("group", Kind.TEXT),
    _simple("category", Kind.TEXT),
    _simple("status", Kind.TEXT),
    _simple("tag", Kind.TEXT, "tags"),
    _simple("currency", Kind.TEXT, "cost_currency"),
    _simple("version", Kind.ANY),
    Field(
        "cost",
        Kind.NUMBER,
        partial(_attribute, "base_cost"),
        compared_of=_cost_in_credits,
        sorted_of=_sorted_cost,
        group_of=_money,
    ),
    _simple("time", Kind.SECONDS, "estimated_seconds"),
    _simple("order", Kind.NUMBER),
    _simple("rollout", Kind.PERCENT),
    Field(
        "tested",
        Kind.DATE,
        _of_runs(_tested_on),
        compared_of=_of_runs(_tested_at),
        sorted_of=_of_runs(_tested_at),
    ),
    Field("success", Kind.PERCENT, _of_runs(lambda stats, _: success_of(stats))),
    Field("runs", Kind.NUMBER, _of_runs(lambda stats, _: stats.total)),
    Field("spend", Kind.NUMBER, _of_runs(_spend), compared_of=_of_runs(_spend_in_usd), group_of=_spent_money),
    Field("p50", Kind.SECONDS, _of_runs(lambda stats, _: stats.p50_s)),
    Field("p95", Kind.SECONDS, _of_runs(lambda stats, _: stats.p95_s)),
    Field(
        "trend",
        Kind.TEXT,
        _of_runs(lambda stats, _: trend_digits(stats)),
        sorted_of=_of_runs(lambda stats, _: sum(stats.trend) / len(stats.trend) if stats.trend else None),
    ),
    _simple("released", Kind.DATE, "released_on"),
    Field("retires", Kind.DATE, partial(_attribute, "retires_on"), counts_down=True),
    _simple("deprecated", Kind.DATE, "deprecated_on"),
    _simple("verified", Kind.DATE, "verified_on"),
)

_FIELDS = {field.name: field for field in _ALL}

OF_MODEL = frozenset(
    field.name for field in _ALL if isinstance(field.value_of, partial) and field.value_of.func is _attribute
)
"""Names of the fields whose values depend on nothing but the model."""

_ALIASES = {
    "content_type": "type",
    "tags": "tag",
    "locked": "lock",
    "base_cost": "cost",
    "estimated_seconds": "time",
    "released_on": "released",
    "retires_on": "retires",
    "deprecated_on": "deprecated",
    "verified_on": "verified",
    "rollout.percent": "rollout",
}

_TOP_LEVEL = frozenset(
    {
        "schema",
        "description",
        "logo",
        "keys",
        "replaced_by",
        "source",
        "timing",
        "limits",
        "modalities",
        "capabilities",
        "inputs",
        "rules",
        "request",
        "poll",
        "result",
    }
)
"""Names in a model file that no field above stands for."""
