"""One chain at work: step after step, each a job of its own whose results the next ones are given."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.call import Cost
from modeltui.domain.chain.filling import filled
from modeltui.domain.chain.progress import ChainProgress, ChainState, ChainStep
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.units import Units
from modeltui.domain.workflow import Workflow, WorkflowStep
from modeltui.errors import BusyError, InvalidValueError, ModeltuiError, RefusedError
from modeltui.services.running.chain_values import given_by, with_uploads

if TYPE_CHECKING:
    from modeltui.jobs.chain_rows import ChainRows, KeptChain
    from modeltui.services.running.jobs import JobService
    from modeltui.services.running.runs import RunService

_LOOK_S: Final = 0.25
_ENDS: Final[Mapping[JobState, ChainState]] = {
    JobState.SUCCEEDED: ChainState.RUNNING,
    JobState.CANCELLED: ChainState.CANCELLED,
}
_UNCERTAIN: Final = "it may have been taken and billed; `workflow resume ID --send-again` sends it as a new job"
_FETCHABLE: Final = "it may have been billed; `workflow resume ID` asks for it again, with --send-again it is run anew"


class ChainRun:
    """Follows one chain that this process holds."""

    def __init__(
        self,
        rows: ChainRows,
        kept: KeptChain,
        workflow: Workflow,
        runs: RunService,
        jobs: JobService,
        *,
        units: Units,
        budget: Cost | None,
        sends_again: bool = False,
    ) -> None:
        self._rows = rows
        self._kept = kept
        self._workflow = workflow
        self._runs = runs
        self._jobs = jobs
        self._units = units
        self._budget = budget
        self._sends_again = sends_again
        self._state = kept.state
        self._note = ""
        self._latest: dict[str, Job] = {}

    async def progress(self, before: Mapping[str, KeptJob]) -> AsyncGenerator[ChainProgress, None]:
        """After every thing that happens. `before`: the jobs that its steps have become so far."""
        self._latest = {step: kept.job for step, kept in before.items()}
        given: dict[str, dict[str, Any]] = {}
        try:
            for step in self._workflow.steps:
                if (kept := before.get(step.id)) is None or kept.job.state is not JobState.SUCCEEDED:
                    async with aclosing(self._stepped(step, kept, given)) as told:
                        async for each in told:
                            yield each
                if self._state is not ChainState.RUNNING:
                    break
                given[step.id] = given_by(self._latest[step.id])
            else:
                self._end(ChainState.SUCCEEDED)
        except ModeltuiError as error:
            self._end(ChainState.FAILED, _told(error))
        finally:
            if self._state is ChainState.RUNNING:  # the stream was closed
                self._end(ChainState.CANCELLED)
            await self._rows_noted()
        yield self.now()

    def now(self) -> ChainProgress:
        return ChainProgress(
            id=self._kept.id,
            workflow=self._workflow.slug,
            name=self._workflow.name,
            state=self._state,
            steps=tuple(ChainStep(step.id, step.model, self._latest.get(step.id)) for step in self._workflow.steps),
            by=self._kept.by,
            started_at=self._kept.started_at,
            note=self._note,
            templates=self._workflow.outputs,
        )

    async def _stepped(
        self, step: WorkflowStep, kept: KeptJob | None, given: Mapping[str, Mapping[str, Any]]
    ) -> AsyncGenerator[ChainProgress, None]:
        """One step to its end. Raises ModeltuiError where its job cannot begin."""
        if await self._off_loop(self._rows.wished, self._kept.id) is not None:
            self._end(ChainState.CANCELLED, f"cancelled before step {step.id}")
            return
        try:
            stream = await self._job(step, kept, given)
            async with aclosing(stream) as jobs:
                async for job in jobs:
                    if kept is not None and job.id != kept.job.id and step.id not in self._linked(job):
                        await self._off_loop(self._rows.link, self._kept.id, step.id, job.id)
                    self._latest[step.id] = job
                    yield self.now()
        except ModeltuiError as error:
            raise type(error)(f"step {step.id}: {error.message}", hint=error.hint) from error
        self._judge(step, self._latest.get(step.id))

    def _linked(self, job: Job) -> tuple[str, ...]:
        return tuple(step for step, latest in self._latest.items() if latest.id == job.id)

    def _judge(self, step: WorkflowStep, job: Job | None) -> None:
        if job is None:
            self._end(ChainState.FAILED, f"step {step.id} ended without a job")
            return
        state = _ENDS.get(job.state, ChainState.FAILED)
        if state is not ChainState.RUNNING:
            why = job.error or job.hint or ""
            if job.state is JobState.UNCERTAIN or job.is_fetchable:
                told = _UNCERTAIN if job.state is JobState.UNCERTAIN else f"{why}; {_FETCHABLE}"
                why = told.replace("ID", self._kept.id[:8])
            self._end(state, f"step {step.id} {job.state}" + (f": {why}" if why else ""))

    async def _job(
        self, step: WorkflowStep, kept: KeptJob | None, given: Mapping[str, Mapping[str, Any]]
    ) -> AsyncGenerator[Job, None]:
        """The job of before, where it can go on; else a new one, named before it begins."""
        is_given_up = kept is not None and kept.job.is_fetchable and self._sends_again
        if kept is not None and _goes_on(kept.job) and not is_given_up:
            return self._again(kept.job)
        key = self._key(step)
        inputs = await self._off_loop(self._inputs, step, key, given)
        await self._off_loop(self._refuse_dear, key, inputs)
        job_id = str(uuid.uuid4())
        await self._off_loop(self._rows.link, self._kept.id, step.id, job_id)
        return self._runs.run(key, inputs, self._out_dir(step), job_id=job_id)

    async def _again(self, before: Job) -> AsyncGenerator[Job, None]:
        """A job of before to its end: taken up here, or watched while somebody else is at work on it.

        A console takes up what was sent when it starts, and so does `modeltui jobs resume`.
        """
        sends_again = before.state is JobState.UNCERTAIN and self._sends_again
        while True:
            try:
                async with aclosing(self._jobs.resume(before.id, send_again=sends_again)) as told:
                    async for job in told:
                        yield job
            except BusyError:
                pass
            except RefusedError:
                if (await self._off_loop(self._jobs.get, before.id)).job.state is before.state:
                    raise  # it did not end meanwhile: there is another reason
            else:
                return
            async with aclosing(self._watched(before.id)) as told:
                async for job in told:
                    yield job
            if job.state.is_final:
                return
            before = job

    async def _watched(self, job_id: str) -> AsyncGenerator[Job, None]:
        """Until it has ended, or is let go. Closing the stream cancels the job."""
        last: Job | None = None
        try:
            while last is None or not last.state.is_final:
                kept = await self._off_loop(self._jobs.get, job_id)
                if kept.job != last:
                    last = kept.job
                    yield kept.job
                if not kept.is_followed:
                    break
                await asyncio.sleep(_LOOK_S)
        except (GeneratorExit, asyncio.CancelledError):  # and nothing else: it may be billed already
            if last is None or not last.state.is_final:
                with suppress(ModeltuiError):
                    await self._jobs.cancel(job_id)
            raise

    def _key(self, step: WorkflowStep) -> str:
        """Of the model by key or uid: never by a model_id, which another model may come to share."""
        model = self._runs.model(step.model)
        if step.model != model.key and step.model.casefold() != (model.uid or "").casefold():
            raise InvalidValueError(f"{step.model} is no key of a model", hint="write the key into the workflow")
        return model.key

    def _inputs(self, step: WorkflowStep, key: str, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        return with_uploads(filled(step, self._kept.plan["inputs"], given), self._runs.inputs(key))

    def _refuse_dear(self, key: str, inputs: Mapping[str, Any]) -> None:
        """Raises RefusedError where the step would go beyond the budget, or may."""
        if self._budget is None:
            return
        cost, currency = self._runs.prepare(key, inputs).cost, self._budget.currency
        costs = [*self.now().spent.items(), *([] if cost is None else [(cost.currency, cost.amount)])]
        amounts = [self._units.converted(Cost(amount, name), currency) for name, amount in costs]
        known = [amount for amount in amounts if amount is not None]
        if cost is None or len(known) < len(amounts):
            raise RefusedError("its price is not known, and there is a budget", hint="resume it with --no-budget")
        if sum(known) > self._budget.amount:
            hint = f"`modeltui workflow resume {self._kept.id[:8]} --budget AMOUNT` goes on"
            raise RefusedError(f"it would go beyond the budget of {self._budget.amount:f} {currency}", hint=hint)

    def _out_dir(self, step: WorkflowStep) -> str | None:
        folder = self._kept.plan.get("out_dir")
        return None if folder is None else os.path.join(folder, step.id)

    def _end(self, state: ChainState, note: str = "") -> None:
        self._state, self._note = state, note

    async def _rows_noted(self) -> None:
        await self._off_loop(self._rows.note, self._kept.id, self._state, self._note)

    async def _off_loop(self, call: Callable[..., Any], *arguments: Any) -> Any:
        return await self._rows.in_turn(call, *arguments)


def _goes_on(job: Job) -> bool:
    """Whether asking for it, or sending what was not sent, is all that is to be done; nothing is paid again."""
    return not job.state.is_final or job.state is JobState.UNCERTAIN or job.is_fetchable


def _told(error: ModeltuiError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message
