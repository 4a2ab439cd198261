"""A job as it goes on, and what came of it."""

from __future__ import annotations

from typing import Any

from modeltui.cli import output, report
from modeltui.domain.job import Job, JobState
from modeltui.domain.model import Model
from modeltui.domain.money import cost_data
from modeltui.errors import ProviderError


class Progress:
    """Says on stderr what is new about a job."""

    def __init__(self) -> None:
        self._said = ""

    def show(self, job: Job) -> None:
        if job.state.is_final:
            return
        said = _words(job)
        if said != self._said:
            report.say(f"{job.elapsed_s:6.1f}s  {said}")
            self._said = said


def _words(job: Job) -> str:
    """`polling 40% (RUNNING)`: the state, how far, and the provider's own word for it."""
    share = "" if job.progress is None else f" {job.progress:.0%}"
    if job.detail.startswith(job.state):
        return f"{job.detail}{share}"
    return f"{job.state}{share} ({job.detail})" if job.detail else f"{job.state}{share}"


def finished(job: Job | None, model: Model, form: str) -> int:
    """Shows the result and returns the exit code. Raises ProviderError for a job that did not succeed."""
    if job is None:
        raise ProviderError("the run ended without a job")
    if form == "json":
        output.json_document(_row(job, model))
    elif job.text is not None:
        output.text(f"{job.text}\n")
    else:
        output.paths(file.path for file in job.files)
    if job.state is JobState.CANCELLED:
        report.say(job.hint or job.error or "cancelled")
        return report.Exit.INTERRUPTED
    if job.state is not JobState.SUCCEEDED:
        raise ProviderError(job.error or f"the job ended as {job.state}", hint=job.hint)
    facts = "".join(f", {file.facts}" for file in job.files if file.facts)
    report.say(f"{job.elapsed_s:6.1f}s  succeeded{facts}")
    if job.hint:
        report.say(job.hint)
    return report.Exit.DONE


def _row(job: Job, model: Model) -> dict[str, Any]:
    return {
        "id": job.id,
        "model": model.key,
        "uid": job.uid,
        "provider": job.provider,
        "state": job.state.value,
        "fetchable": job.is_fetchable,
        "started_at": job.started_at.isoformat(),
        "elapsed_s": round(job.elapsed_s, 3),
        "cost": cost_data(job.cost),
        "estimate": cost_data(job.estimate),
        "files": [
            {"path": file.path, "media_type": file.media_type, "size": file.size, "facts": file.facts}
            for file in job.files
        ],
        "text": job.text,
        "error": job.error,
        "hint": job.hint,
    }
