"""`list` and `show`: the table of models, and the file of one."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_model, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.domain.browse.columns import COLUMNS, column_named
from modeltui.domain.document import plain

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.model import Model
    from modeltui.domain.pending.plan import Plan
    from modeltui.domain.query.fields import Field
    from modeltui.domain.snapshot import Snapshot

_COLUMNS: Final = ("key", "name", "provider", "cost", "time", "status", "active", "lock", "pending")
_WIDE: Final = 110


def list_models(session: Session, arguments: Namespace) -> int:
    nothing: tuple[str, str, list[str]] = ("", "", [])
    filtered, sort, columns = nothing if arguments.view is None else _of_view(session, arguments.view)
    query = " ".join(filter(None, [filtered, query_of(arguments)]))
    sort = arguments.sort or sort
    models = session.workspace.catalog.select(query, sort, with_drafts=False)
    snapshot = session.workspace.catalog.snapshot()
    shown = models if arguments.limit is None else models[: arguments.limit]
    _write(shown, snapshot, arguments.format, arguments.columns or columns)
    if arguments.format == "table" and (output.is_terminal() or not models):
        report.say(_count(len(shown), len(models), len(snapshot.catalog.models)))
    return report.Exit.DONE


def _of_view(session: Session, name: str) -> tuple[str, str, list[str]]:
    """Query, order and columns of a view. Raises NotFoundError."""
    from modeltui.domain.browse.groups import sorted_by_group  # noqa: PLC0415  # for views only

    view = session.workspace.views.named(name)
    for notice in session.workspace.views.notices():
        report.say(f"note: {notice}")
    return view.query, sorted_by_group(view.group, view.sort), [column.name for column in view.columns]


def show(session: Session, arguments: Namespace) -> int:
    model = session.model(arguments.model, with_drafts=True)
    snapshot = session.workspace.catalog.snapshot()
    if model.key not in snapshot.catalog.models:
        report.say(f"note: {model.path} is not written yet; it waits in your queue")
    if arguments.format == "json":
        output.json_document(plain(snapshot.shown.document(model.key)))
    else:
        output.file_content(session.workspace.catalog.content(model.key))
    return report.Exit.DONE


def row(model: Model, catalog: Catalog, plan: Plan) -> dict[str, Any]:
    """A model as JSON has it; null where a file that was not read leaves it unknown."""
    is_read = model.key in catalog.documents
    found = {
        "key": model.key,
        "uid": model.uid,
        "model_id": model.model_id,
        "name": model.name,
        "provider": model.provider,
        "content_type": model.content_type,
        "family": model.family,
        "version": model.version,
        "category": model.category,
        "tags": list(model.tags),
        "active": model.active if is_read else None,
        "default": model.default if is_read else None,
        "premium": model.premium if is_read else None,
        "internal": model.internal if is_read else None,
        "status": model.status,
        "locked": model.is_locked if is_read else None,
        "order": model.order,
        "base_cost": None if model.base_cost is None else f"{model.base_cost:f}",
        "currency": model.cost_currency,
        "estimated_seconds": model.estimated_seconds,
        "released_on": plain(model.released_on),
        "retires_on": plain(model.retires_on),
        "pending": model.key in plan.files,
        "path": model.path,
    }
    if model.fault is not None:
        found["error"] = f"{model.fault.where}: {model.fault.message}"
    return found


def _write(models: Sequence[Model], snapshot: Snapshot, form: str, names: Sequence[str]) -> None:
    catalog, plan = snapshot.catalog, snapshot.plan
    if form == "table":
        _write_table(models, catalog, plan, names or _usual_columns())
        return
    fields = {name: _field(name, catalog) for name in names}
    rows = (_extended(row(model, catalog, plan), model, catalog, plan, fields) for model in models)
    if form == "csv":
        output.csv_rows(names or _row_names(), rows)
    elif form == "jsonl":
        output.json_lines([rows])
    else:
        output.json_array(rows)


def _usual_columns() -> Sequence[str]:
    """A narrow terminal goes without names: a key tells as much, and commands take it."""
    width = output.terminal_width()
    return _COLUMNS if width is None or width >= _WIDE else [name for name in _COLUMNS if name != "name"]


def _write_table(models: Sequence[Model], catalog: Catalog, plan: Plan, names: Sequence[str]) -> None:
    columns = [column_named(name, catalog) for name in names]
    if models:
        output.table(
            [Heading(column.title, column.align, column.width) for column in columns],
            ([column.text(model, plan) for column in columns] for model in models),
        )


def _extended(
    found: dict[str, Any], model: Model, catalog: Catalog, plan: Plan, fields: Mapping[str, Field]
) -> dict[str, Any]:
    """The row with the fields that were asked for by name and that it does not hold yet."""
    for name, field in fields.items():
        if name not in found:
            from decimal import Decimal  # noqa: PLC0415  # for these only

            value = field.value_of(model, catalog, plan)
            found[name] = f"{value:f}" if isinstance(value, Decimal) else plain(value)
    return found


def _field(name: str, catalog: Catalog) -> Field:
    from modeltui.domain.query.fields import field_named  # noqa: PLC0415  # for named columns only

    column_named(name, catalog)
    field = field_named(name)
    assert field is not None
    return field


def _count(shown: int, chosen: int, total: int) -> str:
    rest = f", the first {shown} shown" if shown < chosen else ""
    return f"{chosen} of {total} models{rest}"


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _limit(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a number of rows")
    return int(text)


def _add_list_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument("--view", metavar="NAME", help="a view: its filter, order and columns; QUERY narrows it")
    parser.add_argument("--sort", metavar="A,-B", default="", help="fields to sort by; a minus sorts down")
    parser.add_argument("--columns", metavar="A,B", type=_names, default=[], help="columns, or any fields by path")
    parser.add_argument("--limit", metavar="N", type=_limit, help="no more rows than that")
    add_format(parser, "table", "json", "jsonl", "csv")


def _add_show_arguments(parser: Parser) -> None:
    add_model(parser)
    add_format(parser, "toml", "json")


def _row_names() -> tuple[str, ...]:
    from modeltui.domain.catalog import Catalog  # noqa: PLC0415  # for CSV only
    from modeltui.domain.model import Model  # noqa: PLC0415
    from modeltui.domain.pending.plan import Plan  # noqa: PLC0415

    return tuple(row(Model(key="", path=""), Catalog("", {}, {}), Plan({})))


def _note() -> str:
    from textwrap import fill  # noqa: PLC0415  # for the help only

    columns = fill(f"Columns: {', '.join(COLUMNS)}, or any field by its path, such as limits.context", 90)
    return f"{QUERY_NOTE}\n\n{columns}"


COMMANDS = {
    "list": Command(
        list_models,
        _add_list_arguments,
        "List the models that QUERY chooses, or all.",
        _note,
        reads_foreign=True,
    ),
    "show": Command(
        show, _add_show_arguments, "Show the whole file of a model, as it is or as JSON.", reads_foreign=True
    ),
}
