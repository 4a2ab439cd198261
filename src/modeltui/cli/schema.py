"""`schema`: the format of the files as JSON Schema, for editors and other languages."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.errors import UsageError

_ALL: Final = "all"
_NAMES: Final = ("model", "provider", "catalog", "preset", "workflow", "export", _ALL)


def schema(_: Session, arguments: Namespace) -> int:
    from modeltui.services.schema import schema_text  # noqa: PLC0415  # loads pydantic; not for --help

    if arguments.name == _ALL:
        return _save_all(arguments)
    text = schema_text(arguments.name)
    if arguments.out is None:
        output.file_content(text.encode())
        return report.Exit.DONE
    return _save({arguments.out: text}, f"the schema of {arguments.name} is in {arguments.out}", is_yes=arguments.yes)


def _save_all(arguments: Namespace) -> int:
    from modeltui.services.schema import files_in, schema_text  # noqa: PLC0415  # as above

    if arguments.out is None:
        raise UsageError("all schemas are several files", hint="`schema all --out FOLDER` writes them into a folder")
    texts = {path: schema_text(name) for name, path in files_in(arguments.out)}
    return _save(texts, f"{len(texts)} schemas are in {arguments.out}", is_yes=arguments.yes)


def _save(texts: dict[str, str], said: str, *, is_yes: bool) -> int:
    """Files that are there are replaced on a yes only, which is asked for once."""
    from modeltui.services.schema import is_there, save  # noqa: PLC0415  # as above

    taken = [path for path in texts if is_there(path)]
    asked = f"{taken[0]} is there. Replace it?" if len(taken) == 1 else f"{len(taken)} files are there. Replace them?"
    if taken and not asking.confirm(asked, is_yes=is_yes):
        report.say("nothing was written")
        return report.Exit.REFUSED
    for path, text in texts.items():
        save(path, text, replaces=path in taken)
    report.say(said)
    return report.Exit.DONE


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "name", nargs="?", choices=_NAMES, default=_NAMES[0], metavar="NAME", help=f"{', '.join(_NAMES)}"
    )
    parser.add_argument("--out", metavar="FILE", help="write it there; without it, to stdout. all: a folder")
    add_yes(parser)


COMMANDS = {
    "schema": Command(
        schema,
        _add_arguments,
        "Write the JSON Schema (2020-12) of a kind of file, or of what `export json` writes; all: each into a file of\n"
        "its own. An editor that has it completes names and marks mistakes while you type; `check` knows more.",
        "A first line `#:schema PATH-OR-URL` in a file names its schema to Taplo and Even Better TOML.",
        is_of_catalog=False,
    )
}
