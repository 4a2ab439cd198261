"""`pick`: which models take some inputs, the cheapest, fastest or surest first."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_needs, add_query, needs_of, query_of
from modeltui.cli.commands import Command
from modeltui.cli.input_values import input_values, named_texts
from modeltui.cli.json_reading import json_object
from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.capability import Need, own_name
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.pick import ORDERS, Group, Pick, Picks, grouped
from modeltui.domain.pick_text import price_text, takes_text, time_text
from modeltui.domain.text import some_of
from modeltui.errors import InvalidValueError, NotFoundError, UsageError
from modeltui.services.asked import typed_amount, typed_limit
from modeltui.services.running.pick import Asked, ReadInputs

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec

_HEADINGS = (
    Heading("Model", least=16),
    Heading("USD", "right"),
    Heading("Credits", "right"),
    Heading("Time", "right"),
    Heading("Success", "right"),
    Heading("Runs", "right"),
    Heading("Still needs", least=6),
)
_WHY = (Heading("Models", "right"), Heading("Why not", least=24), Heading("Which", least=16))
_MOST_REASONS = 5


def pick(session: Session, arguments: Namespace) -> int:
    query = query_of(arguments)
    asked = Asked(
        need=Need(
            abilities=needs_of(arguments),
            media_seconds=typed_amount(arguments.media_seconds, "--media-seconds"),
            file_mb=typed_amount(arguments.file_mb, "--file-mb"),
        ),
        read=_reader(arguments),
        files=frozenset(named_texts(arguments.upload)),
        by=arguments.by,
        limit=typed_limit(arguments.limit, "--limit"),
        is_whole=arguments.complete,
    )
    found = session.workspace.picking.pick(query, asked)
    if not found.found and not found.left_out:
        raise NotFoundError(f"no model matches {query!r}", hint="`modeltui list` shows all keys")
    if arguments.format == "json":
        output.json_document(_document(found, arguments.by))
    else:
        _show(found, is_why=arguments.why)
    session.tell_run_trouble()
    return report.Exit.DONE if found.found else report.Exit.REFUSED


def _reader(arguments: Namespace) -> ReadInputs:
    """Raises UsageError for words, JSON and files that say nothing, before any model is asked."""
    given = json_object(arguments.inputs) if arguments.inputs else {}
    named_texts(arguments.input)
    files = named_texts(arguments.upload, "--upload image_url=fox.png")
    for path in (path for paths in files.values() for path in paths):
        if not os.path.isfile(path):
            raise UsageError(f"cannot read {path!r}: it is no file", hint="a URL is given with -i")
    return lambda specs: {**given, **input_values(arguments.input, specs), **_files(files, specs)}


def _files(files: Mapping[str, Sequence[str]], specs: Sequence[InputSpec]) -> dict[str, Any]:
    """Raises InvalidValueError for an input that takes no file, or no more than one."""
    known = {spec.name: spec for spec in specs}
    found: dict[str, Any] = {}
    for name, paths in files.items():
        spec = known.get(own_name(name, known))
        is_list = spec is not None and spec.type == "array" and spec.items is not None and spec.items.is_media
        if spec is not None and not (is_list or spec.is_media):
            raise InvalidValueError(f"{name} takes no file")
        if spec is not None and len(paths) > 1 and not is_list:
            raise InvalidValueError(f"{name} takes one file")
        found[name] = list(paths) if is_list else paths[-1]
    return found


def _show(found: Picks, *, is_why: bool) -> None:
    groups = grouped(found.left_out)
    if found.picks:
        output.table(_HEADINGS, map(_cells, found.picks))
    if is_why and groups:
        if found.picks:
            output.lines([""])
        output.table(_WHY, map(_why_cells, groups))
    if len(found.picks) < found.found:
        asked = counted(found.found + len(found.left_out))
        report.say(f"the best {len(found.picks)} of {found.found} that take it; {asked} asked")
    else:
        report.say(takes_text(found))
    for note in found.notes:
        report.say(f"note: {note}")
    if not is_why and groups:
        for group in groups[:_MOST_REASONS] if not found.found else ():
            report.say(f"  {len(group.models)}: {_sentence(group)}")
        report.say("--why says why the others do not")


def _cells(pick: Pick) -> list[str]:
    return [
        pick.model.key,
        price_text(pick.cost, pick.cost.usd, USD),
        price_text(pick.cost, pick.cost.credits, CREDITS),
        time_text(pick),
        "" if pick.success is None else f"{pick.success:g} %",
        str(pick.runs or ""),
        ", ".join(pick.missing),
    ]


def _why_cells(group: Group) -> list[str]:
    keys = [model.key for model in group.models]
    return [str(len(keys)), _sentence(group), some_of(keys, len(keys), 3)]


def _sentence(group: Group) -> str:
    return f"{group.input}: {group.message}" if group.input else group.message


def _document(found: Picks, by: str) -> dict[str, Any]:
    return {
        "by": by,
        "found": found.found,
        "models": list(map(_pick_document, found.picks)),
        "left_out": list(_left_out(grouped(found.left_out))),
        "notes": list(found.notes),
    }


def _pick_document(pick: Pick) -> dict[str, Any]:
    cost = pick.cost
    return {
        "model": pick.model.key,
        "uid": pick.model.uid,
        "name": pick.model.label,
        "active": pick.model.active,
        "inputs": dict(pick.inputs),
        "missing": list(pick.missing),
        "unsent": list(pick.unsent),
        "cost": None if cost.cost is None else {"amount": f"{cost.cost.amount:f}", "currency": cost.cost.currency},
        "usd": _text(cost.usd),
        "credits": _text(cost.credits),
        "price": {"usd": _text(cost.price_usd), "credits": _text(cost.price_credits)},
        "estimate": cost.is_estimate,
        "assumed": list(cost.assumed),
        "seconds": pick.seconds,
        "measured": pick.is_measured,
        "success": pick.success,
        "runs": pick.runs,
    }


def _left_out(groups: Iterable[Group]) -> Iterator[dict[str, Any]]:
    for group in groups:
        keys = [model.key for model in group.models]
        yield {"input": group.input, "message": group.message, "count": len(keys), "models": keys}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    parser.add_argument("--inputs", metavar="JSON|@FILE", help="inputs as a JSON object, or a file that holds it")
    parser.add_argument(
        "--upload",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a file for an image, audio or video input, with its size and length; may be repeated",
    )
    add_needs(parser, "--needs", "NAME,…", "capabilities, inputs or media, such as audio")
    parser.add_argument("--by", choices=ORDERS, default=ORDERS[0], metavar="ORDER", help=", ".join(ORDERS))
    parser.add_argument("--limit", metavar="N", help="the best N only")
    parser.add_argument("--complete", action="store_true", help="a run gets these inputs only: what is missing counts")
    parser.add_argument("--why", action="store_true", help="also the models that do not take it, and why")
    parser.add_argument("--media-seconds", metavar="S", help="length of the audio or video that is sent")
    parser.add_argument("--file-mb", metavar="N", help="size of the largest file that is sent")
    add_format(parser, "table", "json")


COMMANDS = {
    "pick": Command(
        pick,
        _add_arguments,
        "Rank the models that take some inputs, with what a run with exactly these costs, how long it takes and how\n"
        "often it succeeds. Active models, unless QUERY says something of `active`. Exits with 1 where there is none.",
        "cost     in US dollars; what nothing converts stands behind, each currency for itself; ~ is an estimate\n"
        "time     the median of 3 or more runs that succeeded, else (~) what the file says\n"
        "success  percent of the runs that succeeded or failed, ranked by what is sure of it (the lower bound of its\n"
        "         95 % Wilson interval): 490 of 500 before 1 of 1; never run comes last\n\n"
        f"{QUERY_NOTE}",
        usage="modeltui pick [-C DIR] [QUERY] [-i NAME=VALUE ...] [--by ORDER]",
    )
}
