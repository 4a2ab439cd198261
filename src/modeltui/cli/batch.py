"""`batch`: test generations of many models, with one price and one question, resumable."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, add_yes, query_of
from modeltui.cli.batch_inputs import add_inputs, common_and_own, files_of, spelled
from modeltui.cli.batch_plan import confirmed, say_plan, show_plan
from modeltui.cli.batch_progress import follow
from modeltui.cli.batch_report import check_files, save, say_end, show
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.domain.batch import BatchPlan, BatchProgress, BatchReport, BatchSkip, BatchSummary
from modeltui.domain.batch_formats import tally_data
from modeltui.domain.money import parse_budget
from modeltui.errors import RefusedError, UsageError
from modeltui.services.running.batch_planning import refuse_nothing

_ACTS: Final = ("resume", "retry_failed", "show", "pause", "go_on", "stop")
_LISTED: Final = 50
_HEADINGS: Final = (
    Heading("Id", least=8),
    Heading("Started"),
    Heading("By"),
    Heading("State"),
    Heading("Succeeded", "right"),
    Heading("Failed", "right"),
    Heading("Query", least=8),
)


class Outcome(Struct, frozen=True):
    report: BatchReport
    is_interrupted: bool
    """By ctrl+c."""


def batch(session: Session, arguments: Namespace) -> int:
    named = [name for name in _ACTS if getattr(arguments, name) is not None]
    if len(named) + bool(arguments.list) > 1:
        raise UsageError("only one of " + ", ".join(f"--{name.replace('_', '-')}" for name in (*_ACTS, "list")))
    if (named or arguments.list) and query_of(arguments).strip():
        raise UsageError("a QUERY begins a new batch", hint="leave it out")
    check_files(arguments.report, force=arguments.force)
    if arguments.list:
        return _list(session, arguments.format)
    if not named:
        return _begin(session, arguments)
    return _act(session, arguments, named[0])


def _act(session: Session, arguments: Namespace, act: str) -> int:
    batches, name = session.workspace.batches, getattr(arguments, act)
    budget = parse_budget(arguments.budget) if arguments.budget else None
    if act == "show":
        found = batches.report(name)
        show(found, arguments.format)
        save(batches, found, arguments.report, force=arguments.force)
        return say_end(found, _missed(found, arguments))
    if act == "resume":
        return _resume(session, arguments)
    if act == "retry_failed":
        plan = batches.retry_plan(name, sends_again=arguments.send_again, budget=budget)
        return _sent(session, arguments, plan)
    tell = {"pause": batches.pause, "go_on": batches.go_on}.get(act)
    name = batches.report(name).id
    if not (batches.stop(name, now=arguments.now) if tell is None else tell(name)):
        raise RefusedError("nobody is at work on this batch", hint=f"`modeltui batch --resume {name[:8]}` goes on")
    report.say("told; it obeys within a second or two")
    return report.Exit.DONE


def _begin(session: Session, arguments: Namespace) -> int:
    query = query_of(arguments)
    if not query.strip():
        raise UsageError("a batch needs a QUERY that is not blank", hint="`key:*` stands for all models")
    common, own = common_and_own(arguments)
    plan = session.workspace.batches.plan(
        query,
        common,
        inputs_by_model=own,
        spelled=spelled(arguments.input),
        files=files_of(arguments),
        budget=parse_budget(arguments.budget) if arguments.budget else None,
        concurrency=arguments.concurrency,
        repeat=arguments.repeat,
        is_strict=arguments.strict,
        includes_retired=arguments.include_retired,
        allows_unpriced=arguments.allow_unpriced,
        is_dry=arguments.dry_run,
    )
    return _sent(session, arguments, plan)


def _sent(session: Session, arguments: Namespace, plan: BatchPlan) -> int:
    if arguments.dry_run:
        show_plan(plan, "json" if arguments.format == "json" else "text")
        is_something = plan.fetches or (plan.items and (plan.budget is None or plan.within_budget))
        return report.Exit.DONE if is_something else report.Exit.REFUSED
    found = send(session, plan, is_yes=arguments.yes)
    return report.Exit.REFUSED if found is None else _ended(session, arguments, found)


def send(session: Session, plan: BatchPlan, *, is_yes: bool) -> Outcome | None:
    """What came of a plan; None where its question was answered with no.

    Raises RefusedError for one of which nothing would begin.
    """
    batches = session.workspace.batches
    try:
        refuse_nothing(plan)
    except RefusedError:
        say_plan(plan)
        raise
    if not confirmed(plan, is_yes=is_yes):
        report.say("nothing was sent")
        return None
    return _report(session, batches.run(plan))


def _resume(session: Session, arguments: Namespace) -> int:
    batches = session.workspace.batches
    found = batches.report(arguments.resume)
    left = found.tally.queued
    question = f"Go on with {found.query or found.id}: {left} of {found.tally.total} runs are still to be sent?"
    if left and not asking.confirm(question, is_yes=arguments.yes):
        report.say("nothing was sent")
        return report.Exit.REFUSED
    budget = parse_budget(arguments.budget) if arguments.budget else None
    stream = batches.resume(found.id, budget=budget, concurrency=arguments.concurrency)
    return _ended(session, arguments, _report(session, stream))


def _report(session: Session, stream: AsyncGenerator[BatchProgress, None]) -> Outcome:
    followed = follow(session.workspace.batches, stream)
    assert followed.last is not None
    return Outcome(session.workspace.batches.report(followed.last.id), followed.is_interrupted)


def ended(
    session: Session,
    arguments: Namespace,
    outcome: Outcome,
    shows: Callable[[BatchReport], None],
    missed: Sequence[BatchSkip],
) -> int:
    """Shows and saves what came of it; returns the exit code. `missed`: skipped models that make it a failure."""
    shows(outcome.report)
    save(session.workspace.batches, outcome.report, arguments.report, force=arguments.force)
    code = say_end(outcome.report, missed)
    return report.Exit.INTERRUPTED if outcome.is_interrupted else code


def _ended(session: Session, arguments: Namespace, outcome: Outcome) -> int:
    missed = _missed(outcome.report, arguments)
    return ended(session, arguments, outcome, lambda found: show(found, arguments.format), missed)


def _missed(found: BatchReport, arguments: Namespace) -> list[BatchSkip]:
    """Of a query some inputs do not fit some models; that a key is missing is another matter."""
    return [] if arguments.skip_unready else [skip for skip in found.skipped if skip.is_unready]


def _list(session: Session, form: str) -> int:
    found = session.workspace.batches.list(_LISTED)
    if form == "json":
        output.json_array(map(_data, found))
    else:
        output.table(_HEADINGS, map(_row, found))
    return report.Exit.DONE


def _row(found: BatchSummary) -> tuple[str, ...]:
    at, tally = found.started_at.astimezone().isoformat(sep=" ", timespec="minutes")[:16], found.tally
    bad = tally.failed + tally.uncertain
    return found.id[:8], at, found.by, found.state.value, f"{tally.succeeded}/{tally.total}", str(bad), found.query


def _data(found: BatchSummary) -> dict[str, Any]:
    return {
        "id": found.id,
        "query": found.query,
        "by": found.by,
        "started_at": found.started_at.isoformat(),
        "state": found.state.value,
        "tally": tally_data(found.tally),
        "note": found.note,
        "can_resume": found.can_resume,
    }


def count_of(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise ValueError(text)
    return int(text)


def add_reports(parser: Parser) -> None:
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FILE",
        help="also write it as .json, .xml (JUnit) or .md; may be repeated",
    )
    parser.add_argument("--force", action="store_true", help="a report may take the place of a file")


def add_limits(parser: Parser) -> None:
    parser.add_argument(
        "--budget", metavar="N[CURRENCY]", help="nothing begins that could take the spend above it: 40credits, 2.50USD"
    )
    parser.add_argument(
        "--concurrency", type=count_of, metavar="N", help="runs at once over all; each provider's own limits hold too"
    )
    parser.add_argument("--allow-unpriced", action="store_true", help="with a budget also models without a price")


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    add_inputs(parser)
    add_limits(parser)
    parser.add_argument("--repeat", type=count_of, default=1, metavar="N", help="each model so many times")
    parser.add_argument("--include-retired", action="store_true", help="also models whose last day is over")
    parser.add_argument(
        "--skip-unready", action="store_true", help="no failure: models without a key, or with a broken file"
    )
    parser.add_argument("--dry-run", action="store_true", help="the plan with its price; send nothing")
    parser.add_argument("--resume", metavar="ID", help="go on with a batch; nothing is sent twice")
    parser.add_argument("--retry-failed", metavar="ID", help="a new batch of the runs that failed")
    parser.add_argument(
        "--send-again", action="store_true", help="with --retry-failed: uncertain runs too, which may be billed twice"
    )
    parser.add_argument("--list", action="store_true", help="the last 50 batches")
    parser.add_argument("--show", metavar="ID", help="the report of a batch")
    parser.add_argument("--pause", metavar="ID", help="nothing new begins; what runs goes on")
    parser.add_argument("--go-on", metavar="ID", help="take a pause back")
    parser.add_argument("--stop", metavar="ID", help="nothing new begins, and it is over when what runs has ended")
    parser.add_argument("--now", action="store_true", help="with --stop: cancel what runs")
    add_reports(parser)
    add_yes(parser)
    add_format(parser, "text", "json", "junit", "markdown")


COMMANDS = {
    "batch": Command(
        batch,
        _add_arguments,
        "Run test generations of all models that QUERY chooses: a plan with its price, one question, then all of\n"
        "them at the pace that each provider allows. Ctrl+c lets what runs end, twice cancels it; --resume goes on.",
        "Exit code 0: every run succeeded; 1: not every one, or a model was skipped because its key is missing or its\n"
        f"file is broken (not with --skip-unready).\n\n{QUERY_NOTE}",
        usage="modeltui batch [-C DIR] QUERY [--inputs JSON|@FILE] [-i NAME=VALUE ...] [--budget N] [-y]\n"
        "       modeltui batch --resume ID | --retry-failed ID | --show ID | --list\n"
        "       modeltui batch --pause ID | --go-on ID | --stop ID [--now]",
    )
}
