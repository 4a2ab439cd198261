"""The command line's entry, with its one error boundary."""

from __future__ import annotations

from argparse import SUPPRESS
from collections.abc import Sequence

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_catalog, add_mapping, add_read_only
from modeltui.cli.commands import load, overview
from modeltui.cli.session import OpenConsole, Session
from modeltui.errors import ModeltuiError
from modeltui.version import VERSION

_MORE = """\
`modeltui COMMAND --help` tells more. The catalogue is -C, else $MODELTUI_CATALOG, else the nearest
folder above with a catalog.toml, else ./catalog."""


def main(argv: Sequence[str], open_console: OpenConsole | None = None) -> int:
    """Run the command in `argv` (without the program's name) and return the exit code. Nothing is raised.

    `open_console` is what a terminal is given to when there is one; without it the plain table is printed.
    """
    try:
        code = _completed(argv, open_console)
        output.flush()
    except ModeltuiError as error:
        return report.failure(error)
    except output.OutputClosedError:
        output.abandon()
        return report.Exit.DONE
    except KeyboardInterrupt:
        return report.Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the boundary: a bug is a line for the user and a traceback in the log
        return report.bug(error, _log_file())
    return code


def _completed(argv: Sequence[str], open_console: OpenConsole | None) -> int:
    try:
        return _run(argv, open_console)
    except SystemExit:  # argparse, after it showed a help
        return report.Exit.DONE


def _run(argv: Sequence[str], open_console: OpenConsole | None) -> int:
    parser = Parser(
        prog="modeltui",
        usage="modeltui [-C DIR] [--read-only] [--as NAME] [COMMAND ...]",
        description="A console for a catalogue of AI models kept as TOML files; without a command it opens.",
        epilog=lambda: f"{overview()}\n\n{_MORE}",
    )
    add_catalog(parser, default=None)
    add_read_only(parser, default=False)
    add_mapping(parser, default=None)
    parser.add_argument("--version", action="store_true", help="show the version")
    parser.add_argument("words", nargs="...", metavar="COMMAND", help=SUPPRESS)
    found, others = parser.parse_known_args(argv)
    if others and (found.words or not _are_of_console(others)):
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if found.version:
        output.lines([f"modeltui {VERSION}"])
        return report.Exit.DONE
    name, *rest = found.words or ["console", *others]
    command = load(name)
    of_command = Parser(
        prog=f"modeltui {name}", usage=command.usage, description=command.description, epilog=command.epilog
    )
    if command.is_of_catalog:
        add_catalog(of_command)
        add_read_only(of_command)
        add_mapping(of_command)
    command.add_arguments(of_command)
    arguments = of_command.parse(rest)
    given = {**vars(found), **vars(arguments)}
    session = Session(
        given["catalog"],
        open_console,
        read_only=given["read_only"],
        mapping=given["mapping"],
        reads_foreign=command.reads_foreign,
    )
    code = command.run(session, arguments)
    session.tell_run_trouble()
    return code


def _are_of_console(words: Sequence[str]) -> bool:
    """Whether they are options of `console`, which is what opens without a command."""
    parser = Parser(prog="modeltui", description="")
    load("console").add_arguments(parser)
    return parser.knows(words)


def _log_file() -> str:
    from modeltui.config import log_file  # noqa: PLC0415  # only after a bug

    return log_file()
