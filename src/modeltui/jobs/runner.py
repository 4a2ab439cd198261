"""Running one job with its record: each thing that happens is kept before the next one happens."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.call import Call, Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.model import Model
from modeltui.errors import ModeltuiError, RefusedError
from modeltui.jobs.owners import JOBS
from modeltui.jobs.store import Claim, JobStore
from modeltui.jobs.wishes import Wishes
from modeltui.providers.clock import SYSTEM_CLOCK, Clock
from modeltui.providers.engine import JobRun
from modeltui.providers.new_file import NewFile
from modeltui.providers.pace import AT_ONCE, Pace
from modeltui.providers.secrets import SecretSource
from modeltui.providers.wire import redacted_request
from modeltui.storage.fs import reason_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_NO_CALL = Call("GET", "")
"""Of a job that is not sent any more."""


class Order(Struct, frozen=True):
    """A model as its files say it now, and the request made from them."""

    model: Model
    document: Document
    provider: Document
    prepared: Prepared


class JobRunner:
    """Closing a stream, or cancelling the task that reads it, cancels the job. A wish of another process does too."""

    def __init__(self, root: str, secret: SecretSource, store: JobStore, *, clock: Clock = SYSTEM_CLOCK) -> None:
        """`root` is the catalogue's folder; `secret` looks up a key by its name."""
        self._root = root
        self._secret = secret
        self._store = store
        self._clock = clock
        self._wishes = Wishes(store)

    async def run(
        self, order: Order, job_id: str, out_dir: str | None = None, *, resend_of: str | None = None
    ) -> AsyncGenerator[Job, None]:
        """A new job, after every thing that happens to it, each durable before the next happens.

        Files come to `out_dir`, or to the job's own folder. Raises ModeltuiError where nothing could be sent; whatever
        goes wrong later is in the job.
        """
        out_dir = None if out_dir is None else await asyncio.to_thread(_real, out_dir)
        if out_dir is not None:
            await asyncio.to_thread(_tried, out_dir)
        run = self._run_of(order, job_id, out_dir)
        kept = replace(kept_of_order(order, run.job, self._store.user), resend_of=resend_of)
        await self._store.in_turn(self._store.begin, kept, out_dir)
        async with aclosing(self._followed(run)) as jobs:
            async for job in jobs:
                yield job

    async def take_up(self, order: Order, claim: Claim, pace: Pace | None = None) -> AsyncGenerator[Job, None]:
        """A job that this process has claimed, or kept as QUEUED: sent where it was not, else asked for.

        It is this process's no longer when the stream has ended. Raises as `run` does.
        """
        job = claim.kept.job
        try:
            run = self._run_of(order, job.id, claim.out_dir, resume=job, pace=pace or AT_ONCE)
        except ModeltuiError:
            await self._store.in_turn(self._store.release, job.id)
            raise
        async with aclosing(self._followed(run)) as jobs:
            async for each in jobs:
                yield each

    def _run_of(
        self,
        order: Order,
        job_id: str,
        out_dir: str | None,
        *,
        resume: Job | None = None,
        pace: Pace = AT_ONCE,
    ) -> JobRun:
        prepared = order.prepared
        own_dir = os.path.abspath(os.path.join(self._root, JOBS, _folder_name(job_id)))
        if resume is not None and not resume.state.is_unsent:
            prepared = replace(prepared, problems=(), call=prepared.call or _NO_CALL)
        return JobRun(
            order.document,
            order.provider,
            prepared,
            key=order.model.key,
            job_id=job_id,
            out_dir=os.path.abspath(out_dir or own_dir),
            spare_dir=None if out_dir is None else own_dir,
            secrets=self._secret,
            clock=self._clock,
            resume=resume,
            pace=pace,
        )

    async def _followed(self, run: JobRun) -> AsyncGenerator[Job, None]:
        job_id, store = run.job.id, self._store
        last: Job | None = None
        try:
            async with self._wishes.watching(job_id) as wish, aclosing(run.events()) as events:
                stepper = _Stepper(run, events, wish)
                while (job := await stepper.next()) is not None:
                    fault = await store.in_turn(store.note, job)
                    if fault is not None and job.state is JobState.SUBMITTING:
                        raise RefusedError(f"no record of the job can be written: {fault}", hint="nothing was sent")
                    last = job
                    yield _with_fault(job, fault)
                    if stepper.is_task_cancelled:
                        raise asyncio.CancelledError
        finally:
            if last is None and (run.job.state.is_unsent or run.job.state is JobState.SUBMITTING):
                await store.in_turn(store.note, replace(run.job, state=JobState.CANCELLED, detail=""))
            elif last is not None or run.job.state.is_final:
                await store.in_turn(store.note, run.job)
            await store.in_turn(store.release, job_id)


class _Stepper:
    """One event after the other, each in a task of its own, so that a wish can break in."""

    def __init__(self, run: JobRun, events: AsyncGenerator[Job, None], wish: asyncio.Event) -> None:
        self._run = run
        self._events = events
        self._wish = wish
        self._is_over = False
        self.is_task_cancelled = False
        """The task that reads was cancelled: it is to be told so once it has read the CANCELLED job."""

    async def next(self) -> Job | None:
        if self._is_over:
            return None
        if self._wish.is_set():
            return await self._closed()
        step = asyncio.create_task(self._step())
        wished = asyncio.create_task(self._wish.wait())
        try:
            await asyncio.wait({step, wished}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self.is_task_cancelled = True
            return await self._stopped(step)
        finally:
            wished.cancel()
        return await step if step.done() else await self._stopped(step)

    async def _step(self) -> Job | None:
        return await anext(self._events, None)

    async def _stopped(self, step: asyncio.Task[Job | None]) -> Job | None:
        step.cancel()
        try:
            job = await step
        except asyncio.CancelledError:
            job = None
        self._is_over = True
        return job if job is not None and job.state.is_final else await self._closed()

    async def _closed(self) -> Job:
        self._is_over = True
        await self._events.aclose()
        return self._run.job


def kept_of_order(order: Order, job: Job, by: str) -> KeptJob:
    """A job as it is kept before anything of it leaves."""
    call = order.prepared.call
    return KeptJob(
        job=job,
        by=by,
        model_id=order.model.model_id,
        model_digest=order.model.digest,
        inputs=order.prepared.inputs,
        request=None if call is None else redacted_request(order.provider, call),
        steps=(),
    )


def _real(folder: str) -> str:
    """A link that its user names is followed once; one that takes the folder's place later is not."""
    return os.path.realpath(folder)


def _tried(folder: str) -> None:
    """Make the folder, and a file in it that is gone again. Raises RefusedError where that cannot be."""
    try:
        with NewFile(folder, 1) as file:
            file.write(b"\n")
    except (OSError, ModeltuiError) as error:
        why = reason_of(error) if isinstance(error, OSError) else error.message
        raise RefusedError(f"no result could be written to {folder}: {why}", hint="nothing was sent") from error


def _folder_name(job_id: str) -> str:
    """Raises RefusedError for an id of the database that would lead elsewhere."""
    if not _NAME.fullmatch(job_id):
        raise RefusedError(f"{job_id!r} is no id of a job", hint="the database was not written by modeltui")
    return job_id


def _with_fault(job: Job, fault: str | None) -> Job:
    if fault is None or not job.state.is_final:
        return job
    return replace(job, hint="; ".join(filter(None, (job.hint, f"its record could not be written: {fault}"))))
