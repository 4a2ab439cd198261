"""One job on its way: what it asks, what it uses, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from msgspec.structs import replace

from modeltui.domain.call import Call
from modeltui.domain.job import Job, JobState
from modeltui.errors import ModeltuiError
from modeltui.providers.clock import Clock
from modeltui.providers.contract import Contract
from modeltui.providers.download import Downloader
from modeltui.providers.exchange import Exchange
from modeltui.providers.pace import AT_ONCE, Pace

_PAID = "it was accepted, and may be billed; it is not sent again by itself"
_SHORT = 8


class Phase(Protocol):
    """A stretch of a job's way. Each step does one thing, notes it in `Work.job`, and says what comes next."""

    async def step(self) -> Phase: ...


@dataclass(slots=True)
class Work:
    contract: Contract
    call: Call | None
    """None for a job that is taken up after its submit."""
    inputs: Mapping[str, Any]
    """As the request sees them; an uploaded file as its URL."""
    model: Mapping[str, Any]
    exchange: Exchange
    downloader: Downloader
    clock: Clock
    job: Job
    pace: Pace = AT_ONCE
    begun: float = field(init=False)
    """By the monotonic clock, in seconds."""
    is_in_flight: bool = False
    """A submit has left that may be running there, although no answer says so."""
    is_accepted: bool = field(init=False)
    """The provider took it."""
    spare_folder: str | None = None
    """Where files go once `downloader.folder` cannot be written."""

    def __post_init__(self) -> None:
        self.begun = self.clock.monotonic() - self.job.elapsed_s
        self.is_accepted = self.job.state in (JobState.POLLING, JobState.DOWNLOADING)

    @property
    def scope(self) -> dict[str, Any]:
        """What placeholders see; never a key."""
        return {"inputs": self.inputs, "saved": self.job.saved, "job": {"uuid": self.job.id}, "model": self.model}

    @property
    def _can_ask_again(self) -> bool:
        return bool(self.job.remote_files) or (
            self.contract.poll is not None and self.job.state in (JobState.POLLING, JobState.DOWNLOADING)
        )

    def advance(self, **changes: Any) -> None:
        """Note what happened. Keys that an answer has echoed are blotted out."""
        clean = {name: self._scrubbed(value) for name, value in changes.items()}
        self.job = replace(self.job, elapsed_s=round(self.clock.monotonic() - self.begun, 3), **clean)

    def _scrubbed(self, value: Any) -> Any:
        if type(value) is str:
            sound = value if value.isascii() else value.encode("utf-8", "replace").decode()
            return self.exchange.gate.scrub(sound)
        if type(value) is tuple:
            return tuple(map(self._scrubbed, value))
        if isinstance(value, Mapping):
            return {name: self._scrubbed(item) for name, item in value.items()}
        return value

    def end(self, state: JobState, error: ModeltuiError) -> None:
        """Note how the job ended other than well."""
        self.advance(state=state, detail="", error=error.message, hint=error.hint)

    def fail(self, error: ModeltuiError, *, is_their_word: bool = False) -> None:
        """It FAILED; after it was accepted only by their word, or where it can be asked for again; else UNCERTAIN."""
        if is_their_word or not self.is_accepted:
            self.end(JobState.FAILED, error)
        elif not self._can_ask_again:
            self.end(JobState.UNCERTAIN, ModeltuiError(error.message, hint=_with(error.hint, _PAID)))
        else:
            again = f"`modeltui jobs resume {self.job.id[:_SHORT]}` fetches it without paying again"
            again = _with(again, self.contract.result.kept) if self.contract.result.kept else again
            self.end(JobState.FAILED, ModeltuiError(error.message, hint=_with(error.hint, again)))
            self.advance(is_fetchable=True)


def _with(hint: str | None, more: str) -> str:
    return f"{hint}; {more}" if hint else more
