"""Running one job: submit, poll, collect, all as the model file says."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modeltui.domain.call import Call, Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job, JobState
from modeltui.domain.key import SecretSource
from modeltui.errors import InvalidValueError, ModeltuiError, ProviderError, RefusedError
from modeltui.providers.auth import gate_of
from modeltui.providers.clock import SYSTEM_CLOCK, Clock
from modeltui.providers.contract import contract_of
from modeltui.providers.pace import AT_ONCE, Pace
from modeltui.providers.provider import provider_of
from modeltui.providers.uploads import errands

if TYPE_CHECKING:
    from modeltui.providers.http import Http
    from modeltui.providers.work import Phase, Work

_CANCEL_S = 10
_LOST_ANSWER = "its process ended while the answer was being written: it was taken, and may be billed"
_LOST_HINT = "the answer was the result, and cannot be asked for again"
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
        pace: Pace = AT_ONCE,
        spare_dir: str | None = None,
    ) -> None:
        """`resume` takes up a job where it was left: one that was not submitted begins anew, one that was is followed.

        Files go to `out_dir`; once that cannot be written, to `spare_dir`.

        `prepared` is then made with the id of that job. Without `http` the run opens a client of its own.
        Raises InvalidValueError, RefusedError or ProviderError where it could not be sent.
        """
        self._document = document
        self._prepared = prepared
        self._contract = contract_of(document)
        self._call = _checked(prepared) if resume is None or resume.state.is_unsent else prepared.call
        self._gate = gate_of(provider_of(provider), document, secrets, clock)
        self._out_dir = out_dir
        self._spare_dir = spare_dir
        self._http = http
        self._pace = pace
        self.job = self._new_job(key, job_id) if resume is None else self._taken_up(resume)

    async def events(self) -> AsyncGenerator[Job, None]:
        """The job after every thing that happens to it, the last time in a final state. What goes wrong is in the job.

        Cancelling the task, or closing the stream, cancels the job at the provider too. A task that is cancelled gets
        the CANCELLED job as its last, and CancelledError after that.
        """
        if self.job.state.is_final:
            yield self.job
            return
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
        """Never back to submitting from there: whether an unanswered submit arrived is not known."""
        state, contract = job.state, self._contract
        if state.is_unsent:
            return replace(job, state=self._first_state, detail="taken up again", saved={})
        if state is JobState.DOWNLOADING and job.remote_files:
            return replace(job, detail="taken up again")
        if contract.poll is not None and state in (JobState.POLLING, JobState.DOWNLOADING):
            return replace(job, state=JobState.POLLING, detail="taken up again", files=())
        if job.is_fetchable and (contract.poll is not None or job.remote_files):
            return self._asked_again(job)
        if contract.is_traceable and state in (JobState.SUBMITTING, JobState.UNCERTAIN):
            remote_id = job.remote_id or job.id
            return replace(
                job, state=JobState.POLLING, remote_id=remote_id, detail="looking for it", error=None, hint=None
            )
        if state is JobState.DOWNLOADING:
            return replace(job, state=JobState.UNCERTAIN, detail="", error=_LOST_ANSWER, hint=_LOST_HINT)
        raise RefusedError(f"a job that is {state} cannot be taken up", hint="look at the provider's own list")

    def _asked_again(self, job: Job) -> Job:
        """By polling where that can be: links that have died are told anew then, and a mended file is used."""
        is_polled = self._contract.poll is not None
        return replace(
            job,
            state=JobState.POLLING if is_polled else JobState.DOWNLOADING,
            detail="taken up again",
            files=() if is_polled else job.files,
            error=None,
            hint=None,
            is_fetchable=False,
        )

    @property
    def _first_state(self) -> JobState:
        has_errands = errands(self._contract.before, self._prepared.sent)
        return JobState.PREPARING if has_errands else JobState.SUBMITTING

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
            pace=self._pace,
            spare_dir=self._spare_dir,
        )

    def _new_job(self, key: str, job_id: str) -> Job:
        uid, state = self._document.get("uid"), self._first_state
        return Job(
            id=job_id,
            key=key,
            uid=uid if isinstance(uid, str) else None,
            provider=self._gate.provider.id,
            state=state,
            started_at=self._gate.clock.now(),
            detail="sending" if state is JobState.SUBMITTING else "preparing",
            estimate=self._prepared.cost,
        )


def _checked(prepared: Prepared) -> Call:
    if prepared.problems:
        lines = "; ".join(map(str, prepared.problems))
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
        message = f"the result could not be written to {work.downloader.folder}: {error.strerror or error}"
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        work.fail(ProviderError(message, hint="make room" if is_full else "see to the rights of that folder"))
    return phase


async def _cancelled(work: Work) -> Job:
    """Stop the job at the provider where that can be done, and note what is known of it."""
    state = work.job.state
    if not state.is_final:
        is_over = state.is_unsent or (state is JobState.SUBMITTING and not work.is_in_flight)
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
