"""`pull` and `push`: the catalogue as others have it, shown by model and field before anything changes."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted, say_skipped
from modeltui.cli.session import Session
from modeltui.cli.sharing_report import commits_of, incoming, outgoing, pull_json, push_json
from modeltui.errors import ConflictError
from modeltui.services.sharing.pulling import Choice, PullOutcome, PullPlan
from modeltui.services.sharing.pushing import PushPlan, refuse_behind


def pull(session: Session, arguments: Namespace) -> int:
    service = session.workspace.pulling
    if not arguments.dry_run:
        service.require()
        report.warn(filter(None, [service.catch_up(report.waiting)]))
    choice = Choice(arguments.take, frozenset(arguments.ours), frozenset(arguments.theirs))
    plan = service.preview(arguments.remote, arguments.branch, choice)
    is_text = arguments.format == "text"
    if is_text:
        output.lines(incoming(plan))
    report.warn(plan.notes)
    if arguments.dry_run or plan.clashes or not plan.apart.behind:
        if not is_text:
            output.json_document(pull_json(plan, None))
        return _left(plan)
    if not asking.confirm(_question(plan), is_yes=arguments.yes):
        report.say("nothing was changed")
        return report.Exit.REFUSED
    outcome = service.pull(plan, report.waiting)
    if not is_text:
        output.json_document(pull_json(plan, outcome))
    _told(plan, outcome)
    return report.Exit.DONE


def _left(plan: PullPlan) -> int:
    """Nothing is to be done now."""
    if plan.clashes:
        keys = len({key for key, _ in plan.clashes})
        raise ConflictError(
            f"{counted(len(plan.clashes), 'conflict')} in {counted(keys, 'file')} with {plan.upstream.name}; "
            "nothing was changed",
            hint="--ours KEY.FIELD and --theirs KEY.FIELD decide one, a QUERY in their place those of its models, "
            "--take ours or --take theirs all of them",
        )
    if not plan.apart.behind:
        ahead = f"; {commits_of(plan.apart.ahead)} to push" if plan.apart.ahead else ""
        report.say(f"nothing comes in from {plan.upstream.name}{ahead}")
        return report.Exit.DONE
    report.say(f"{_summary(plan)}; nothing was changed")
    return report.Exit.DONE


def _summary(plan: PullPlan) -> str:
    how = "" if plan.is_forward else f", merged with {commits_of(plan.apart.ahead)} of yours"
    return f"{commits_of(plan.apart.behind)} from {plan.upstream.name}{how}: {counted(len(plan.files), 'file')}"


def _question(plan: PullPlan) -> str:
    return f"{_summary(plan)}. Take them?"


def _told(plan: PullPlan, outcome: PullOutcome) -> None:
    report.warn(each for each in outcome.warnings if each not in plan.notes)
    report.say(f"pulled {_summary(plan)}, commit {outcome.commit[:12]}")
    if (rebased := outcome.rebased) is None:
        return
    if rebased.changed or rebased.unchanged:
        report.say(f"pending changes of {counted(len(rebased.changed) + len(rebased.unchanged))} were rebased")
    if rebased.refused:
        say_skipped(rebased)
        report.say(f"{counted(len(rebased.refused))} stay pending and are stale: `modeltui conflicts` shows both sides")


def push(session: Session, arguments: Namespace) -> int:
    service = session.workspace.pushing
    if not arguments.dry_run:
        service.require()
    plan = service.preview(arguments.remote, arguments.branch)
    is_text = arguments.format == "text"
    if is_text:
        output.lines(outgoing(plan))
    if plan.pending:
        report.say(f"note: pending changes of {counted(plan.pending)} stay here: only what is applied goes out")
    report.warn(plan.notes)
    refuse_behind(plan)
    if arguments.dry_run or not plan.apart.ahead:
        if not is_text:
            output.json_document(push_json(plan, is_done=False))
        is_anything = plan.other is None or plan.apart.ahead
        report.say(
            f"{_going(plan)}; nothing was pushed" if is_anything else f"nothing goes out to {plan.upstream.name}"
        )
        return report.Exit.DONE
    if not asking.confirm(f"{_going(plan)}. Push?", is_yes=arguments.yes):
        report.say("nothing was pushed")
        return report.Exit.REFUSED
    service.push(plan)
    if not is_text:
        output.json_document(push_json(plan, is_done=True))
    report.say(f"pushed {_going(plan)}")
    return report.Exit.DONE


def _going(plan: PushPlan) -> str:
    if plan.other is None:
        return f"{plan.upstream.local} to {plan.upstream.name}, which is new"
    return f"{commits_of(plan.apart.ahead)} to {plan.upstream.name}"


def _add_remote(parser: Parser) -> None:
    parser.add_argument(
        "--remote", metavar="R", help="a remote of the repository; else the one that the branch follows"
    )
    parser.add_argument("--branch", metavar="B", help="a branch there; else the one that the branch follows")


def _add_pull_arguments(parser: Parser) -> None:
    _add_remote(parser)
    for whose, words in (("ours", "our value of"), ("theirs", "their value of")):
        parser.add_argument(
            f"--{whose}",
            action="append",
            default=[],
            metavar="KEY[.FIELD]",
            help=f"where both sides changed it, take {words} a field, or of all in a model, or in the models of a "
            "QUERY (* is any text); may be repeated",
        )
    parser.add_argument(
        "--take", choices=("ours", "theirs"), metavar="WHOSE", help="ours or theirs, where both sides changed something"
    )
    add_yes(parser)
    parser.add_argument("--dry-run", action="store_true", help="fetch, show what would come in, and change nothing")
    add_format(parser, "text", "json")


def _add_push_arguments(parser: Parser) -> None:
    _add_remote(parser)
    add_yes(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would go out, and push nothing")
    add_format(parser, "text", "json")


COMMANDS = {
    "pull": Command(
        pull,
        _add_pull_arguments,
        "Fetch what others committed, show it by model and field, and take it in: all of it, or nothing. Models are\n"
        "merged field by field; pending changes stay, and are moved to the new files.",
        "Exit code 3 means that nothing was changed: both sides changed a field, each to something else, or a lock\n"
        "forbids it. Edits by hand that are in no commit are never overwritten.",
    ),
    "push": Command(
        push,
        _add_push_arguments,
        "Give what was committed here to the branch that this one follows, and never by force.",
        "Exit code 3 means that there is something to pull first. Pending changes do not go out.",
    ),
}
