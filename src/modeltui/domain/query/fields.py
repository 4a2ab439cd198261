"""The fields that queries, sorts and columns name, and how to read each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import ABSENT, FieldPath, get, parse_field
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan


class Kind(Enum):
    SWITCH = "yes or no"
    TEXT = "text"
    NUMBER = "a number"
    SECONDS = "a number of seconds or a time such as 2m"
    DATE = "a date such as 2026-01-31 or an age such as 30d"
    ANY = "a number, a date such as 2026-01-31 or an age such as 30d"


ValueOf: TypeAlias = Callable[[Model, Catalog, Plan], Any]

_USD = "USD"
_CREDITS = ("credits", None)


@dataclass(frozen=True, slots=True)
class Field:
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
    """The field of a name, an alias or a path in the file; None for a single word that no model file knows."""
    known = _FIELDS.get(_ALIASES.get(name, name))
    if known is not None:
        return known
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


def _path_field(name: str, path: FieldPath) -> Field:
    return Field(name, Kind.ANY, partial(_at_path, path))


def _at_path(path: FieldPath, model: Model, catalog: Catalog, _: Plan) -> Any:
    value = get(catalog.documents.get(model.key, {}), path)
    return None if value is ABSENT else value


def _attribute(attribute: str, model: Model, _: Catalog, __: Plan) -> Any:
    return getattr(model, attribute)


def _cost_in_credits(model: Model, catalog: Catalog, _: Plan) -> Decimal | None:
    """As the file says it where the catalogue does not say what a credit is worth."""
    rate, cost = catalog.credits_per_usd, model.base_cost
    if rate is None or cost is None or model.cost_currency in _CREDITS:
        return cost
    return cost * rate if model.cost_currency == _USD else None


def _money(model: Model, catalog: Catalog) -> str:
    currency = model.cost_currency
    is_in_credits = currency in _CREDITS or (currency == _USD and catalog.credits_per_usd is not None)
    return "" if currency is None or is_in_credits else currency


def _sorted_cost(model: Model, catalog: Catalog, plan: Plan) -> Decimal | None:
    in_credits = _cost_in_credits(model, catalog, plan)
    return model.base_cost if in_credits is None else in_credits


def _no_statistics(_: Model, __: Catalog, ___: Plan) -> None:
    """Runs are not counted yet, so no model has a value."""


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
    Field("tested", Kind.DATE, _no_statistics),
    Field("success", Kind.NUMBER, _no_statistics),
    Field("runs", Kind.NUMBER, _no_statistics),
    Field("spend", Kind.NUMBER, _no_statistics),
    _simple("released", Kind.DATE, "released_on"),
    Field("retires", Kind.DATE, partial(_attribute, "retires_on"), counts_down=True),
    _simple("deprecated", Kind.DATE, "deprecated_on"),
    _simple("verified", Kind.DATE, "verified_on"),
)

_FIELDS = {field.name: field for field in _ALL}

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
