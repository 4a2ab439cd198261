"""`default`, `deprecate`, `restore` and `remove`: the life of models."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from datetime import date

from modeltui.cli.arguments import QUERY_NOTE, Parser, add_model, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import reported
from modeltui.cli.preview import acted, add_dry_run, done_or_foreseen
from modeltui.cli.session import Session
from modeltui.errors import UsageError


def default(session: Session, arguments: Namespace) -> int:
    key = session.model(arguments.model, with_drafts=True).key
    return reported(session.workspace.lifecycle.set_default(key))


def deprecate(session: Session, arguments: Namespace) -> int:
    if arguments.everywhere and arguments.replaced_by is None:
        raise UsageError("--everywhere needs --replaced-by", hint="say which model takes their place")
    keys = session.chosen(query_of(arguments)) if arguments.everywhere else ()
    act = session.workspace.lifecycle.deprecation(arguments.on, arguments.replaced_by, everywhere=keys)
    return acted(session, query_of(arguments), arguments, act)


def restore(session: Session, arguments: Namespace) -> int:
    return acted(session, query_of(arguments), arguments, session.workspace.lifecycle.restoration())


def remove(session: Session, arguments: Namespace) -> int:
    keys, lifecycle = session.chosen(query_of(arguments)), session.workspace.lifecycle
    follower, everywhere = arguments.replaced_by, arguments.everywhere
    if everywhere and follower is None:
        raise UsageError("--everywhere needs --replaced-by", hint="say which model takes their place")
    return done_or_foreseen(
        arguments.dry_run,
        lambda: lifecycle.preview_removal(keys, hard=arguments.hard, replaced_by=follower, everywhere=everywhere),
        lambda: lifecycle.remove(keys, hard=arguments.hard, replaced_by=follower, everywhere=everywhere),
    )


def day(text: str) -> date:
    """A day such as `2026-11-20`."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is no day; write it as in 2026-11-20")


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=True)
    add_dry_run(parser)


def _add_deprecate_arguments(parser: Parser) -> None:
    _add_arguments(parser)
    parser.add_argument("--on", metavar="DATE", type=day, help="the day, such as 2026-11-20; today without it")
    _add_replacement(parser)


def _add_replacement(parser: Parser) -> None:
    parser.add_argument("--replaced-by", metavar="MODEL", help="the model to use instead")
    parser.add_argument(
        "--everywhere", action="store_true", help="put it in their place in all workflows and models that name them"
    )


def _add_remove_arguments(parser: Parser) -> None:
    _add_arguments(parser)
    parser.add_argument("--hard", action="store_true", help="delete the files, of models that nothing needs")
    _add_replacement(parser)


COMMANDS = {
    "default": Command(
        default,
        add_model,
        "Queue making a model the default of its content type. The one so far stops being it, in the same step.\n"
        "Where that one is locked, nothing is queued.",
    ),
    "deprecate": Command(
        deprecate,
        _add_deprecate_arguments,
        "Queue advising against models: status, day and successor. They stay active.",
        QUERY_NOTE,
    ),
    "restore": Command(
        restore,
        _add_arguments,
        "Queue taking back what deprecate and remove do: active again, without day and successor.",
        QUERY_NOTE,
    ),
    "remove": Command(
        remove,
        _add_remove_arguments,
        "Queue taking models out of use: inactive, deprecated, dated. `restore` takes it back.\n"
        "A new model that waits to be created is just not made.",
        "--hard refuses models that are locked, the default, or named by another file, and says by which.\n\n"
        f"{QUERY_NOTE}",
    ),
}
