"""One test generation, from the click to the file on disk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.call import Cost


class JobState(StrEnum):
    """In the order in which a job goes through them."""

    QUEUED = "queued"
    """Kept, and not begun: nothing has left. Also one that was certainly not taken, and waits to be sent again."""
    PREPARING = "preparing"
    """Uploading what the request needs: nothing that costs has left."""
    SUBMITTING = "submitting"
    """The request is on its way: whether it arrived is known only when this state has ended."""
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

    @property
    def is_unsent(self) -> bool:
        """Whether it is certain that nothing was submitted, and so nothing is billed."""
        return self in _UNSENT


UNKNOWN_STATUS: Final = "unknown status "
"""What the detail of a job begins with whose provider says a word that its model file does not know."""
_FINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.UNCERTAIN})
_UNSENT = frozenset({JobState.QUEUED, JobState.PREPARING})


class ResultFile(Struct, frozen=True):
    path: str
    """Absolute."""
    media_type: str
    """From the first bytes of the file, such as `image/png`."""
    size: int
    """Bytes."""
    facts: str = ""
    """What can be said without a player: `512 × 512`, `2.7 s, 22,050 Hz`."""


class Job(Struct, frozen=True, kw_only=True):
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
    remote_files: tuple[str, ...] = ()
    """URLs of results that the provider has told and that are still to be fetched: enough to take up the download."""
    polls: int = 0
    files: tuple[ResultFile, ...] = ()
    text: str | None = None
    estimate: Cost | None = None
    """By the model file, before it was sent."""
    reported: Cost | None = None
    """By the provider, where it tells."""
    error: str | None = None
    hint: str | None = None
    batch: str | None = None
    """Id of the batch that it is of."""
    is_fetchable: bool = False
    """It FAILED on our side after it was accepted, and the provider may still have the result: ask for it again."""

    @property
    def has_unknown_status(self) -> bool:
        return self.state is JobState.POLLING and self.detail.startswith(UNKNOWN_STATUS)

    @property
    def cost(self) -> Cost | None:
        """What it took; while it is under way, what it is to take. None: not known, or nothing is billed.

        What was reported, however it ended; else the estimate of what may be billed: one that succeeded, that is
        uncertain, that failed and can be fetched, or that was cancelled with something left to be said (its hint),
        because the provider had it.
        """
        if self.reported is not None:
            return self.reported
        match self.state:
            case JobState.FAILED:
                return self.estimate if self.is_fetchable else None
            case JobState.CANCELLED:
                return None if self.hint is None else self.estimate
        return self.estimate


class JobStep(Struct, frozen=True):
    """A state that a job entered; also, within POLLING, an unknown status that it was told."""

    state: JobState
    at: datetime
    detail: str = ""


class KeptJob(Struct, frozen=True, kw_only=True):
    """A job as it is kept: how it stands, and what it was asked to do."""

    job: Job
    by: str
    """The user who started it."""
    model_id: str | None
    model_digest: str
    """Of the model file that it runs by."""
    inputs: Mapping[str, Any]
    """Long texts, such as pictures as data URLs, are cut to what they begin with."""
    request: Mapping[str, Any] | None
    """As it was sent, the key as `***`."""
    steps: tuple[JobStep, ...]
    ended_at: datetime | None = None
    is_followed: bool = False
    """A process that lives is at work on it."""
    resend_of: str | None = None
    """Id of the uncertain job that this one was sent again for."""
    resent_as: str | None = None
    """Id of the job that was sent in place of this uncertain one."""

    @property
    def waits_in_batch(self) -> bool:
        """Only its batch begins it, which knows what may still be spent."""
        return self.job.batch is not None and self.job.state.is_unsent

    @property
    def is_interrupted(self) -> bool:
        """Not at its end, and nobody is at work on it."""
        return not self.job.state.is_final and not self.is_followed
