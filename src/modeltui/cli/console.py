"""`console`: the console in the terminal, or a plain table where there is no terminal."""

from __future__ import annotations

import sys
from argparse import Namespace

from msgspec.structs import replace

from modeltui.cli import output
from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command, load
from modeltui.cli.session import Session
from modeltui.config import Settings, is_dumb_terminal


def console(session: Session, arguments: Namespace) -> int:
    if session.open_console is not None and _is_capable():
        return session.open_console(_as_asked(session.settings, arguments))
    plain_list = load("list")
    parser = Parser(prog="modeltui list", description="")
    plain_list.add_arguments(parser)
    return plain_list.run(session, parser.parse([]))


def _as_asked(settings: Settings, arguments: Namespace) -> Settings:
    return replace(settings, fresh=arguments.fresh, lowband=settings.lowband and not arguments.no_lowband)


def _is_capable() -> bool:
    """Whether a person looks at a terminal that can place its cursor."""
    return output.is_terminal() and sys.stdin is not None and sys.stdin.isatty() and not is_dumb_terminal()


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--fresh", action="store_true", help="do not go back to the filter, columns, marks of last time"
    )
    parser.add_argument(
        "--no-lowband", action="store_true", help="draw as Textual does, not only what changed on the terminal"
    )


COMMANDS = {
    "console": Command(
        console,
        _add_arguments,
        "Open the console. Where stdout is no terminal, or TERM is dumb, print the table of models.",
        reads_foreign=True,
    )
}
