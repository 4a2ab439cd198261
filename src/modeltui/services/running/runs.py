"""Test generations: what a model takes, what it costs, the exact request, and running it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from modeltui.domain.audit import Audit
from modeltui.domain.call import Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job
from modeltui.domain.key import SecretSource
from modeltui.domain.model import Model
from modeltui.errors import InvalidValueError, ModeltuiError, NotFoundError
from modeltui.services.current import Current
from modeltui.services.permissions import Deed, Permissions
from modeltui.services.running.local_files import measured, with_files
from modeltui.services.trust import TrustService

if TYPE_CHECKING:
    from modeltui.domain.inputs.specs import InputSpec
    from modeltui.domain.run_spec import RunSpec
    from modeltui.jobs.runner import JobRunner, Order
    from modeltui.jobs.store import Claim, JobStore
    from modeltui.providers.pace import Pace


class RunService:
    """Models are named by key, uid or a model_id of one. Inactive ones run too: that is what testing is for."""

    def __init__(
        self,
        current: Current,
        root: str,
        secret: SecretSource,
        *,
        permissions: Permissions,
        audit: Audit,
        trust: TrustService,
        kept_jobs: Callable[[], JobStore],
    ) -> None:
        """`kept_jobs` opens what keeps the jobs, when it is first needed."""
        self._current = current
        self._root = root
        self._secret = secret
        self._permissions = permissions
        self._audit = audit
        self._trust = trust
        self._kept_jobs = kept_jobs
        self._specs: dict[str, tuple[str, RunSpec]] = {}

    def model(self, name: str) -> Model:
        """Raises NotFoundError."""
        return self._current.snapshot().catalog.find(name)

    def inputs(self, name: str) -> tuple[InputSpec, ...]:
        """What a model takes, in the order of its file."""
        return self._spec(self.model(name)).inputs

    def prepare(self, name: str, inputs: Mapping[str, Any], media_seconds: float | None = None) -> Prepared:
        """Validate, price and build the request, without sending it.

        Raises NotFoundError, BrokenFileError, and InvalidValueError where the file itself cannot work.
        """
        return self._prepared(self.model(name), inputs, str(uuid.uuid4()), media_seconds)

    def with_files(self, name: str, inputs: Mapping[str, Any], files: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The inputs with files of this machine (input, path) read into them; see `local_files.with_files`."""
        return with_files(inputs, files, self.inputs(name))

    def request(self, name: str, prepared: Prepared) -> dict[str, Any] | None:
        """The exact request as JSON holds it, its key as `***`; None for one that is not valid. Needs no key."""
        from modeltui.providers.wire import redacted_request  # noqa: PLC0415  # only runs need providers

        return None if prepared.call is None else redacted_request(self._provider(self.model(name)), prepared.call)

    async def run(
        self,
        name: str,
        inputs: Mapping[str, Any],
        out_dir: str | None = None,
        *,
        resend_of: str | None = None,
        job_id: str | None = None,
    ) -> AsyncGenerator[Job, None]:
        """Send a test generation and follow it; yields the job after each thing that happens to it.

        Files come to `out_dir`, or to a folder of the job's own below the catalogue's state. Closing the stream
        cancels the job. `resend_of` is the job that this one is sent in place of, `job_id` a new id that whoever calls
        has made and kept. Raises NotPermittedError,
        InvalidValueError for inputs that do not fit, ProviderError where no key is set. The audit log has its start
        and its end, without its inputs.
        """
        model, job_id = await self._allowed(name), job_id or str(uuid.uuid4())
        order = self.order(model, inputs, job_id)
        if order.prepared.call is None:
            raise InvalidValueError(_problems(order.prepared), hint="nothing was sent")
        stream = self.runner.run(order, job_id, out_dir, resend_of=resend_of)
        async with aclosing(self._noted(stream, job_id, model, "started")) as jobs:
            async for job in jobs:
                yield job

    async def take_up(self, claim: Claim, pace: Pace | None = None) -> AsyncGenerator[Job, None]:
        """Go on with a job that this process holds, by the model file as it is now; raises as `run` does."""
        job = claim.kept.job
        try:
            model = await self._allowed(job.uid or job.key)
            order = self.order(model, claim.inputs, job.id)
            if order.prepared.call is None and job.state.is_unsent:
                raise InvalidValueError(_problems(order.prepared), hint="nothing was sent")
        except ModeltuiError:
            await self._store.in_turn(self._store.release, job.id)
            raise
        async with aclosing(self._noted(self.runner.take_up(order, claim, pace), job.id, model, "taken up")) as jobs:
            async for each in jobs:
                yield each

    def order(self, model: Model, inputs: Mapping[str, Any], job_id: str) -> Order:
        """What the files say of a run now.

        Raises NotFoundError, BrokenFileError, InvalidValueError; RefusedError where keys would go elsewhere.
        """
        from modeltui.jobs.runner import Order  # noqa: PLC0415  # loads what speaks to providers

        document, provider = self._current.snapshot().catalog.document(model.key), self._provider(model)
        self._trust.require(str(model.provider))
        return Order(model, document, provider, self._prepared(model, inputs, job_id, None))

    def is_traceable(self, name: str) -> bool:
        """Whether the provider can be asked for a job of a model by our own id, so that nothing it said is needed."""
        from modeltui.providers.contract import contract_of  # noqa: PLC0415  # only runs need providers

        return contract_of(self._current.snapshot().catalog.document(self.model(name).key)).is_traceable

    @cached_property
    def runner(self) -> JobRunner:
        from modeltui.jobs.runner import JobRunner  # noqa: PLC0415  # loads what speaks to providers

        return JobRunner(self._root, self._secret, self._store)

    @property
    def _store(self) -> JobStore:
        return self._kept_jobs()

    async def _allowed(self, name: str) -> Model:
        """Raises NotPermittedError, NotFoundError."""
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"run {name}")
        return self.model(name)

    async def _noted(
        self, stream: AsyncGenerator[Job, None], job_id: str, model: Model, begun: str
    ) -> AsyncGenerator[Job, None]:
        """With its start and its end in the audit log."""
        async with aclosing(stream) as jobs:
            last: Job | None = None
            await asyncio.to_thread(self._audit.note, "job", job_id, begun, [model.key])
            try:
                async for job in jobs:
                    last = job
                    yield job
            finally:
                # Off the loop: who else writes the log is waited for. A second cancellation must not cut it off.
                await asyncio.shield(asyncio.to_thread(self._audit.note, "job", job_id, _end(last), [model.key]))

    def _prepared(self, model: Model, inputs: Mapping[str, Any], job_id: str, media_seconds: float | None) -> Prepared:
        """Held against the files among the inputs too; their length prices it, unless `media_seconds` does."""
        spec = self._spec(model)
        found = measured(spec.inputs, inputs)
        seconds = found.seconds if media_seconds is None else media_seconds
        prepared = spec.prepare(inputs, job_uuid=job_id, media_seconds=seconds)
        if not found.problems:
            return prepared
        return replace(prepared, problems=(*prepared.problems, *found.problems), call=None)

    def _provider(self, model: Model) -> Document:
        provider = self._current.snapshot().catalog.providers.get(model.provider or "")
        if provider is None:
            raise NotFoundError(
                f"{model.label} names the provider {model.provider!r}, which has no file",
                hint=f"write providers/{model.provider}.toml",
            )
        return provider

    def _spec(self, model: Model) -> RunSpec:
        """Compiled once for each version of the file."""
        from modeltui.domain.run_spec import compile_run  # noqa: PLC0415  # only runs need it

        held = self._specs.get(model.key)
        if held is None or held[0] != model.digest:
            spec = compile_run(self._current.snapshot().catalog.document(model.key))
            held = self._specs[model.key] = (model.digest, spec)
        return held[1]


def _problems(prepared: Prepared) -> str:
    return "; ".join(map(str, prepared.problems))


def _end(job: Job | None) -> str:
    """How a job ended: without its error, which may quote what was sent."""
    if job is None or not job.state.is_final:
        return "broken off"
    amount = "" if job.cost is None else f", {job.cost.amount:f} {job.cost.currency}".rstrip()
    return f"{job.state}{amount}"
