"""What came of a batch: its jobs counted, and what went wrong by its reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from modeltui.domain.batch import BatchFailure, Tally
from modeltui.domain.job import Job, JobState

_LONGEST: Final = 300
_BAD: Final = frozenset({JobState.FAILED, JobState.UNCERTAIN})
_NAMES: Final = {
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.UNCERTAIN: "uncertain",
    JobState.QUEUED: "queued",
}

_PARTICULARS: Final = (
    (re.compile(r"https?://\S+"), "URL"),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "ID"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{8,}\b"), "ID"),
    (re.compile(r"(?<![\w.-])(?![45]\d\d\b)\d+(?:[.,:]\d+)*(?![\w])"), "N"),
)
"""What differs between two messages of the same meaning. HTTP statuses (400 to 599) stay."""


def reason_of(message: str) -> str:
    """A message without ids, addresses and numbers, so that it is the same for all that it holds for."""
    text = " ".join(message.split())[: 4 * _LONGEST]
    for pattern, word in _PARTICULARS:
        text = pattern.sub(word, text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def failures_of(jobs: Iterable[Job]) -> tuple[BatchFailure, ...]:
    """Failed and uncertain jobs by reason, the most frequent first."""
    groups: dict[tuple[JobState, str], list[Job]] = {}
    for job in jobs:
        if job.state in _BAD:
            groups.setdefault((job.state, reason_of(job.error or job.state)), []).append(job)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(
        BatchFailure(
            reason, state, tuple(job.key for job in found), next((job.hint for job in found if job.hint), None)
        )
        for (state, reason), found in ordered
    )


def place_of(state: JobState) -> str:
    """The field of a Tally that counts a job in this state."""
    return _NAMES.get(state, "running")


def tally_of(jobs: Iterable[Job]) -> Tally:
    counts = dict.fromkeys((*_NAMES.values(), "running"), 0)
    for job in jobs:
        counts[place_of(job.state)] += 1
    return Tally(total=sum(counts.values()), **counts)


def by_provider(jobs: Sequence[Job]) -> Mapping[str, Tally]:
    names = dict.fromkeys(job.provider for job in jobs)
    groups: dict[str, list[Job]] = {name: [] for name in names}
    for job in jobs:
        groups[job.provider].append(job)
    return {name: tally_of(found) for name, found in groups.items()}
