"""The columns that a table of models can show, on the command line and in the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.document import ABSENT, FieldPath, get, parse_field, shown
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.domain.price import cost_text
from modeltui.domain.run_stats import TREND
from modeltui.errors import UsageError

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.query.fields import Field

Align: TypeAlias = Literal["left", "right"]
TextOf: TypeAlias = Callable[[Model, Plan], str]


class Column(Struct, frozen=True):
    id: str
    """Also a name of the field in queries and sorts."""
    title: str
    width: int
    """The narrowest that still reads, in cells."""
    align: Align
    text: TextOf
    """What stands in the cell, empty where there is nothing to say. Not yet safe for a terminal.

    A column of what runs came to says something only as `column_named` gives it, for one catalogue.
    """


def column_named(name: str, catalog: Catalog) -> Column:
    """The column of a name, or one made for any field of the files. Raises UsageError for a name that is neither."""
    if name in COLUMNS:
        return _bound(COLUMNS[name], catalog)
    from modeltui.domain.query.fields import field_named, nearest_field  # noqa: PLC0415  # for any other name

    field = field_named(name)
    if field is None:
        near = nearest_field(name)
        raise UsageError(
            f"no column {name!r}", hint=f"did you mean {near}?" if near else f"known are {', '.join(COLUMNS)}"
        )
    if known := _by_field().get(field.name):
        return _bound(known, catalog)
    return Column(name, name, 8, "left", partial(_field_text, field, parse_field(name.removeprefix(".")), catalog))


def _bound(column: Column, catalog: Catalog) -> Column:
    """A column of what runs came to, for one catalogue; any other as it is."""
    if column.text is not _unbound:
        return column
    from modeltui.domain.run_texts import run_text  # noqa: PLC0415  # for these columns only

    return replace(column, text=partial(run_text, column.id, catalog))


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


def _rollout(model: Model, _: Plan) -> str:
    return "" if model.rollout is None else f"{model.rollout:.15g} %"


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


def _unbound(_: Model, __: Plan) -> str:
    return ""


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
    Column("rollout", "Rollout", 7, "right", _rollout),
    Column("default", "Default", 7, "left", _switch("default", "D")),
    Column("premium", "Premium", 7, "left", _switch("premium", "yes")),
    Column("internal", "Internal", 8, "left", _switch("internal", "yes")),
    Column("tags", "Tags", 8, "left", _tags),
    Column("released", "Released", 10, "left", _day("released_on")),
    Column("retires", "Retires", 10, "left", _day("retires_on")),
    Column("deprecated", "Deprecated", 10, "left", _day("deprecated_on")),
    Column("verified", "Verified", 10, "left", _day("verified_on")),
    Column("pending", "Pending", 7, "left", _pending),
    Column("tested", "Tested", 6, "left", _unbound),
    Column("success", "Success", 7, "right", _unbound),
    Column("runs", "Runs", 5, "right", _unbound),
    Column("spend", "Spend", 7, "right", _unbound),
    Column("p50", "p50", 5, "right", _unbound),
    Column("p95", "p95", 5, "right", _unbound),
    Column("trend", "Trend", TREND, "left", _unbound),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.id: column for column in _ALL})


@cache
def _by_field() -> Mapping[str, Column]:
    from modeltui.domain.query.fields import field_named  # noqa: PLC0415  # as above

    return {field.name: column for column in _ALL if (field := field_named(column.id)) is not None}
