"""What a run is taken to have cost, once it has ended."""

from __future__ import annotations

from modeltui.domain.call import Cost
from modeltui.domain.job import Job


def billed(job: Job) -> Cost | None:
    """Its cost where it has ended; before that, only what was reported."""
    return job.cost if job.state.is_final else job.reported
