"""`sync`: what a registry says otherwise than when it was last seen, shown first, then queued as one step."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Final

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, add_yes, assignment, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted, reported
from modeltui.cli.reading import content_of
from modeltui.cli.session import Session
from modeltui.cli.sync_report import HEADINGS, as_json, as_text, cells, summary
from modeltui.domain.document import FieldPath, parse_field
from modeltui.errors import RefusedError, UsageError
from modeltui.services.changing.sync import (
    KINDS,
    LARGEST,
    SYNCS,
    Choice,
    Scope,
    SyncOptions,
    SyncPlan,
    all_ours,
    all_theirs,
    usual,
)

_TAKES: Final = ("theirs", "ours")


def sync(session: Session, arguments: Namespace) -> int:
    service, query = session.workspace.sync, query_of(arguments)
    content = content_of("-", LARGEST) if arguments.file == "-" else None
    keys = [model.key for model in session.workspace.catalog.select(query)] if query.strip() else None
    plan = service.preview(arguments.form, arguments.file, _options(arguments), content=content, keys=keys)
    choice = _choice(plan, arguments)
    resolution = service.resolve(plan, choice)
    if arguments.format == "text":
        output.lines(as_text(plan, choice, resolution, with_kept=arguments.all, with_new=arguments.new))
    elif arguments.format == "table":
        output.table(HEADINGS, cells(plan, choice, with_kept=arguments.all))
    queued = None
    if resolution.edits and not arguments.dry_run:
        question = f"{summary(plan, resolution)}. Queue {counted(len(resolution.edits))}?"
        if not asking.confirm(question, is_yes=arguments.yes):
            report.say("nothing was queued")
            return report.Exit.REFUSED
        queued = service.queue(plan, resolution)
    if arguments.format == "json":
        output.json_document(as_json(plan, choice, resolution, 0 if queued is None else len(queued.changed)))
    if queued is not None:
        return reported(queued)
    if resolution.refused and not resolution.edits:
        [error, *more] = resolution.refused.values()
        raise RefusedError(error.message if not more else "every model refuses", hint=error.hint)
    if not plan.held and not plan.ignored and not plan.gone:
        raise RefusedError("no model is in this snapshot", hint=_hint(plan))
    report.say(f"{summary(plan, resolution)}; nothing was queued")
    return report.Exit.DONE


def _hint(plan: SyncPlan) -> str | None:
    if plan.ambiguous:
        return "--map MODEL=ID says which entry a model is"
    return "--provider THEIRS=OURS says which of yours a provider is, --map MODEL=ID which entry a model is"


def _options(arguments: Namespace) -> SyncOptions:
    return SyncOptions(
        providers=dict(assignment(word) for word in arguments.provider),
        mapped=dict(_mapping(word) for word in arguments.map),
        scope=Scope(frozenset(arguments.only), frozenset(arguments.field)),
    )


def _choice(plan: SyncPlan, arguments: Namespace) -> Choice:
    match arguments.take:
        case "theirs":
            return all_theirs(plan, with_kept=arguments.all)
        case "ours":
            return all_ours(plan)
    return usual(plan)


def _mapping(word: str) -> tuple[str, str]:
    model, sign, own_id = word.partition("=")
    if not model.strip() or not sign:
        raise UsageError(f"{word!r} is not MODEL=ID", hint="MODEL= says that a model has no entry there")
    return model.strip(), own_id.strip()


def _kinds(text: str) -> list[str]:
    names = list(_names(text))
    for name in names:
        if name not in KINDS:
            raise UsageError(f"there is no kind {name!r}", hint=f"one of {', '.join(KINDS)}")
    return names


def _names(text: str) -> Iterator[str]:
    yield from filter(None, map(str.strip, text.split(",")))


def _field(text: str) -> FieldPath:
    return parse_field(text)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("form", choices=SYNCS, metavar="FORMAT", help=", ".join(SYNCS))
    parser.add_argument(
        "file", metavar="FILE", help="the snapshot (- is stdin), or its https URL; for models.dev also a folder"
    )
    add_query(parser, is_needed=False)
    parser.add_argument(
        "--only", type=_kinds, default=[], metavar="KIND,…", help=f"only fields of these kinds: {', '.join(KINDS)}"
    )
    parser.add_argument(
        "--field",
        type=_field,
        action="append",
        default=[],
        metavar="FIELD",
        help="only this field, or all inside this table; may be repeated",
    )
    parser.add_argument(
        "--take", choices=_TAKES, metavar="WHOSE", help="theirs or ours: whose value counts where nothing else decides"
    )
    parser.add_argument("--all", action="store_true", help="show, and with --take theirs take, what was kept as well")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="MODEL=ID",
        help="which entry a model is, from now on; MODEL= for none; may be repeated",
    )
    parser.add_argument(
        "--provider",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="which provider of the catalogue a name of theirs means; may be repeated",
    )
    parser.add_argument("--new", action="store_true", help="list entries of your providers that are no model here")
    add_yes(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be queued, and queue nothing")
    add_format(parser, "text", "table", "json")


COMMANDS = {
    "sync": Command(
        sync,
        _add_arguments,
        "Hold models against a snapshot of a registry, and queue what changed there, as one undo step.",
        "models.dev  its api.json, its tree as a folder, a .tar.gz or a .zip\n"
        "litellm     LiteLLM's price map; JSON may be packed as .gz\n\n"
        "take      changed there, and not here: it is taken\n"
        "conflict  changed there and here: nothing is taken, until --take says whose value counts\n"
        "differs   never looked at before: yours stays, unless --take theirs\n"
        "pinned    left alone, as `upstream.pinned` of the model says\n"
        "locked    left alone: the model takes no change\n"
        "kept      differs as it did when it was last seen: your decision (--all shows these)\n\n"
        f"{QUERY_NOTE}",
    )
}
