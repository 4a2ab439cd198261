"""`stats`: the catalogue in numbers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from modeltui.cli import output, report, run_tables
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.statistics import CostBin, Costs, Month, Share, Statistics

_HEADINGS = (
    Heading("What", least=8),
    Heading("Value", least=16),
    Heading("Models", "right", 6),
    Heading("Active", "right", 6),
    Heading("Query", least=12),
)


def stats(session: Session, arguments: Namespace) -> int:
    query, alerts = query_of(arguments), session.workspace.alerts
    runs, as_of = alerts.runs(query), session.workspace.catalog.snapshot().catalog.as_of
    session.tell_units()
    if arguments.format == "json":
        by_model = {"by_model": run_tables.models_document(runs)} if arguments.by else {}
        told = {"runs": run_tables.document(runs), **by_model, "units_problem": runs.units.problem}
        output.json_document({**_document(alerts.statistics(query)), **told})
    elif arguments.by:
        output.table(run_tables.MODEL_HEADINGS, run_tables.model_rows(runs, as_of))
        report.say(run_tables.told(runs, as_of))
    else:
        found = alerts.statistics(query)
        output.table(_HEADINGS, _rows(found))
        if runs.providers:
            output.text("\n")
            output.table(run_tables.HEADINGS, run_tables.rows(runs, as_of))
        report.say(f"{counted(found.total)}: {found.active} active, {found.locked} locked, {found.broken} broken")
        report.say(run_tables.told(runs, as_of))
    return report.Exit.DONE


def _rows(found: Statistics) -> list[list[str]]:
    rows: list[list[str]] = []
    for what, shares in (
        ("provider", found.providers),
        ("type", found.types),
        ("status", found.statuses),
        ("lock", found.locks),
    ):
        rows += [_cells(what, share.label, share) for share in shares]
    for costs in found.costs:
        rows += [_cells(f"cost in {costs.currency}", each.label, each) for each in costs.bins]
    rows += [_month_cells(month) for month in found.retirements if month.keys]
    return rows


def _cells(what: str, label: str, each: Share | CostBin) -> list[str]:
    return [what, label, str(each.count), str(each.active), each.query]


def _month_cells(month: Month) -> list[str]:
    return ["retires", month.label, str(len(month.keys)), str(month.active), month.query]


def _document(found: Statistics) -> dict[str, Any]:
    return {
        "models": found.total,
        "active": found.active,
        "locked": found.locked,
        "broken": found.broken,
        "providers": _shares(found.providers),
        "types": _shares(found.types),
        "statuses": _shares(found.statuses),
        "locks": _shares(found.locks),
        "costs": [_costs(costs) for costs in found.costs],
        "retirements": [
            {"month": month.label, "models": list(month.keys), "active": month.active, "query": month.query}
            for month in found.retirements
        ],
    }


def _shares(shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [
        {"value": share.label, "models": share.count, "active": share.active, "query": share.query} for share in shares
    ]


def _costs(costs: Costs) -> dict[str, Any]:
    return {
        "currency": costs.currency,
        "least": f"{costs.least:f}",
        "median": f"{costs.median:f}",
        "most": f"{costs.most:f}",
        "bins": [
            {
                "from": f"{each.low:f}",
                "below": None if each.low == each.high else f"{each.high:f}",
                "models": each.count,
                "active": each.active,
                "query": each.query,
            }
            for each in costs.bins
        ],
    }


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument("--by", choices=["model"], help="the runs of each model, and nothing else as text")
    add_format(parser, "text", "json")


COMMANDS = {
    "stats": Command(
        stats,
        _add_arguments,
        "Show how many models there are by provider, type, status, lock, cost and last day, each with its query, and "
        "what their runs came to.",
        QUERY_NOTE,
        reads_foreign=True,
    )
}
