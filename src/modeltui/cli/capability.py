"""`supports`: can a model do this, or which can?"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_needs, add_query, needs_of, query_of
from modeltui.cli.commands import Command
from modeltui.cli.input_values import input_values
from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.capability import Capability, Need, Reason
from modeltui.errors import BrokenFileError, InvalidValueError, NotFoundError
from modeltui.services.asked import typed_amount

_HEADINGS = (Heading("Model", least=16), Heading("Takes it", least=3), Heading("Why not", least=24))


def supports(session: Session, arguments: Namespace) -> int:
    words = query_of(arguments)
    key = _one(session, words)
    if key is not None:
        found = session.workspace.capability.supports(key, _need(session, key, arguments))
        return _said_of_one(found, arguments.format)
    models = session.workspace.catalog.select(words, with_drafts=False)
    if not models:
        raise NotFoundError(f"no model matches {words!r}", hint="`modeltui list` shows all keys")
    return _said_of_all([_of_one_of_many(session, model.key, arguments) for model in models], arguments.format)


def _of_one_of_many(session: Session, key: str, arguments: Namespace) -> Capability:
    """What one of them cannot take at all is its reason, and not the end of the others."""
    try:
        need = _need(session, key, arguments)
    except InvalidValueError as error:
        return Capability(key, (Reason(None, error.message),))
    return session.workspace.capability.of_all([(key, need)])[0]


def _one(session: Session, words: str) -> str | None:
    """The key of the model that the words name, if they name one."""
    try:
        return session.model(words).key
    except NotFoundError:
        return None


def _need(session: Session, key: str, arguments: Namespace) -> Need:
    """The values as the model's own inputs read them."""
    try:
        specs = session.workspace.costing.inputs(key)
    except (BrokenFileError, InvalidValueError):
        specs = ()
    return Need(
        inputs=input_values(arguments.input, specs),
        abilities=needs_of(arguments),
        media_seconds=typed_amount(arguments.media_seconds, "--media-seconds"),
        file_mb=typed_amount(arguments.file_mb, "--file-mb"),
    )


def _said_of_one(found: Capability, form: str) -> int:
    if form == "json":
        output.json_document(_document(found))
    elif found.is_supported:
        output.lines([f"{found.model} takes it"])
    else:
        output.lines([f"{found.model} does not take it", *(f"  {_sentence(each)}" for each in found.reasons)])
    return report.Exit.DONE if found.is_supported else report.Exit.REFUSED


def _said_of_all(found: Sequence[Capability], form: str) -> int:
    able = sum(each.is_supported for each in found)
    if form == "json":
        output.json_array(map(_document, found))
    else:
        ordered = sorted(found, key=lambda each: not each.is_supported)
        output.table(_HEADINGS, ([each.model, _yes(each), _reasons(each)] for each in ordered))
        report.say(f"{able} of {counted(len(found))} take it")
    return report.Exit.DONE if able else report.Exit.REFUSED


def _yes(found: Capability) -> str:
    return "yes" if found.is_supported else "no"


def _reasons(found: Capability) -> str:
    return "; ".join(map(_sentence, found.reasons))


def _sentence(reason: Reason) -> str:
    return f"{reason.input}: {reason.message}" if reason.input else reason.message


def _document(found: Capability) -> dict[str, Any]:
    return {
        "model": found.model,
        "supported": found.is_supported,
        "reasons": [
            {"input": each.input, "message": each.message, "allowed": list(each.allowed)} for each in found.reasons
        ],
    }


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    add_needs(parser, "--need", "NAME", "a capability, an input or a medium")
    parser.add_argument("--media-seconds", metavar="S", help="length of the audio or video that is sent")
    parser.add_argument("--file-mb", metavar="N", help="size of the largest file that is sent")
    add_format(parser, "text", "json")


COMMANDS = {
    "supports": Command(
        supports,
        _add_arguments,
        "Ask whether a model takes some inputs, or which models of a QUERY do, with the reason where not.\n"
        "What is not said does not count. Exits with 1 where no model takes it.",
        "duration, quality, resolution, outputs, images, videos, audios, context, input_tokens and output_tokens are\n"
        f"answered by [limits] where they are no inputs of a model.\n\n{QUERY_NOTE}",
        usage="modeltui supports [-C DIR] MODEL|QUERY [-i NAME=VALUE ...] [--need NAME ...]",
    )
}
