"""`import`: what another file says, shown first, then queued as one step."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes, assignment
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted, reported
from modeltui.cli.reading import opened
from modeltui.cli.session import Session
from modeltui.domain.document import format_field, plain, shown
from modeltui.domain.text import some_of
from modeltui.errors import RefusedError, UsageError
from modeltui.services.changing.exchange import IMPORTS, LARGEST, ImportPlan, Options


def import_file(session: Session, arguments: Namespace) -> int:
    exchange = session.workspace.exchange
    options = Options(
        providers=dict(assignment(word) for word in arguments.provider), creates=arguments.create, whole=arguments.whole
    )
    content = _from_stdin() if arguments.file == "-" else None
    plan = exchange.preview(arguments.form, arguments.file, options, content)
    report.warn(plan.warnings)
    if arguments.format == "text":
        output.lines(_described(plan))
    queued = None
    if not arguments.dry_run and not plan.is_empty:
        if not asking.confirm(f"{plan.summary()}. Queue {counted(plan.count)}?", is_yes=arguments.yes):
            report.say("nothing was queued")
            return report.Exit.REFUSED
        queued = exchange.queue(plan)
    if arguments.format == "json":
        output.json_document(_as_json(plan, 0 if queued is None else len(queued.changed)))
    if queued is not None:
        return reported(queued)
    return _not_queued(plan)


def _not_queued(plan: ImportPlan) -> int:
    """The exit code where it was only asked what would be, or nothing is to do."""
    if plan.is_empty and not plan.is_known and (plan.refused or plan.skipped):
        hint = plan.refused[0].hint if len(plan.refused) == 1 else None
        if not plan.refused:
            hint = next((row.hint for row in plan.skipped if row.hint), None)
        raise RefusedError(f"no row can be taken: {plan.summary()}", hint=hint)
    report.say(f"{plan.summary()}; nothing was queued")
    return report.Exit.DONE


def _described(plan: ImportPlan) -> Iterator[str]:
    """The plan in lines: the models one by one, the rows that were skipped by their reasons."""
    for new in plan.created:
        yield f"+ {new.key}  ({new.where})"
    for changed in plan.changed:
        yield f"~ {changed.key}  ({changed.where})"
        for edit in changed.edits:
            yield f"    {format_field(edit.path)}: {shown(edit.old)} → {shown(edit.new)}"
    for reason, refused in plan.refused_by_reason():
        first = refused[0]
        key = f" ({first.key})" if first.key else ""
        hint = f"; {first.hint}" if first.hint else ""
        yield f"! {some_of((row.where for row in refused), len(refused))}{key}: {reason}{hint}"
    for reason, number in plan.skipped_by_reason().items():
        yield f"= {counted(number, 'row')}: {reason}"
    for hint in dict.fromkeys(row.hint for row in plan.skipped if row.hint):
        yield f"    hint: {hint}"


def _as_json(plan: ImportPlan, queued: int) -> dict[str, Any]:
    return {
        "created": [
            {"row": item.where, "key": item.key, "path": item.path, "text": item.text} for item in plan.created
        ],
        "changed": [
            {
                "row": item.where,
                "key": item.key,
                "changes": [
                    {"field": format_field(edit.path), "old": plain(edit.old), "new": plain(edit.new)}
                    for edit in item.edits
                ],
            }
            for item in plan.changed
        ],
        "skipped": [{"row": item.where, "key": item.key, "reason": item.reason} for item in plan.skipped],
        "refused": [
            {"row": item.where, "key": item.key, "reason": item.reason, "hint": item.hint} for item in plan.refused
        ],
        "warnings": list(plan.warnings),
        "queued": queued,
    }


def _from_stdin() -> bytes:
    with opened("-") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"stdin holds more than {LARGEST:,} bytes", hint="split it")
    return content


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("form", choices=IMPORTS, metavar="FORMAT", help=", ".join(IMPORTS))
    parser.add_argument("file", metavar="FILE", help="the file (- is stdin); for models.dev also a folder")
    parser.add_argument(
        "--provider",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="which provider of the catalogue a name in the file means; may be repeated",
    )
    parser.add_argument(
        "--create", action="store_true", help="litellm, models.dev: also make models that the catalogue has not"
    )
    parser.add_argument(
        "--whole", action="store_true", help="json, csv: a row says all, so what it leaves out is removed"
    )
    add_yes(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be queued, and queue nothing")
    add_format(parser, "text", "json")


COMMANDS = {
    "import": Command(
        import_file,
        _add_arguments,
        "Show what a file of another format would create and change, and queue that as one undo step.",
        "json        a list of documents as `show --format json` prints them, each with its key\n"
        "csv         a row a model, with a column key; the other columns are fields; an empty cell changes nothing\n"
        "litellm     LiteLLM's price map: prices, limits, modalities and retirement of models that are here\n"
        "models.dev  the same from that catalogue: its api.json, its tree as a folder or an archive\n\n"
        "A row that cannot be taken is named, and the others go on. A locked model is never touched.",
    )
}
