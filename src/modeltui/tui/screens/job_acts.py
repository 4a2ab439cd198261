"""What can be done to one kept job, from any screen that shows some."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.tui.messages import Failed, OpenRun, ShowModels
from modeltui.tui.present.inputs import drafts_of
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.present.outcome import of_job
from modeltui.tui.present.run import price_text, units_lines
from modeltui.tui.screens.run_questions import copy_options
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.work_messages import OpenBatch, ResumeJob, StopJob

if TYPE_CHECKING:
    from modeltui.domain.units import Units
    from modeltui.services.workspace import Workspace

JOB_BINDINGS: Final[list[BindingType]] = [
    Binding(
        "space", "job('resume')", "Go on", id="job.resume", tooltip="with one that was interrupted, or can be fetched"
    ),
    Binding("x", "job('stop')", "Cancel", id="job.cancel", tooltip="this job; asks"),
    Binding("r", "job('again')", "Run again", id="job.again", tooltip="its inputs in the form of its model"),
    Binding("S", "job('send_again')", "Send again", id="job.send_again", tooltip="an uncertain one; asks", show=False),
    Binding("y", "job('copy')", "Copy…", id="job.copy", tooltip="id, path, request, inputs, error", show=False),
    Binding("m", "job('model')", "Model", id="job.model", tooltip="its row in the catalogue", show=False),
    Binding("b", "job('batch')", "Batch", id="job.batch", tooltip="the batch that it is of", show=False),
]
JOB_VERBS: Final = ("resume", "stop", "again", "send_again", "copy", "model", "batch")


def why_not_job(verb: str, kept: KeptJob | None) -> str | None:
    if kept is None:
        return "no job is under the cursor"
    state, why = kept.job.state, None
    is_open = kept.is_interrupted or kept.job.is_fetchable or (state is JobState.UNCERTAIN and kept.resent_as is None)
    if verb == "resume" and not is_open:
        why = f"it has ended: {state}" if state.is_final else "somebody is at work on it"
    elif verb == "stop" and state.is_final:
        why = f"it has ended: {state}"
    elif verb == "send_again" and state is not JobState.UNCERTAIN:
        why = "only an uncertain job is sent again; r runs it anew"
    elif verb == "send_again" and kept.resent_as is not None:
        why = f"it was sent again already, as {kept.resent_as[:8]}"
    elif verb == "batch" and kept.job.batch is None:
        why = "it is of no batch"
    return why


class JobActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._workspace = workspace

    def do(self, verb: str, kept: KeptJob, units: Units) -> None:
        job = kept.job
        match verb:
            case "resume":
                self._resume(kept, units)
            case "stop":
                self._ask_stop(kept, units)
            case "send_again":
                self._ask_send(kept, units)
            case "again":
                self._screen.run_worker(self._run_again(kept), group="again")
            case "copy":
                copy_options(self._screen, self._workspace, kept.request, kept.inputs, job)
            case "model":
                self._screen.post_message(ShowModels(None, job.key))
            case "batch" if job.batch is not None:
                self._screen.post_message(OpenBatch(job.batch))

    def ended(self, job: Job) -> None:
        """Tell what came of a job that was taken up, sent again or cancelled here."""
        notice = of_job(job)
        text, severity = notice.text, notice.severity
        if job.state is JobState.UNCERTAIN:
            text = f"{text}: its provider cannot be asked for it. S sends it again, as a new job"
        self._screen.notify(text, severity=severity, markup=False)

    def _resume(self, kept: KeptJob, units: Units) -> None:
        """What was sent, or may have been, is only asked for; what was not is sent, after a yes where it may cost.

        What waits in a batch is begun by that, which knows its budget.
        """
        if kept.waits_in_batch and kept.job.batch is not None:
            self._screen.post_message(OpenBatch(kept.job.batch))
            return
        cost = kept.job.estimate
        wish = ResumeJob(self._screen, kept.job.id)
        if not kept.job.state.is_unsent or (cost is not None and cost.amount == 0):
            self._screen.post_message(wish)
            return
        lines = [line(f"{kept.job.key} was not sent yet."), *_cost(kept, units)]
        self._ask("Send this job now?", lines, "Send", wish)

    def _ask_stop(self, kept: KeptJob, units: Units) -> None:
        lines: list[Line] = [line(kept.job.key, "strong")]
        if kept.job.state.is_unsent:
            lines.append(line("It was not sent, so nothing is billed."))
        else:
            lines += [line("It was sent: what the provider did until it stops may be billed."), BLANK]
            lines += _cost(kept, units)
        self._ask("Cancel this job?", lines, "Cancel it", StopJob(self._screen, kept.job.id))

    def _ask_send(self, kept: KeptJob, units: Units) -> None:
        lines: list[Line] = [
            line(kept.job.key, "strong"),
            line("Its request may have arrived, and may be billed already.", "bad"),
            line("Sent again it is a new job, and may be billed twice.", "bad"),
            line("Look at the provider's own list of jobs first."),
            BLANK,
            *_cost(kept, units),
        ]
        self._ask("Send it a second time?", lines, "Send it again", ResumeJob(self._screen, kept.job.id, True))

    def _ask(self, title: str, lines: list[Line], yes: str, wish: ResumeJob | StopJob) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._screen.post_message(wish)

        self._screen.app.push_screen(Confirm(title, lines, yes=yes), answered)

    async def _run_again(self, kept: KeptJob) -> None:
        """The form of the model, filled with what the job had; nothing is sent."""
        try:
            inputs, lost = await asyncio.to_thread(self._workspace.jobs.inputs_again, kept.job.id)
            model = await asyncio.to_thread(self._workspace.runs.model, kept.job.uid or kept.job.key)
            specs = await asyncio.to_thread(self._workspace.runs.inputs, model.key)
        except ModeltuiError as error:
            self._screen.post_message(Failed(error))
            return
        drafts = drafts_of(specs, inputs)
        missing = [*lost, *(name for name in inputs if name not in drafts)]
        self._screen.post_message(OpenRun(model.key, drafts))
        if missing:
            said = f"not filled in again: {', '.join(missing)}"
            self._screen.app.call_later(self._screen.notify, safe(said), severity="warning", markup=False)


def _cost(kept: KeptJob, units: Units) -> list[Line]:
    said = safe(price_text(kept.job.estimate, units, nothing="not known"))
    return [(("cost  ", "muted"), (said, "strong")), *units_lines(units)]
