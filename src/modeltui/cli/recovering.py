"""`recover`: an apply that was interrupted, or that could be neither finished nor undone."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.apply import ApplyStatus, Recovered


def recover(session: Session, arguments: Namespace) -> int:
    if arguments.forward and arguments.back:
        raise UsageError("--forward and --back exclude each other")
    applying = session.unrecovered().applying
    before = applying.status()
    if arguments.details:
        _show(before, None, None, arguments.format)
        return report.Exit.CONFLICT if before.state == "in doubt" else report.Exit.DONE
    outcome = applying.recover("forward" if arguments.forward else "back" if arguments.back else None)
    if arguments.format == "json":
        _show(before, outcome.recovered, outcome.message, "json")
    report.say(outcome.message or _nothing(before))
    return report.Exit.CONFLICT if outcome.snapshot.is_in_doubt else report.Exit.DONE


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
        "outcome": None if recovered is None else recovered.outcome,
        "message": message,
    }


def _described(status: ApplyStatus) -> Iterator[str]:
    yield _state(status)
    if status.reason is not None:
        yield f"    {status.reason}"
    yield from (f"    {path}" for path in status.files)
    if status.state in {"interrupted", "in doubt"}:
        yield "`modeltui recover` finishes or undoes it; --forward or --back insists on one of the two"


def _state(status: ApplyStatus) -> str:
    if status.state == "idle":
        return "idle: no apply is in progress, and none was interrupted"
    if status.state == "applying":
        return f"applying: {_who(status)} is writing {len(status.files)} files"
    what = f"apply {status.id} by {status.by}" if status.id else "an apply"
    if status.state == "interrupted":
        return f"interrupted: {what} did not come to its end"
    return f"in doubt: {what} could be neither finished nor undone"


def _who(status: ApplyStatus) -> str:
    holder = status.holder
    return f"{holder.user} on {holder.host}" if holder is not None else status.by or "somebody"


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--forward", action="store_true", help="finish it; all files new")
    parser.add_argument("--back", action="store_true", help="undo it; all files old")
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
