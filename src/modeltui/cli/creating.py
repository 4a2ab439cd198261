"""`presets`, `new` and `duplicate`: models that are not there yet."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format, add_model, assignment
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.outcome import reported
from modeltui.cli.preview import add_dry_run
from modeltui.cli.session import Session
from modeltui.domain.document import format_field
from modeltui.domain.presets import Preset
from modeltui.domain.snapshot import Snapshot
from modeltui.services.changing.creating import Draft


def presets(session: Session, arguments: Namespace) -> int:
    service, snapshot = session.workspace.presets, session.workspace.catalog.snapshot()
    if arguments.name is not None:
        return _show(service.find(arguments.name), snapshot, arguments.format)
    found = service.presets()
    if arguments.format == "json":
        output.json_document([_as_json(preset, snapshot) for preset in found])
    else:
        headings = [Heading(name, "left", width) for name, width in _COLUMNS.items()]
        output.table(headings, [_row(preset, snapshot) for preset in found])
    return report.Exit.DONE


def _show(preset: Preset, snapshot: Snapshot, form: str) -> int:
    if form == "json":
        output.json_document({**_as_json(preset, snapshot), "text": preset.text})
    else:
        output.file_content(preset.text.encode())
    if reason := preset.why_not(snapshot.catalog.providers):
        report.say(f"note: no model can be made of it: {reason}")
    return report.Exit.DONE


def _row(preset: Preset, snapshot: Snapshot) -> list[str]:
    reason = preset.why_not(snapshot.catalog.providers)
    said = f"! {reason}" if reason else preset.name
    return [preset.id, preset.provider or "–", preset.content_type or "any", said]


def _as_json(preset: Preset, snapshot: Snapshot) -> dict[str, object]:
    return {
        "id": preset.id,
        "name": preset.name,
        "description": preset.description,
        "provider": preset.provider,
        "content_type": preset.content_type,
        "origin": preset.origin,
        "asks": [format_field(path) for path in preset.asked],
        "problem": preset.why_not(snapshot.catalog.providers),
    }


def new(session: Session, arguments: Namespace) -> int:
    workspace = session.workspace
    preset = workspace.presets.find(arguments.preset)
    said = [assignment(word) for word in arguments.assignments]
    return _queued(session, arguments, workspace.creating.from_preset(preset, arguments.key, said))


def duplicate(session: Session, arguments: Namespace) -> int:
    creating = session.workspace.creating
    key = session.model(arguments.model, with_drafts=True).key
    return _queued(session, arguments, creating.copy(key, arguments.key))


def _queued(session: Session, arguments: Namespace, draft: Draft) -> int:
    if arguments.dry_run:
        output.file_content(draft.text.encode())
        report.warn(draft.warnings)
        report.say(f"{draft.path} would be made; nothing was queued")
        return report.Exit.DONE
    code = reported(session.workspace.creating.create(draft))
    report.say(f"{draft.path}: `modeltui show {draft.key}` shows it, `modeltui apply` writes it")
    return code


def _add_presets_arguments(parser: Parser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a preset to read; all of them without it")
    add_format(parser, "text", "json")


def _add_new_arguments(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help="content_type/name of the new model")
    parser.add_argument("assignments", nargs="*", metavar="FIELD=VALUE", help="name, model_id and what else it says")
    parser.add_argument("--from", dest="preset", required=True, metavar="PRESET", help="what it starts as")
    add_dry_run(parser)


def _add_duplicate_arguments(parser: Parser) -> None:
    add_model(parser)
    parser.add_argument("key", nargs="?", metavar="KEY", help="of the copy; without it, that of the model with -copy")
    add_dry_run(parser)


_COLUMNS = {"preset": 22, "provider": 14, "type": 16, "name": 40}

COMMANDS = {
    "presets": Command(
        presets,
        _add_presets_arguments,
        "List what new models can be made from, or show one preset.",
        "Those in presets/ of the catalogue, and those that come with modeltui.",
    ),
    "new": Command(
        new,
        _add_new_arguments,
        "Queue a new model: the text of a preset with its comments, a uid of its own, and what is said here.",
        "Without name and model_id, both are made from KEY. The model is inactive, unless active=true is said.",
        usage="modeltui new [-h] [-C DIR] KEY --from PRESET [FIELD=VALUE ...] [--dry-run]",
    ),
    "duplicate": Command(
        duplicate,
        _add_duplicate_arguments,
        "Queue a copy of a model, with what is pending for it: a uid of its own, (Copy) behind its name, not locked,\n"
        "in no rollout, not the default, and inactive until somebody looked at it.",
    ),
}
