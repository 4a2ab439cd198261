"""`init`: a new catalogue."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.services.starting import init_catalog


def init(_: Session, arguments: Namespace) -> int:
    folder = init_catalog(arguments.folder, sample=arguments.sample)
    output.paths([folder])
    report.say(f"a new catalogue; open it with `modeltui -C {arguments.folder}`")
    report.say("once it is in git, `modeltui merge-driver --install` lets git merge models field by field")
    return report.Exit.DONE


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a folder that is new or empty")
    parser.add_argument("--sample", action="store_true", help="start with the sample models")


COMMANDS = {
    "init": Command(init, _add_arguments, "Make a new catalogue, empty or with the sample models.", is_of_catalog=False)
}
