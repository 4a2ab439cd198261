"""What came of a batch: on stdout, and in the files that were asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from modeltui.cli import output, report
from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.domain.batch import BatchReport, BatchSkip, BatchState
from modeltui.domain.batch_formats import BY_SUFFIX, ReportFormat, junit, markdown, outcome, report_data, written
from modeltui.domain.job import Job
from modeltui.domain.money import amount_text, totals_text
from modeltui.domain.text import cut, some_of
from modeltui.errors import ModeltuiError, RefusedError, UsageError
from modeltui.services.running.batches import BatchService

_HEADINGS: Final = (
    Heading("Model", least=12),
    Heading("Provider"),
    Heading("State"),
    Heading("Time", "right"),
    Heading("Cost", "right"),
    Heading("Result", least=8),
)
_LONGEST: Final = 120
"""Characters of a text that a model gave."""


def check_files(paths: Sequence[str], *, force: bool) -> None:
    """Before anything is sent. Raises UsageError for a name of no known kind, RefusedError for one that is taken."""
    for path in paths:
        _form_of(path)
        if os.path.lexists(path) and not force:
            raise RefusedError(f"{path} is there already", hint="name another file, or --force")
        if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            raise UsageError(f"cannot write {path}: there is no such folder")


def show(found: BatchReport, form: str) -> None:
    if form == "json":
        output.json_document(report_data(found))
    elif form == "junit":
        output.text(junit(found))
    elif form == "markdown":
        output.text(markdown(found))
    else:
        output.table(_HEADINGS, map(_row, found.jobs))


def side_by_side(found: BatchReport) -> None:
    """A column for each model: what it took, and what it gave."""
    headings = [Heading("", least=6), *(Heading(job.key, least=10) for job in found.jobs)]
    rows = [("State", *(job.state.value for job in found.jobs)), ("Time", *map(_time, found.jobs))]
    rows += [("Cost", *map(_cost, found.jobs)), ("Provider", *(job.provider for job in found.jobs))]
    most = max((len(job.files) for job in found.jobs), default=0)
    for number in range(most):
        files = [job.files[number] if number < len(job.files) else None for job in found.jobs]
        rows.append((f"File {number + 1}", *("" if file is None else file.path for file in files)))
        if any(file is not None and file.facts for file in files):
            rows.append(("Facts", *("" if file is None else file.facts for file in files)))
    if any(job.text for job in found.jobs):
        rows.append(("Text", *(cut(" ".join((job.text or "").split()), _LONGEST) for job in found.jobs)))
    if any(job.error for job in found.jobs):
        rows.append(("Error", *(job.error or "" for job in found.jobs)))
    output.table(headings, rows)


def save(batches: BatchService, found: BatchReport, paths: Sequence[str], *, force: bool) -> None:
    """A file that cannot be written costs only itself: the batch is done and paid for."""
    for path in paths:
        try:
            batches.save(path, written(found, _form_of(path)), replaces=force)
            report.say(f"the report is in {path}")
        except ModeltuiError as error:
            report.warn([f"{error.message}; `modeltui batch --show {found.id[:8]} --report FILE` writes it again"])


def say_end(found: BatchReport, missed: Sequence[BatchSkip]) -> int:
    """The numbers and the reasons on stderr; returns the exit code. `missed`: models that should have been run."""
    tally = found.tally
    for failure in found.failures:
        hint = f" ({failure.hint})" if failure.hint else ""
        report.say(f"{len(failure.keys)} {failure.state}: {failure.reason}{hint}")
        report.say(f"    {some_of(dict.fromkeys(failure.keys), len(dict.fromkeys(failure.keys)))}")
    left = tally.total - tally.done
    said = [f"{tally.succeeded} of {counted(tally.total, 'run')} succeeded", f"{totals_text(found.spent)} spent"]
    said += [f"{number} {name}" for name in ("failed", "uncertain", "cancelled") if (number := getattr(tally, name))]
    report.say(", ".join(said))
    if left:
        note = f" ({found.note})" if found.note else ""
        report.say(f"{counted(left, 'run')} not at their end{note}; `modeltui batch --resume {found.id[:8]}` goes on")
    elif tally.failed:
        report.say(f"`modeltui batch --retry-failed {found.id[:8]}` runs the failed ones again")
    if missed:
        report.say(f"{counted(len(missed), 'model')} not run: {some_of((skip.key for skip in missed), len(missed))}")
    is_good = found.is_good and found.state is BatchState.FINISHED and not missed
    return report.Exit.DONE if is_good else report.Exit.REFUSED


def _form_of(path: str) -> ReportFormat:
    form = BY_SUFFIX.get(os.path.splitext(path)[1].casefold())
    if form is None:
        raise UsageError(f"{path!r} is of no kind that a report has", hint=f"it ends with {', '.join(BY_SUFFIX)}")
    return form


def _row(job: Job) -> tuple[str, ...]:
    return job.key, job.provider, job.state.value, _time(job), _cost(job), _result(job)


def _time(job: Job) -> str:
    return f"{job.elapsed_s:.1f} s" if job.elapsed_s else ""


def _cost(job: Job) -> str:
    return "" if job.cost is None else amount_text(job.cost.amount, job.cost.currency)


def _result(job: Job) -> str:
    """Paths as they are; what a provider or a model said by its two ends."""
    return outcome(job) if job.files and not job.error else cut(outcome(job), _LONGEST)
