"""`toml`: edit any TOML file through the catalogue's editor, with no catalogue and no types."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, assignment
from modeltui.cli.commands import Command
from modeltui.cli.reading import content_of, line_batches, opened, toml_value
from modeltui.cli.session import Session
from modeltui.domain.document import FieldPath, Value, parse_field
from modeltui.domain.json_reading import parse_json_object
from modeltui.errors import BrokenFileError, ModeltuiError, UsageError
from modeltui.services.changing.toml_edit import LARGEST, edit_text


def toml(_: Session, arguments: Namespace) -> int:
    if arguments.jsonl is not None:
        if arguments.words or arguments.unset:
            raise UsageError("with --jsonl each line holds its text and its edits")
        with opened(arguments.jsonl) as file:
            output.json_lines(_answers(line_batches(file)))
        return report.Exit.DONE
    if arguments.words[:1] != ["set"] or len(arguments.words) < 2:
        raise UsageError("toml takes `set FILE FIELD=VALUE...` or --jsonl", hint="`modeltui toml --help` shows both")
    _, path, *words = arguments.words
    sets = [(parse_field(field), toml_value(text)) for field, text in map(assignment, words)]
    edited = edit_text(_text(path), sets, [parse_field(field) for field in arguments.unset])
    output.file_content(edited.encode())
    return report.Exit.DONE


def _text(path: str) -> str:
    try:
        return content_of(path, LARGEST).decode()
    except UnicodeDecodeError as error:
        raise BrokenFileError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error


def _answers(batches: Iterable[Iterable[bytes]]) -> Iterator[Iterator[dict[str, str]]]:
    for batch in batches:
        yield map(_answer, batch)


def _answer(line: bytes) -> dict[str, str]:
    """`text` with the edits made, or `refused` with the reason."""
    try:
        asked = parse_json_object(line)
        return {"text": edit_text(_given_text(asked), _sets(asked), _unsets(asked))}
    except ModeltuiError as error:
        return {"refused": error.message}
    except RecursionError:
        return {"refused": "nested too deeply"}


def _given_text(asked: Mapping[str, Any]) -> str:
    text = asked.get("text")
    if not isinstance(text, str):
        raise UsageError("text must be a string")
    return text


def _sets(asked: Mapping[str, Any]) -> list[tuple[FieldPath, Value]]:
    pairs = asked.get("set", [])
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise UsageError("set must be a list of [path, value]")
    return [(_path(path), _value(value)) for path, value in pairs]


def _unsets(asked: Mapping[str, Any]) -> list[FieldPath]:
    paths = asked.get("unset", [])
    if not isinstance(paths, list):
        raise UsageError("unset must be a list of paths")
    return [_path(path) for path in paths]


def _path(parts: Any) -> FieldPath:
    if not isinstance(parts, list) or not parts or not all(type(part) in (str, int) for part in parts):
        raise UsageError("a path must be a list of keys")
    return tuple(parts)


def _value(value: Any) -> Value:
    """JSON as TOML has it. Raises UsageError for null, which TOML has not."""
    if value is None:
        raise UsageError("TOML has no null; a field goes with unset")
    if isinstance(value, list):
        return [_value(item) for item in value]
    return {key: _value(item) for key, item in value.items()} if isinstance(value, dict) else value


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="set FILE FIELD=VALUE", help="the file (- is stdin) and what to set"
    )
    parser.add_argument(
        "--unset", action="append", default=[], metavar="FIELD", help="a field to remove; may be repeated"
    )
    parser.add_argument("--jsonl", metavar="FILE|-", help="an edit a line in, a text or a refusal a line out")


COMMANDS = {
    "toml": Command(
        toml,
        _add_arguments,
        "Edit any TOML file and write the result to stdout: only the touched lines differ, or nothing is written.",
        'VALUE is TOML (true, 0.25, ["a"]), else a string. No types are checked.\n'
        'Each line of --jsonl: {"text": "...", "set": [[["a", "b"], value], ...], "unset": [["c"], ...]}\n'
        'gives {"text": "..."} or {"refused": "reason"}.',
        usage="modeltui toml set FILE FIELD=VALUE [FIELD=VALUE ...] [--unset FIELD]\n"
        "       modeltui toml --jsonl FILE|-",
        is_of_catalog=False,
    )
}
