"""`rollback`: queue the inverse of an apply or of a commit."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command
from modeltui.cli.outcome import reported
from modeltui.cli.session import Session
from modeltui.errors import NotFoundError


def rollback(session: Session, arguments: Namespace) -> int:
    return reported(
        session.workspace.rollback.roll_back(
            arguments.apply,
            key=None if arguments.model is None else _key(session, arguments.model),
            field=arguments.field,
            even_if_changed=arguments.even_if_changed,
        )
    )


def _key(session: Session, name: str) -> str:
    """A model that the apply removed has only its key."""
    try:
        return session.model(name).key
    except NotFoundError:
        return name


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("apply", metavar="APPLY", help="the id of an apply, or a commit, as `history` shows them")
    parser.add_argument("--model", metavar="MODEL", help="only this model")
    parser.add_argument("--field", metavar="FIELD", help="only this field, as in cost.base")
    parser.add_argument(
        "--even-if-changed", action="store_true", help="also fields that something later changed; its value is lost"
    )


COMMANDS = {
    "rollback": Command(
        rollback,
        _add_arguments,
        "Queue the inverse of an apply or a commit, as one undo step: fields get their old values, a model that\n"
        "was made is removed, one that was removed is made again. Nothing is written before `apply`.",
        "A field that something later changed is refused, and so are locked models; the rest is queued.",
    )
}
