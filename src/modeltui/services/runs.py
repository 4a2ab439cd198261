"""Test generations: what a model takes, what it costs, the exact request, and running it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from modeltui.domain.audit import Audit
from modeltui.domain.call import Prepared
from modeltui.domain.document import Document
from modeltui.domain.job import Job
from modeltui.domain.model import Model
from modeltui.errors import InvalidValueError, NotFoundError
from modeltui.services.current import Current
from modeltui.services.permissions import Deed, Permissions

if TYPE_CHECKING:
    from modeltui.domain.inputs import InputSpec
    from modeltui.domain.run_spec import RunSpec


class RunService:
    """Models are named by key, uid or a model_id of one. Inactive ones run too: that is what testing is for."""

    def __init__(
        self,
        current: Current,
        root: str,
        secret: Callable[[str], str | None],
        permissions: Permissions,
        audit: Audit,
    ) -> None:
        self._current = current
        self._root = root
        self._secret = secret
        self._permissions = permissions
        self._audit = audit
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

    def request(self, name: str, prepared: Prepared) -> dict[str, Any] | None:
        """The exact request as JSON holds it, its key as `***`; None for one that is not valid. Needs no key."""
        from modeltui.providers.wire import redacted_request  # noqa: PLC0415  # only runs need providers

        return None if prepared.call is None else redacted_request(self._provider(self.model(name)), prepared.call)

    async def run(self, name: str, inputs: Mapping[str, Any], out_dir: str | None = None) -> AsyncGenerator[Job, None]:
        """Send a test generation and follow it; yields the job after each thing that happens to it.

        Files come to `out_dir`, or to a folder of the job's own below the catalogue's state. Closing the stream
        cancels the job. Raises NotPermittedError, InvalidValueError for inputs that do not fit, ProviderError where no
        key is set. The audit log has its start and its end, without its inputs.
        """
        from modeltui.jobs.runner import JobRunner  # noqa: PLC0415  # loads the HTTP client

        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"run {name}")
        model, job_id = self.model(name), str(uuid.uuid4())
        prepared = self._prepared(model, inputs, job_id, None)
        if prepared.call is None:
            problems = "; ".join(
                f"{each.input}: {each.message}" if each.input else each.message for each in prepared.problems
            )
            raise InvalidValueError(problems, hint="nothing was sent")
        runner = JobRunner(self._root, self._secret)
        document = self._current.snapshot().catalog.document(model.key)
        async with aclosing(runner.run(model, document, self._provider(model), prepared, job_id, out_dir)) as jobs:
            last: Job | None = None
            await asyncio.to_thread(self._audit.note, "job", job_id, "started", [model.key])
            try:
                async for job in jobs:
                    last = job
                    yield job
            finally:
                self._audit.note("job", job_id, _end(last), [model.key])

    def _prepared(self, model: Model, inputs: Mapping[str, Any], job_id: str, media_seconds: float | None) -> Prepared:
        return self._spec(model).prepare(inputs, job_uuid=job_id, media_seconds=media_seconds)

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


def _end(job: Job | None) -> str:
    """How a job ended: without its error, which may quote what was sent."""
    if job is None or not job.state.is_final:
        return "broken off"
    amount = "" if job.cost is None else f", {job.cost.amount:f} {job.cost.currency}".rstrip()
    return f"{job.state}{amount}"
