"""`set`, `enable` and `disable`: new values into the queue."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from modeltui.cli.arguments import QUERY_NOTE, Parser, add_query, assignment, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import reported
from modeltui.cli.preview import add_dry_run, done_or_foreseen
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.changing import acts


def set_fields(session: Session, arguments: Namespace) -> int:
    assignments = [assignment(word) for word in arguments.assignments]
    if not assignments and not arguments.unset:
        raise UsageError("nothing to set", hint="`modeltui set QUERY FIELD=VALUE`, QUERY being one argument")
    keys, bulk = session.chosen(arguments.query), session.workspace.bulk
    act = acts.set_fields(assignments, arguments.unset)
    return done_or_foreseen(arguments.dry_run, lambda: bulk.preview(keys, act), lambda: bulk.do(keys, act))


def set_active(active: bool, session: Session, arguments: Namespace) -> int:
    return reported(session.workspace.changes.set_active(session.chosen(query_of(arguments)), active))


def _add_set_arguments(parser: Parser) -> None:
    parser.add_argument("query", metavar="QUERY", help="which models, as one argument")
    parser.add_argument("assignments", nargs="*", metavar="FIELD=VALUE", help="what to set")
    parser.add_argument(
        "--unset", action="append", default=[], metavar="FIELD", help="a field to remove; may be repeated"
    )
    add_dry_run(parser)


def _add_query(parser: Parser) -> None:
    add_query(parser, is_needed=True)


COMMANDS = {
    "set": Command(
        set_fields,
        _add_set_arguments,
        "Queue new values of fields for all models that QUERY chooses. Locked models are skipped and named.",
        "VALUE is read by the field's type: text as it is, a number, true or false; TOML where any value may stand.\n"
        "Nested fields are written with dots: poll.interval_s=3\n\n"
        f"{QUERY_NOTE}",
        usage="modeltui set [-h] [-C DIR] QUERY FIELD=VALUE [FIELD=VALUE ...] [--unset FIELD] [--dry-run]",
    ),
    "enable": Command(partial(set_active, True), _add_query, "Queue switching models on.", QUERY_NOTE),
    "disable": Command(partial(set_active, False), _add_query, "Queue switching models off.", QUERY_NOTE),
}
