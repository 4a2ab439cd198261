"""`rollout`: to which callers models are offered, in steps, and off at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Sequence
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.preview import acted, add_dry_run
from modeltui.cli.session import Session
from modeltui.domain.ramp import parse_percent, ramp
from modeltui.domain.rollout import STEPS, Rollout, RolloutAnswer, percent_text
from modeltui.domain.text import some_of
from modeltui.errors import UsageError
from modeltui.services.changing.rollout import RolloutState

_EVERYBODY = percent_text(STEPS[-1])
_MOST_NAMED = 4
_STATE_HEADINGS = (
    Heading("Key", least=20),
    Heading("Active", least=6),
    Heading("Rollout", "right", 7),
    Heading("Pending", "right", 7),
    Heading("Allow", least=5),
    Heading("Deny", least=5),
    Heading("Since", least=10),
)
_WHO_HEADINGS = (
    Heading("Key", least=20),
    Heading("Active", least=6),
    Heading("In", least=3),
    Heading("Why", least=9),
    Heading("Bucket", "right", 10),
    Heading("Rollout", "right", 7),
)


def rollout(session: Session, arguments: Namespace) -> int:
    changes = [name for name in ("percent", "allow", "deny", "drop", "salt") if getattr(arguments, name) is not None]
    _refuse_mixtures(arguments, changes)
    if arguments.off:
        from modeltui.cli.rollout_off import off  # noqa: PLC0415  # what applies is for that only

        return off(session, arguments)
    if changes:
        percent = None if arguments.percent is None else parse_percent(arguments.percent)
        wanted = ramp(
            percent,
            allow=arguments.allow or (),
            deny=arguments.deny or (),
            drop=arguments.drop or (),
            salt=arguments.salt,
        )
        return acted(session, _needed(arguments.query), arguments, session.workspace.rollout.act(wanted))
    if arguments.who is not None and not arguments.who.strip():
        raise UsageError("a caller is a text that is not blank", hint="give the id that your application uses")
    keys = None if arguments.query is None else session.chosen(arguments.query)
    return _told(session, keys, arguments) if arguments.who is None else _asked(session, keys, arguments)


def _refuse_mixtures(arguments: Namespace, changes: Sequence[str]) -> None:
    """Raises UsageError for words that would be taken for something, and are not."""
    kinds = {"--who": arguments.who is not None, "--off": arguments.off, "a change": bool(changes)}
    if len(given := [name for name, is_given in kinds.items() if is_given]) > 1:
        raise UsageError(f"{given[0]} and {given[1]} exclude each other", hint="do one after the other")
    if not arguments.off and (arguments.reason is not None or arguments.yes or arguments.confirm is not None):
        hint = "a change waits in the queue, and `modeltui apply` takes them"
        raise UsageError("--reason, --yes and --confirm are for --off", hint=hint)
    if arguments.dry_run and not arguments.off and not changes:
        raise UsageError("--dry-run is for a change", hint="give a percentage, such as 10")
    if arguments.format == "json" and changes:
        raise UsageError("a change has no --format json", hint="`modeltui pending --format json` has what it queued")


def _needed(query: str | None) -> str:
    if query is None:
        raise UsageError("a change needs a QUERY", hint="name the model, such as prompt_to_video/veo-3-1")
    return query


def _told(session: Session, keys: Sequence[str] | None, arguments: Namespace) -> int:
    states = session.workspace.rollout.states(keys, with_since=True)
    if arguments.format == "json":
        output.json_array(map(_state_row, states))
    elif states:
        output.table(_STATE_HEADINGS, map(_state_cells, states))
    else:
        report.say("no model has a rollout: everybody gets every active model")
    return report.Exit.DONE


def _asked(session: Session, keys: Sequence[str] | None, arguments: Namespace) -> int:
    answers = session.workspace.rollout.answers(keys, arguments.who)
    if arguments.format == "json":
        output.json_array(_answer_row(state, answer) for state, answer in answers)
    elif answers:
        output.table(_WHO_HEADINGS, (_answer_cells(state, answer) for state, answer in answers))
    else:
        report.say("no model has a rollout: everybody gets every active model")
    return report.Exit.DONE


def _state_cells(state: RolloutState) -> list[str]:
    now, after = state.written, state.pending
    return [
        state.key,
        _yes(state.model.active),
        "" if state.model.is_broken else _EVERYBODY if now is None else percent_text(now.percent),
        "" if after is None else percent_text(after.percent),
        "" if now is None else _named(now.allow),
        "" if now is None else _named(now.deny),
        "" if state.since is None else state.since.date().isoformat(),
    ]


def _answer_cells(state: RolloutState, answer: RolloutAnswer) -> list[str]:
    bucket, percent = f"{answer.bucket:.6f}", percent_text(answer.percent)
    return [state.key, _yes(state.model.active), _yes(answer.is_in), answer.reason.value, bucket, percent]


def _named(callers: Collection[str]) -> str:
    return some_of(sorted(callers), len(callers), _MOST_NAMED)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _state_row(state: RolloutState) -> dict[str, Any]:
    return {
        "key": state.key,
        "active": state.model.active,
        "default": state.model.default,
        "locked": state.model.is_locked,
        "broken": state.model.is_broken,
        "rollout": _table(state.written),
        "pending": _table(state.pending),
        "since": None if state.since is None else state.since.isoformat(),
    }


def _table(found: Rollout | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "percent": found.percent,
        "salt": found.salt,
        "allow": sorted(found.allow),
        "deny": sorted(found.deny),
    }


def _answer_row(state: RolloutState, answer: RolloutAnswer) -> dict[str, Any]:
    return {
        "key": state.key,
        "active": state.model.active,
        "in": answer.is_in,
        "why": answer.reason.value,
        "bucket": answer.bucket,
        "percent": answer.percent,
    }


def _add_arguments(parser: Parser) -> None:
    steps = ", ".join(map(str, STEPS))
    parser.add_argument("query", nargs="?", metavar="QUERY", help="which models, as one argument")
    parser.add_argument("percent", nargs="?", metavar="PERCENT", help=f"of the callers; the usual steps are {steps}")
    parser.add_argument("--allow", metavar="ID", action="append", help="let a caller in whatever the percentage")
    parser.add_argument("--deny", metavar="ID", action="append", help="keep a caller out whatever the percentage")
    parser.add_argument("--drop", metavar="ID", action="append", help="take a caller off both lists")
    parser.add_argument("--salt", metavar="TEXT", help="draw other callers; an empty one is the uid again")
    parser.add_argument("--off", action="store_true", help="0 percent, applied at once; nothing else is")
    parser.add_argument("--reason", metavar="TEXT", help="why, of --off; kept in the history and the commit")
    add_yes(parser)
    parser.add_argument(
        "--confirm", type=int, metavar="N", help="the number of files, for an --off beyond policy.limits.apply_files"
    )
    parser.add_argument("--who", metavar="CALLER", help="whether that caller is in, and why")
    add_dry_run(parser)
    add_format(parser, "table", "json")


COMMANDS = {
    "rollout": Command(
        rollout,
        _add_arguments,
        "Show to how many callers models are offered, or queue another percentage.\n"
        "Without PERCENT and options: the rollouts as they are; without QUERY, of all models that have one.",
        "Callers stay in: who is in at 10 percent is in at 50. --deny comes before --allow, that before PERCENT.\n"
        "--allow, --deny and --drop may be repeated. A step that leaves one of the usual out is said, and taken.\n\n"
        f"{QUERY_NOTE}",
        usage="modeltui rollout [-C DIR] [QUERY] [--who CALLER] [--format table|json]\n"
        "       modeltui rollout [-C DIR] QUERY [PERCENT] [--allow ID] [--deny ID] [--drop ID] [--salt TEXT] "
        "[--dry-run]\n"
        "       modeltui rollout [-C DIR] QUERY --off [--reason TEXT] [--yes] [--confirm N] [--dry-run] "
        "[--format table|json]",
    )
}
