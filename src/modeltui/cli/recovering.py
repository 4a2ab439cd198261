"""`recover`: an apply that was interrupted, or that could be neither finished nor undone."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any, Literal

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.errors import InDoubtError, UsageError
from modeltui.services.apply import ApplyStatus, Doubt, KeptFile, Recovered


def recover(session: Session, arguments: Namespace) -> int:
    if arguments.forward + arguments.back + arguments.accept > 1:
        raise UsageError("--forward, --back and --accept exclude each other")
    applying = session.unrecovered().applying
    before = applying.status()
    if arguments.details:
        _show(before, None, None, arguments.format)
        return report.Exit.CONFLICT if before.state == "in doubt" else report.Exit.DONE
    way: Literal["forward", "back"] | None = "forward" if arguments.forward else "back" if arguments.back else None
    outcome = applying.recover(way, accepts=arguments.accept)
    if arguments.format == "json":
        _show(before, outcome.recovered, outcome.message, "json")
    if outcome.snapshot.is_in_doubt:
        return report.failure(InDoubtError(outcome.message or "an apply is in doubt", hint=outcome.hint))
    report.say(outcome.message or _nothing(before))
    return report.Exit.DONE


def _nothing(status: ApplyStatus) -> str:
    if status.state == "applying":
        return f"nothing to recover: {_who(status)} is applying now"
    return "nothing to recover"


def _show(status: ApplyStatus, recovered: Recovered | None, message: str | None, form: str) -> None:
    if form == "json":
        output.json_document(_row(status, recovered, message))
    else:
        output.lines(_described(status))


def _row(status: ApplyStatus, recovered: Recovered | None, message: str | None) -> dict[str, Any]:
    holder = status.holder
    return {
        "state": status.state,
        "id": status.id,
        "by": status.by,
        "files": list(status.files),
        "reason": status.reason,
        "holder": None
        if holder is None
        else {"user": holder.user, "host": holder.host, "since": holder.since, "doing": holder.doing},
        "why_not_back": status.why_not_back,
        "doubt": None if status.doubt is None else _doubt_row(status.doubt),
        "outcome": None if recovered is None else recovered.outcome,
        "message": message,
    }


def _doubt_row(doubt: Doubt) -> dict[str, Any]:
    return {
        "journals": list(doubt.journals),
        "stages": list(doubt.stages),
        "kept": [{"path": each.kept, "of": each.path, "holds": each.holds} for each in doubt.kept],
        "made": list(doubt.made),
    }


def _described(status: ApplyStatus) -> Iterator[str]:
    yield _state(status)
    if status.reason is not None:
        yield f"    {status.reason}"
    yield from (f"    {path}" for path in status.files)
    if status.doubt is not None:
        yield from _doubt_lines(status.doubt)
    elif status.state in {"interrupted", "in doubt"}:
        if status.why_not_back is None:
            yield "`modeltui recover` finishes or undoes it; --forward or --back insists on one of the two"
        else:
            yield f"it cannot be undone: {status.why_not_back}; `modeltui recover --forward` finishes it"


def _doubt_lines(doubt: Doubt) -> Iterator[str]:
    """What is told without the journal, by digests."""
    kept = ", ".join(doubt.stages) or "nowhere: its stage is not there"
    yield f"    its old and new contents are kept in {kept}"
    yield from (f"    {_kept(each)}" for each in doubt.kept)
    yield from (f"    {path}: new, and was not there before" for path in doubt.made)
    if doubt.why_not_back is None:
        yield "`modeltui recover --back` makes every file old again; --accept leaves the files as they are now"
    else:
        yield f"it cannot be undone without its journal: {doubt.why_not_back}"
        yield "compare the files with what is kept; `modeltui recover --accept` leaves them as they are then"


def _kept(each: KeptFile) -> str:
    if each.path is None:
        what = "a new content that is in no file yet" if each.holds == "new" else "of which file is not known"
        return f"{each.kept}: {what}"
    state, other = ("new", "old") if each.holds == "old" else ("old", "new")
    return f"{each.path}: {state}; its {other} content is {each.kept}"


def _state(status: ApplyStatus) -> str:
    if status.state == "idle":
        return "idle: no apply is in progress, and none was interrupted"
    if status.state == "applying":
        return f"applying: {_who(status)} is writing {len(status.files)} files"
    what = f"apply {status.id} by {status.by}" if status.id else "an apply"
    if status.state == "interrupted":
        return f"interrupted: {what} did not come to its end"
    if status.doubt is not None:
        return "in doubt: an apply was interrupted, and its journal is not to be believed"
    return f"in doubt: {what} could be neither finished nor undone"


def _who(status: ApplyStatus) -> str:
    holder = status.holder
    return f"{holder.user} on {holder.host}" if holder is not None else status.by or "somebody"


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--forward", action="store_true", help="finish it; all files new")
    parser.add_argument("--back", action="store_true", help="undo it; all files old")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="leave the files as they are now, where neither is possible",
    )
    parser.add_argument("--details", action="store_true", help="say what happened to which files, and do nothing")
    add_format(parser, "text", "json")


COMMANDS = {
    "recover": Command(
        recover,
        _add_arguments,
        "Finish or undo an apply that was interrupted (every other command does so too, at its start).",
        "Exit code 3 where it can be neither finished nor undone: nothing is lost, and no new apply begins.",
    )
}
