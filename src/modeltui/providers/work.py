"""One job on its way: what it asks, what it uses, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from modeltui.domain.call import Call
from modeltui.domain.job import Job, JobState
from modeltui.errors import ModeltuiError
from modeltui.providers.clock import Clock
from modeltui.providers.contract import Contract
from modeltui.providers.download import Downloader
from modeltui.providers.exchange import Exchange


class Phase(Protocol):
    """A stretch of a job's way. Each step does one thing, notes it in `Work.job`, and says what comes next."""

    async def step(self) -> Phase: ...


@dataclass(slots=True)
class Work:
    contract: Contract
    call: Call
    inputs: Mapping[str, Any]
    model: Mapping[str, Any]
    exchange: Exchange
    downloader: Downloader
    clock: Clock
    job: Job
    begun: float = field(init=False)
    """By the monotonic clock, in seconds."""
    is_in_flight: bool = False
    """A submit has left that may be running there, although no answer says so."""

    def __post_init__(self) -> None:
        self.begun = self.clock.monotonic() - self.job.elapsed_s

    @property
    def scope(self) -> dict[str, Any]:
        """What placeholders see; never a key."""
        return {"inputs": self.inputs, "saved": self.job.saved, "job": {"uuid": self.job.id}, "model": self.model}

    def advance(self, **changes: Any) -> None:
        """Note what happened. Keys that an answer has echoed are blotted out."""
        clean = {name: self._scrubbed(value) for name, value in changes.items()}
        self.job = replace(self.job, elapsed_s=round(self.clock.monotonic() - self.begun, 3), **clean)

    def _scrubbed(self, value: Any) -> Any:
        if type(value) is str:
            return self.exchange.gate.scrub(value)
        if isinstance(value, Mapping):
            return {name: self._scrubbed(item) for name, item in value.items()}
        return value

    def end(self, state: JobState, error: ModeltuiError) -> None:
        """Note how the job ended other than well."""
        self.advance(state=state, detail="", error=error.message, hint=error.hint)

    def fail(self, error: ModeltuiError) -> None:
        self.end(JobState.FAILED, error)
