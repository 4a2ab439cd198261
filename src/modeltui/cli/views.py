"""`views`: the filters, orders and columns that have a name."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.domain.browse.views import view_data

_HEADINGS = (
    Heading("No", "right", 2),
    Heading("Name", least=12),
    Heading("Of", least=8),
    Heading("Query", least=12),
    Heading("Sort", least=6),
    Heading("Group", least=6),
    Heading("Columns", least=8),
)


def views(session: Session, arguments: Namespace) -> int:
    service = session.workspace.views
    own = {view.name for view in service.own()}
    found = [(number, view, view.name in own) for number, view in enumerate(service.all(), 1)]
    if arguments.format == "json":
        output.json_array({"number": number, "is_own": is_own, **view_data(view)} for number, view, is_own in found)
    else:
        output.table(
            _HEADINGS,
            (
                [
                    str(number),
                    view.name,
                    "you" if is_own else "built in",
                    view.query,
                    view.sort,
                    view.group,
                    ",".join(column.name for column in view.columns),
                ]
                for number, view, is_own in found
            ),
        )
    for notice in service.notices():
        report.say(f"note: {notice}")
    return report.Exit.DONE


def _add_arguments(parser: Parser) -> None:
    add_format(parser, "table", "json")


COMMANDS = {
    "views": Command(
        views,
        _add_arguments,
        "List the views: built in, and those that you saved with V in the console. `list --view NAME` shows one.",
        reads_foreign=True,
    )
}
