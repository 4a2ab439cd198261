"""`tag` and `scale`: words and prices of many models."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli.arguments import QUERY_NOTE, Parser
from modeltui.cli.commands import Command
from modeltui.cli.preview import acted, add_dry_run
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.changing import acts


def tag(session: Session, arguments: Namespace) -> int:
    words = [_signed(word) for word in arguments.tags]
    add = [word for sign, word in words if sign == "+"]
    return acted(session, arguments.query, arguments, acts.tag(add, [word for sign, word in words if sign == "-"]))


def scale(session: Session, arguments: Namespace) -> int:
    return acted(session, arguments.query, arguments, acts.scale(arguments.field, arguments.factor, arguments.round))


def _signed(word: str) -> tuple[str, str]:
    if word[:1] not in ("+", "-") or not word[1:].strip():
        raise UsageError(f"{word!r} is neither +TAG nor -TAG", hint="write a QUERY of several words as one argument")
    return word[0], word[1:]


def _add_tag_arguments(parser: Parser) -> None:
    parser.keeps_minus = True
    parser.add_argument("query", metavar="QUERY", help="which models, as one argument")
    parser.add_argument("tags", nargs="+", metavar="+TAG|-TAG", help="a tag to add, or to remove")
    add_dry_run(parser)


def _add_scale_arguments(parser: Parser) -> None:
    parser.add_argument("query", metavar="QUERY", help="which models, as one argument")
    parser.add_argument("field", metavar="FIELD", help="a price such as cost.base, or cost for all prices")
    parser.add_argument("factor", metavar="FACTOR", help="such as 1.1 for ten percent more")
    parser.add_argument("--round", metavar="HOW", help="such as half_up:2, or 2 for the same; exact without it")
    add_dry_run(parser)


COMMANDS = {
    "tag": Command(
        tag,
        _add_tag_arguments,
        "Queue adding and removing tags, for all models that QUERY chooses, as one undo step.",
        f"A tag with a blank in it stands in quotes: '+very fast'\n\n{QUERY_NOTE}",
        usage="modeltui tag [-h] [-C DIR] QUERY +TAG|-TAG [+TAG|-TAG ...] [--dry-run]",
    ),
    "scale": Command(
        scale,
        _add_scale_arguments,
        "Queue prices times a factor, for all models that QUERY chooses, as one undo step.",
        "A product is exact, and keeps at least the decimals that the price had. Multipliers are factors, and stay.\n\n"
        f"{QUERY_NOTE}",
    ),
}
