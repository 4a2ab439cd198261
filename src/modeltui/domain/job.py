"""One test generation, from the click to the file on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class JobState(StrEnum):
    SUBMITTING = "submitting"
    POLLING = "polling"
    DOWNLOADING = "downloading"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    """It may have been sent and billed; it is never sent again without a yes."""

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class ResultFile:
    path: str
    """Absolute."""
    media_type: str
    """From the first bytes of the file, such as `image/png`."""
    size: int
    """Bytes."""
    facts: str = ""
    """What can be said without a player: `512 × 512`, `2.7 s, 22,050 Hz`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Frozen; a run yields one after every thing that happens to it."""

    id: str
    """UUID, ours; also sent where a provider takes one."""
    key: str
    uid: str | None
    provider: str
    state: JobState
    started_at: datetime
    elapsed_s: float = 0.0
    detail: str = ""
    """The provider's own word for the state, or what is being done."""
    progress: float | None = None
    """0 to 1 where the provider tells."""
    remote_id: str | None = None
    saved: Mapping[str, str] = field(default_factory=dict)
    """What the answer to the submit gave for later calls (`[request.save]`): enough to take up polling again."""
    polls: int = 0
    files: tuple[ResultFile, ...] = ()
    text: str | None = None
    cost_amount: Decimal | None = None
    cost_currency: str | None = None
    error: str | None = None
    hint: str | None = None
