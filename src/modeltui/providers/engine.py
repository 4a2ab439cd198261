"""Running one job: submit, poll, collect, all as the model file says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from modeltui.domain.call import Call, Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job, JobState
from modeltui.errors import InvalidValueError, ModeltuiError, ProviderError, RefusedError
from modeltui.providers.auth import gate_of
from modeltui.providers.clock import SYSTEM_CLOCK, Clock
from modeltui.providers.contract import contract_of
from modeltui.providers.provider import provider_of
from modeltui.providers.secrets import SecretSource

if TYPE_CHECKING:
    from modeltui.providers.http import Http
    from modeltui.providers.work import Phase, Work

_CANCEL_S = 10
_CANCEL_HINTS = {
    JobState.SUBMITTING: "the request was on its way: it may have been taken, and billed",
    JobState.POLLING: "the provider was not told, or did not confirm: it may finish, and be billed",
    JobState.DOWNLOADING: "the provider had finished: it is billed",
}


class JobRun:
    """One test generation. Iterate `events` once; `job` is how it stands, also after the stream was closed."""

    def __init__(
        self,
        document: Document,
        provider: Document,
        prepared: Prepared,
        *,
        key: str,
        job_id: str,
        out_dir: str,
        secrets: SecretSource,
        clock: Clock = SYSTEM_CLOCK,
        http: Http | None = None,
        resume: Job | None = None,
    ) -> None:
        """`resume` takes up a job whose submit was answered. Without `http` the run opens a client of its own.

        Raises InvalidValueError, RefusedError or ProviderError where it could not be sent.
        """
        self._document = document
        self._prepared = prepared
        self._contract = contract_of(document)
        self._call = _checked(prepared)
        self._gate = gate_of(provider_of(provider), document, secrets, clock)
        self._out_dir = out_dir
        self._http = http
        self.job = self._new_job(key, job_id) if resume is None else self._taken_up(resume)

    async def events(self) -> AsyncGenerator[Job, None]:
        """The job after every thing that happens to it, the last time in a final state. What goes wrong is in the job.

        Cancelling the task, or closing the stream, cancels the job at the provider too. A task that is cancelled gets
        the CANCELLED job as its last, and CancelledError after that.
        """
        async with AsyncExitStack() as stack:
            work, phase = await self._begin(stack)
            try:
                yield self.job
                while not self.job.state.is_final:
                    phase = await _step(work, phase)
                    self.job = work.job
                    yield self.job
            except asyncio.CancelledError:
                self.job = await _cancelled(work)
                yield self.job
                raise
            except GeneratorExit:
                self.job = await _cancelled(work)
                raise

    def _taken_up(self, job: Job) -> Job:
        """Never back to submitting: whether an unanswered submit arrived is not known."""
        if self._contract.poll is None or job.state not in (JobState.POLLING, JobState.DOWNLOADING):
            raise RefusedError(f"a job that is {job.state} cannot be taken up", hint="look at the provider's own list")
        return replace(job, state=JobState.POLLING, detail="taken up again")

    async def _begin(self, stack: AsyncExitStack) -> tuple[Work, Phase]:
        from modeltui.providers.starting import begin  # noqa: PLC0415  # loads httpx

        return await begin(
            stack,
            document=self._document,
            contract=self._contract,
            gate=self._gate,
            prepared=self._prepared,
            call=self._call,
            job=self.job,
            out_dir=self._out_dir,
            http=self._http,
        )

    def _new_job(self, key: str, job_id: str) -> Job:
        uid = self._document.get("uid")
        return Job(
            id=job_id,
            key=key,
            uid=uid if isinstance(uid, str) else None,
            provider=self._gate.provider.id,
            state=JobState.SUBMITTING,
            started_at=self._gate.clock.now(),
            detail="sending",
            estimate=self._prepared.cost,
        )


def _checked(prepared: Prepared) -> Call:
    if prepared.problems:
        lines = "; ".join(f"{each.input}: {each.message}" if each.input else each.message for each in prepared.problems)
        raise InvalidValueError(lines, hint="nothing was sent")
    if prepared.call is None:
        raise InvalidValueError("there is no request to send", hint="the model file has no [request]")
    return prepared.call


async def _step(work: Work, phase: Phase) -> Phase:
    try:
        return await phase.step()
    except ModeltuiError as error:
        work.fail(error)
    except OSError as error:
        message = f"the result could not be written: {error.strerror or error}"
        work.fail(ProviderError(message, hint="make room, then run it again"))
    return phase


async def _cancelled(work: Work) -> Job:
    """Stop the job at the provider where that can be done, and note what is known of it."""
    state = work.job.state
    if not state.is_final:
        is_over = state is JobState.SUBMITTING and not work.is_in_flight
        if state is JobState.POLLING:
            is_over = await _is_cancelled_there(work)
        work.advance(state=JobState.CANCELLED, detail="", hint=None if is_over else _CANCEL_HINTS[state])
    return work.job


async def _is_cancelled_there(work: Work) -> bool:
    if work.contract.cancel is None:
        return False
    try:
        return (await work.exchange.follow(work.contract.cancel, work.scope, _CANCEL_S)).is_accepted
    except ModeltuiError:
        return False
