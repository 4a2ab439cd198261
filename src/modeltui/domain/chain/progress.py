"""How far a chain is: each step with the job that it became."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from modeltui.domain.document import ABSENT
from modeltui.domain.job import Job, JobState
from modeltui.domain.money import added_up
from modeltui.domain.request.placeholder import compile_template


class ChainState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Not at its end, and nobody is at work on it."""

    @property
    def is_final(self) -> bool:
        return self not in (ChainState.RUNNING, ChainState.INTERRUPTED)


class ChainStep(Struct, frozen=True):
    id: str
    model: str
    """The key of the model."""
    job: Job | None = None
    """None before it began."""

    @property
    def state(self) -> str:
        return "waiting" if self.job is None else str(self.job.state)

    @property
    def is_done(self) -> bool:
        return self.job is not None and self.job.state is JobState.SUCCEEDED


class ChainProgress(Struct, frozen=True, kw_only=True):
    """Frozen; a run yields one after every thing that happens to a step."""

    id: str
    """UUID, ours."""
    workflow: str
    """The slug."""
    name: str
    state: ChainState
    steps: tuple[ChainStep, ...]
    by: str
    started_at: datetime
    note: str = ""
    """Why it ended, or where it stopped."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """`[outputs]` of the workflow."""

    @property
    def current(self) -> ChainStep | None:
        """The step that is at work, or that ended it; None where all are done, or none began."""
        return next((step for step in reversed(self.steps) if step.job is not None and not step.is_done), None)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the whole gives so far, by name: paths of files, and texts. Empty where the workflow does not say."""
        given = {step.id: _given(step.job) for step in self.steps if step.job is not None and step.is_done}
        found = compile_template(dict(self.templates))({"steps": given})
        return {} if found is ABSENT else found

    @property
    def spent(self) -> Mapping[str, Decimal]:
        """By currency."""
        return added_up(step.job.cost for step in self.steps if step.job is not None)


def _given(job: Job) -> dict[str, Any]:
    return {"results": [file.path for file in job.files], **({} if job.text is None else {"text": job.text})}
