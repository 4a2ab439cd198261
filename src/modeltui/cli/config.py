"""`config`: what holds for this user, and where it comes from."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.config_file import ConfigFile
from modeltui.effective import Option

_HEADINGS = (Heading("Option", least=10), Heading("Value", least=12), Heading("From", least=8))


def config(session: Session, arguments: Namespace) -> int:
    file, options = session.config
    if arguments.format == "json":
        output.json_document(_document(file, list(options.values())))
    else:
        output.table(_HEADINGS, [cells for option in options.values() for cells in _cells(option)])
        report.say(f"the file is {file.path}" + ("" if file.is_there else ", which is not there"))
    report.warn(file.said)
    return report.Exit.REFUSED if file.problems else report.Exit.DONE


def _cells(option: Option) -> Iterator[list[str]]:
    place = "" if not option.place else f" ({option.place})"
    if option.name == "keys" and option.value:
        for name, keys in option.value.items():
            yield [f"keys.{name}", " or ".join(keys), f"{option.source}{place}"]
    else:
        yield [option.name, _shown(option.value), f"{option.source}{place}"]


def _shown(value: Any) -> str:
    return "–" if value in ("", [], {}) else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _document(file: ConfigFile, options: list[Option]) -> dict[str, Any]:
    return {
        "path": file.path,
        "exists": file.is_there,
        "options": [
            {"name": each.name, "value": each.value, "source": each.source, "place": each.place or None}
            for each in options
        ],
        "problems": [{"line": each.line, "message": each.message} for each in file.problems],
    }


def _add_arguments(parser: Parser) -> None:
    add_format(parser, "text", "json")


COMMANDS = {
    "config": Command(
        config,
        _add_arguments,
        "Show every option as it holds now, and whether it comes from an argument, the environment, the user's\n"
        "config.toml, a choice in the console, or is the default.",
        "Exit code 1 where something in the file is not taken; each such line is said.",
    )
}
