"""`lock` and `unlock`: freeze models, and free them."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import reported
from modeltui.cli.session import Session


def lock(session: Session, arguments: Namespace) -> int:
    keys = session.chosen(query_of(arguments))
    reason = arguments.reason if arguments.reason is not None else asking.text("Why lock?")
    return reported(session.workspace.changes.lock(keys, reason))


def unlock(session: Session, arguments: Namespace) -> int:
    keys = session.chosen(query_of(arguments))
    return reported(session.workspace.changes.unlock(keys, arguments.reason or ""))


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=True)
    parser.add_argument("--reason", metavar="TEXT", help="why")


COMMANDS = {
    "lock": Command(
        lock,
        _add_arguments,
        "Queue locking models, with who, when and why. A locked model takes no change but its unlocking.",
        QUERY_NOTE,
    ),
    "unlock": Command(
        unlock,
        _add_arguments,
        "Queue taking locks away. Other changes of these models are taken once that is applied.",
        QUERY_NOTE,
    ),
}
