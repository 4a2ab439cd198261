"""`schema`: the format of the files as JSON Schema, for editors and other languages."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.session import Session

_NAMES = ("model", "provider", "catalog", "preset", "workflow", "export")


def schema(_: Session, arguments: Namespace) -> int:
    from modeltui.services.schema import is_there, save, schema_text  # noqa: PLC0415  # loads pydantic; not for --help

    text = schema_text(arguments.name)
    if arguments.out is None:
        output.file_content(text.encode())
        return report.Exit.DONE
    is_taken = is_there(arguments.out)
    if is_taken and not asking.confirm(f"{arguments.out} is there. Replace it?", is_yes=arguments.yes):
        report.say("nothing was written")
        return report.Exit.REFUSED
    save(arguments.out, text, replaces=is_taken)
    report.say(f"the schema of {arguments.name} is in {arguments.out}")
    return report.Exit.DONE


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "name", nargs="?", choices=_NAMES, default=_NAMES[0], metavar="NAME", help=f"{', '.join(_NAMES)}"
    )
    parser.add_argument("--out", metavar="FILE", help="write it there; without it, to stdout")
    add_yes(parser)


COMMANDS = {
    "schema": Command(
        schema,
        _add_arguments,
        "Write the JSON Schema (2020-12) of a kind of file, or of what `export json` writes.\n"
        "An editor that has it completes names and marks mistakes while you type; `check` knows more.",
        "A first line `#:schema PATH-OR-URL` in a file names its schema to Taplo and Even Better TOML.",
        is_of_catalog=False,
    )
}
