"""Running one job with its record."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from modeltui.domain.call import Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job
from modeltui.domain.model import Model
from modeltui.jobs.record import JobRecord
from modeltui.providers.clock import SYSTEM_CLOCK, Clock
from modeltui.providers.engine import JobRun
from modeltui.providers.secrets import SecretSource
from modeltui.providers.wire import redacted_request
from modeltui.storage.real_fs import RealFs


class JobRunner:
    def __init__(self, root: str, secret: SecretSource, *, clock: Clock = SYSTEM_CLOCK) -> None:
        """`root` is the catalogue's folder; `secret` looks up a key by its name."""
        self._root = root
        self._secret = secret
        self._clock = clock

    async def run(  # noqa: PLR0917
        self,
        model: Model,
        document: Document,
        provider: Document,
        prepared: Prepared,
        job_id: str,
        out_dir: str | None = None,
    ) -> AsyncGenerator[Job, None]:
        """The job after every thing that happens to it, each durable before the next happens.

        Files come to `out_dir`, or to the job's own folder. Closing the stream cancels the job. Raises ModeltuiError
        where nothing could be sent; whatever goes wrong later is in the job.
        """
        record = self._record(provider, prepared, job_id, model)
        run = JobRun(
            document,
            provider,
            prepared,
            key=model.key,
            job_id=job_id,
            out_dir=self._folder(out_dir or record.folder, is_ours=out_dir is None),
            secrets=self._secret,
            clock=self._clock,
        )
        record.begin(run.job)
        try:
            async with aclosing(run.events()) as events:
                async for job in events:
                    record.note(job)
                    yield _with_fault(job, record.fault)
        finally:
            record.note(run.job)

    def _folder(self, name: str, *, is_ours: bool) -> str:
        return os.path.abspath(os.path.join(self._root, name) if is_ours else name)

    def _record(self, provider: Document, prepared: Prepared, job_id: str, model: Model) -> JobRecord:
        cost = prepared.cost
        order = {
            "model_id": model.model_id,
            "model_digest": model.digest,
            "inputs": prepared.inputs,
            "request": None if prepared.call is None else redacted_request(provider, prepared.call),
            "estimate": None if cost is None else {"amount": str(cost.amount), "currency": cost.currency},
        }
        return JobRecord(RealFs(self._root), job_id, order)


def _with_fault(job: Job, fault: str | None) -> Job:
    if fault is None or not job.state.is_final:
        return job
    return replace(job, hint="; ".join(filter(None, (job.hint, f"its record could not be written: {fault}"))))
