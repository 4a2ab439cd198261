"""`jobs`: the runs that are kept; one of them; cancelling one, and going on with what was interrupted."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.following import Leaving, follow
from modeltui.cli.job_rows import HEADINGS, cells, row, whole_row
from modeltui.cli.session import Session
from modeltui.domain.job import JobState, KeptJob
from modeltui.domain.price import cost_text
from modeltui.errors import BusyError, InvalidValueError, ModeltuiError, UsageError
from modeltui.services.running.jobs import JobService

_LIMIT: Final = 50


def jobs(session: Session, arguments: Namespace) -> int:
    first, *rest = arguments.words or [""]
    verb = _VERBS.get(first)
    if verb is not None:
        return verb(session, rest, arguments)
    states = tuple(_state(name) for name in (arguments.state or "").split(",") if name)
    if arguments.limit is not None and arguments.limit < 1:
        raise UsageError("--limit takes a number from 1", hint=f"without it, {_LIMIT} are shown")
    limit = _LIMIT if arguments.limit is None else arguments.limit
    query = " ".join(filter(None, (*arguments.words, f"key:{arguments.model}" if arguments.model else "")))
    service = session.workspace.jobs
    found = service.list(query, limit + 1, states=states, batch=arguments.batch, before=arguments.before)
    shown = found[:limit]
    if arguments.format == "json":
        output.json_array(map(row, shown))
    else:
        output.table(HEADINGS, map(cells, shown))
    if len(found) > limit:
        report.say(f"there are more; `--before {shown[-1].job.id}` shows them")
    _say_waiting(service)
    return report.Exit.DONE


def _say_waiting(service: JobService) -> None:
    waiting = service.waiting()
    if waiting.alone:
        report.say(f"{waiting.alone} interrupted; `modeltui jobs resume` goes on with what nobody is at work on")
    if waiting.in_batches:
        report.say(f"{waiting.in_batches} not sent, of batches that nobody is at work on; see `modeltui batch --list`")


def _show(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    kept = session.workspace.jobs.get(_only(words, "show"))
    if arguments.format == "json":
        output.json_document(whole_row(kept))
    else:
        output.lines(_lines(kept))
    return report.Exit.DONE


def _cancel(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    kept = asyncio.run(session.workspace.jobs.cancel(_only(words, "cancel")))
    if arguments.format == "json":
        output.json_document(whole_row(kept))
    report.say(f"{kept.job.id} is {kept.job.state}")
    if kept.job.hint:
        report.say(kept.job.hint)
    return report.Exit.DONE if kept.job.state is JobState.CANCELLED else report.Exit.REFUSED


def _resume(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    service = session.workspace.jobs
    if not words:
        if arguments.send_again:
            raise UsageError("--send-again takes one ID", hint="each uncertain job is decided on alone")
        return _resume_all(service, arguments.format)
    kept = service.get(_only(words, "resume"))
    if arguments.send_again and not _is_agreed(kept, is_yes=arguments.yes):
        report.say("nothing was sent")
        return report.Exit.REFUSED
    job = asyncio.run(follow(service.resume(kept.job.id, send_again=arguments.send_again)))
    return _shown([] if job is None else [service.get(job.id)], arguments.format)


def _resume_all(service: JobService, form: str) -> int:
    """One after the other, until ctrl+c. What somebody else took up meanwhile is theirs."""
    found = service.interrupted()
    if not found:
        if trouble := service.trouble():
            raise trouble
        report.say("nothing is interrupted")
    ended: list[KeptJob] = []
    leaving = Leaving()
    for number, kept in enumerate(found, 1):
        try:
            job = asyncio.run(follow(service.resume(kept.job.id), leaving))
        except (
            KeyboardInterrupt
        ):  # it came between two things that happened to the job, which is cancelled all the same
            leaving.is_interrupted, job = True, service.get(kept.job.id).job
        except BusyError as error:
            report.say(f"{kept.job.id}: {error.message}")
            continue
        except ModeltuiError as error:
            job = replace(kept.job, error=error.message, hint=error.hint)
            report.failure(error)
        if job is not None:
            ended.append(replace(service.get(job.id), job=job))
        if leaving.is_interrupted:
            if left := len(found) - number:
                report.say(f"{left} left as {'they are' if left > 1 else 'it is'}")
            _shown(ended, form)
            return report.Exit.INTERRUPTED
    _say_waiting(service)
    return _shown(ended, form)


def _shown(ended: Sequence[KeptJob], form: str) -> int:
    """What came of jobs that were gone on with; the exit code is that of the worst."""
    if form == "json":
        output.json_array(map(row, ended))
    else:
        output.paths(file.path for kept in ended for file in kept.job.files)
    for job in (kept.job for kept in ended):
        report.say(f"{job.id} {job.state}{f': {job.error}' if job.error else ''}")
        if job.hint:
            report.say(job.hint)
    states = {kept.job.state for kept in ended}
    if states <= {JobState.SUCCEEDED}:
        return report.Exit.DONE
    return report.Exit.INTERRUPTED if states <= {JobState.SUCCEEDED, JobState.CANCELLED} else report.Exit.PROVIDER


def _is_agreed(kept: KeptJob, *, is_yes: bool) -> bool:
    price = kept.job.estimate
    cost = "an unknown amount" if price is None else cost_text(price.amount, price.currency)
    return asking.confirm(f"It may have been taken and billed already. Send it again for {cost}?", is_yes=is_yes)


def _lines(kept: KeptJob) -> list[str]:
    document = whole_row(kept)
    told = [f"{name}: {value}" for name, value in document.items() if isinstance(value, str | int | float)]
    told += [
        f"{name}: {each['amount']} {each['currency']}" for name in ("estimate", "cost") if (each := document[name])
    ]
    told += [f"file: {file.path} ({file.facts or file.media_type})" for file in kept.job.files]
    told += [f"input {name}: {value}" for name, value in kept.inputs.items()]
    if kept.request is not None:
        told.append(f"request: {kept.request.get('method')} {kept.request.get('url')}")
    return [
        *told,
        *(f"step: {step.at.astimezone():%Y-%m-%d %H:%M:%S} {step.state} {step.detail}" for step in kept.steps),
    ]


def _state(name: str) -> JobState:
    try:
        return JobState(name)
    except ValueError:
        raise InvalidValueError(f"no state {name!r}", hint=f"states are {', '.join(JobState)}") from None


def _only(words: Sequence[str], verb: str) -> str:
    if len(words) != 1:
        raise UsageError(
            f"`jobs {verb}` takes one ID", hint="`modeltui jobs` lists them; what an ID begins with will do"
        )
    return words[0]


_VERBS: Mapping[str, Callable[[Session, Sequence[str], Namespace], int]] = {
    "show": _show,
    "cancel": _cancel,
    "resume": _resume,
}


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="QUERY|show|cancel|resume", help="of which models; or what to do")
    parser.add_argument("--limit", type=int, metavar="N", help=f"at most so many; {_LIMIT} by default")
    parser.add_argument("--state", metavar="STATE,…", help="only those in one of these states")
    parser.add_argument("--model", metavar="KEY", help="only of this model")
    parser.add_argument("--batch", metavar="ID", help="only of this batch")
    parser.add_argument("--before", metavar="ID", help="only those that were begun before this job")
    parser.add_argument(
        "--send-again", action="store_true", help="resume: send an uncertain job as a new one, after a yes"
    )
    add_yes(parser)
    add_format(parser, "table", "json")


COMMANDS = {
    "jobs": Command(
        jobs,
        _add_arguments,
        "List the runs that are kept, newest first; show one, cancel one, go on with what was interrupted.",
        "What was sent is never sent again: a job that was interrupted is asked for at its provider. What a batch\n"
        "has not sent yet is left to `batch --resume`, which knows its budget. One whose\n"
        "request was on its way is uncertain; --send-again sends it as a new job. Of an ID the first signs will do.\n\n"
        f"{QUERY_NOTE}",
        usage="modeltui jobs [-C DIR] [QUERY] [--limit N] [--state STATE,…] [--model KEY] [--batch ID] [--before ID]\n"
        "       modeltui jobs show|cancel ID\n"
        "       modeltui jobs resume [ID] [--send-again] [-y]",
    )
}
