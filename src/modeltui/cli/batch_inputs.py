"""The inputs of many models as they are given on the command line."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modeltui.cli.arguments import Parser, assignment
from modeltui.cli.input_values import input_values
from modeltui.cli.json_reading import json_object
from modeltui.errors import UsageError
from modeltui.services.running.batch_planning import Spelled

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec

_ALL = "*"


def common_and_own(arguments: Namespace) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """`--inputs` and `--inputs-for`: of every model that knows them, and of single ones. Raises UsageError."""
    common = json_object(arguments.inputs) if arguments.inputs else {}
    own: dict[str, dict[str, Any]] = {}
    if isinstance(common.get(_ALL), dict):
        own = {name: _as_object(name, value) for name, value in common.items()}
        common = own.pop(_ALL)
    for word in arguments.inputs_for:
        name, text = assignment(word)
        own[name] = own.get(name, {}) | json_object(text)
    return common, own


def spelled(words: Sequence[str]) -> Spelled | None:
    """`-i NAME=VALUE`, read by the type that each model declares. Raises UsageError for a word without `=`."""
    if not words:
        return None
    for word in words:
        assignment(word)

    def read(specs: Sequence[InputSpec]) -> Mapping[str, Any]:
        return input_values(words, specs)

    return read


def files_of(arguments: Namespace) -> list[tuple[str, str]]:
    """`--upload`: name and path. Raises UsageError for a word without `=`."""
    return [assignment(word) for word in arguments.upload]


def add_inputs(parser: Parser) -> None:
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input of all; may be repeated"
    )
    parser.add_argument(
        "--inputs",
        metavar="JSON|@FILE",
        help='inputs of all as a JSON object; or {"*": {...}, "KEY": {...}} with those of single models',
    )
    parser.add_argument(
        "--inputs-for",
        action="append",
        default=[],
        metavar="KEY=JSON|@FILE",
        help="more inputs of one model; may be repeated",
    )
    parser.add_argument(
        "--upload",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a file for an image, audio or video input of all; may be repeated",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="skip a model that does not know a common input, which else it runs without",
    )


def _as_object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"the inputs of {name} are no JSON object", hint='{"*": {...}, "KEY": {...}}')
    return value
