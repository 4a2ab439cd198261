"""`conflicts` and `rebase`: pending changes whose file is no longer the one they were made on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.queue import pending_keys
from modeltui.cli.session import Session
from modeltui.domain.document import ABSENT, Absent, Value, format_field, plain, shown
from modeltui.domain.merging.conflict import Conflict, ThreeWay
from modeltui.errors import UsageError
from modeltui.services.outcome import Outcome

_LONGEST = 200
"""Characters of a value in text; JSON has all of it."""


def conflicts(session: Session, arguments: Namespace) -> int:
    found = session.workspace.changes.conflicts(_keys(session, query_of(arguments)))
    if arguments.format == "json":
        output.json_array(map(_row, found))
    elif found:
        output.lines(line for conflict in found for line in _described(conflict))
    else:
        report.say("nothing is in conflict")
    return report.Exit.DONE


def rebase(session: Session, arguments: Namespace) -> int:
    query = query_of(arguments)
    if bool(query.strip()) == arguments.all:
        raise UsageError("rebase takes a QUERY or --all", hint="`modeltui conflicts` shows what it would move")
    keys = _keys(session, query)
    return _reported(session.workspace.changes.rebase(keys, mine=arguments.mine, follow=arguments.follow))


def _keys(session: Session, query: str) -> list[str] | None:
    return pending_keys(session, session.workspace.catalog.snapshot(), query) if query.strip() else None


def _row(conflict: Conflict) -> dict[str, Any]:
    return {
        "key": conflict.key,
        "path": conflict.path,
        "action": conflict.action.value,
        "problem": conflict.problem,
        "moved_to": conflict.moved_to,
        "fields": [
            {
                "field": format_field(each.path) or None,
                "base": plain(each.base),
                "theirs": plain(each.theirs),
                "mine": plain(each.mine),
                "state": each.state.value,
            }
            for each in conflict.fields
        ],
    }


def _described(conflict: Conflict) -> Iterator[str]:
    yield f"{conflict.action.sign} {conflict.key}: {conflict.problem}"
    for each in conflict.fields:
        yield f"    {format_field(each.path) or 'the whole file'}: {each.state.value}"
        if conflict.is_base_known:
            yield f"        base    {_value(each, each.base)}"
        yield f"        theirs  {_value(each, each.theirs)}"
        yield f"        mine    {_value(each, each.mine)}"


def _value(field: ThreeWay, value: Value | Absent) -> str:
    if not field.path and value is not ABSENT:
        return "there"
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _reported(outcome: Outcome) -> int:
    """Exit code 3 while something stays in conflict."""
    report.warn(outcome.warnings)
    for refusal in outcome.refused:
        hint = f" ({refusal.hint})" if refusal.hint else ""
        report.say(f"left {refusal.key}: {refusal.reason}{hint}")
    parts = [f"{counted(len(outcome.changed))} rebased"] if outcome.changed else []
    parts += [f"{len(outcome.unchanged)} with nothing left to do"] if outcome.unchanged else []
    parts += [f"{len(outcome.refused)} left in conflict"] if outcome.refused else []
    report.say(", ".join(parts) or "nothing is in conflict")
    return report.Exit.CONFLICT if outcome.refused else report.Exit.DONE


def _add_conflicts_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    add_format(parser, "text", "json")


def _add_rebase_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument("--all", action="store_true", help="everything that is stale")
    parser.add_argument("--mine", action="store_true", help="where both sides changed a field, take my value")
    parser.add_argument("--follow", action="store_true", help="go after models that have another key now")


COMMANDS = {
    "conflicts": Command(
        conflicts,
        _add_conflicts_arguments,
        "Show pending changes whose file changed since: what was, what is there now, and what I want, by field.",
        "clean: only I changed it. same: they did what I want. conflict: both changed it.\n"
        "`modeltui rebase` keeps mine where it is clean, `modeltui discard` takes theirs.\n\n"
        f"{QUERY_NOTE}",
    ),
    "rebase": Command(
        rebase,
        _add_rebase_arguments,
        "Move stale changes to the files as they are now. Fields that both sides changed are named and left alone.",
        f"Exit code 3 while something stays in conflict. `modeltui undo` takes all of it back.\n\n{QUERY_NOTE}",
    ),
}
