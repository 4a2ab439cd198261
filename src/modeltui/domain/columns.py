"""The columns that a table of models can show, on the command line and in the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import ABSENT, FieldPath, get, parse_field, shown
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan, pending_document
from modeltui.domain.query.fields import Field, field_named, nearest_field
from modeltui.errors import UsageError

Align: TypeAlias = Literal["left", "right"]
TextOf: TypeAlias = Callable[[Model, Plan], str]


@dataclass(frozen=True, slots=True)
class Column:
    id: str
    """Also a name of the field in queries and sorts."""
    title: str
    width: int
    """The narrowest that still reads, in cells."""
    align: Align
    text: TextOf
    """What stands in the cell, empty where there is nothing to say. Not yet safe for a terminal."""


def column_named(name: str, catalog: Catalog) -> Column:
    """The column of a name, or one made for any field of the files. Raises UsageError for a name that is neither."""
    field = field_named(name)
    if field is None:
        near = nearest_field(name)
        raise UsageError(
            f"no column {name!r}", hint=f"did you mean {near}?" if near else f"known are {', '.join(COLUMNS)}"
        )
    if known := _BY_FIELD.get(field.name):
        return known
    return Column(name, name, 8, "left", partial(_field_text, field, parse_field(name), catalog))


def _field_text(field: Field, path: FieldPath, catalog: Catalog, model: Model, plan: Plan) -> str:
    """Of a row of the catalogue what its file says; of a row as it would be after the apply, what it would say."""
    planned = plan.files.get(model.key)
    if planned is not None and catalog.models.get(model.key) is not model:
        value = get(pending_document(plan, catalog, model.key), path)
        return "" if value is ABSENT else plain_text(value)
    return plain_text(field.value_of(model, catalog, plan))


def plain_text(value: Any) -> str:
    """A value on one line: text as it is, anything else in TOML's notation; empty where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else shown(value)


def cost_text(amount: Decimal | None, currency: str | None) -> str:
    """`60` for credits, `$0.04` for dollars, else `0.04 EUR`."""
    if amount is None:
        return ""
    number = f"{amount:f}"
    if currency in (None, "credits"):
        return number
    return f"${number}" if currency == "USD" else f"{number} {currency}"


def _attribute(name: str) -> TextOf:
    def text(model: Model, _: Plan) -> str:
        value = getattr(model, name)
        return "" if value is None else str(value)

    return text


def _switch(name: str, word: str) -> TextOf:
    def text(model: Model, _: Plan) -> str:
        return word if getattr(model, name) else ""

    return text


def _active(model: Model, _: Plan) -> str:
    return "yes" if model.active else "" if model.is_broken else "no"


def _name(model: Model, _: Plan) -> str:
    return model.label


def _status(model: Model, _: Plan) -> str:
    return "broken" if model.is_broken else model.status or ""


def _cost(model: Model, _: Plan) -> str:
    return cost_text(model.base_cost, model.cost_currency)


def _time(model: Model, _: Plan) -> str:
    return "" if model.estimated_seconds is None else f"{model.estimated_seconds:g}s"


def _pending(model: Model, plan: Plan) -> str:
    """The sign of what is pending, with `!` where it cannot be applied."""
    file = plan.files.get(model.key)
    return "" if file is None else f"{file.action.sign}{'!' if file.problem else ''}"


def _tags(model: Model, _: Plan) -> str:
    return ", ".join(model.tags)


def _day(name: str) -> TextOf:
    def text(model: Model, _: Plan) -> str:
        day: date | None = getattr(model, name)
        return "" if day is None else day.isoformat()

    return text


_ALL = (
    Column("lock", "Lock", 4, "left", _switch("is_locked", "L")),
    Column("active", "Active", 6, "left", _active),
    Column("name", "Name", 16, "left", _name),
    Column("key", "Key", 20, "left", _attribute("key")),
    Column("model_id", "Model id", 12, "left", _attribute("model_id")),
    Column("uid", "Uid", 8, "left", _attribute("uid")),
    Column("provider", "Provider", 6, "left", _attribute("provider")),
    Column("family", "Family", 8, "left", _attribute("family")),
    Column("variant", "Variant", 8, "left", _attribute("variant")),
    Column("version", "Version", 7, "left", _attribute("version")),
    Column("type", "Type", 12, "left", _attribute("content_type")),
    Column("group", "Group", 6, "left", _attribute("group")),
    Column("category", "Category", 8, "left", _attribute("category")),
    Column("cost", "Cost", 6, "right", _cost),
    Column("time", "Time", 5, "right", _time),
    Column("status", "Status", 8, "left", _status),
    Column("order", "Order", 5, "right", _attribute("order")),
    Column("default", "Default", 7, "left", _switch("default", "D")),
    Column("premium", "Premium", 7, "left", _switch("premium", "yes")),
    Column("internal", "Internal", 8, "left", _switch("internal", "yes")),
    Column("tags", "Tags", 8, "left", _tags),
    Column("released", "Released", 10, "left", _day("released_on")),
    Column("retires", "Retires", 10, "left", _day("retires_on")),
    Column("deprecated", "Deprecated", 10, "left", _day("deprecated_on")),
    Column("verified", "Verified", 10, "left", _day("verified_on")),
    Column("pending", "Pending", 7, "left", _pending),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.id: column for column in _ALL})

_BY_FIELD = {field.name: column for column in _ALL if (field := field_named(column.id)) is not None}
