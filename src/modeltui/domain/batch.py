"""Many runs at once: what is planned, how it stands, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.job import Job, JobState


class BatchItem(Struct, frozen=True):
    """One run of a plan."""

    key: str
    label: str
    provider: str
    inputs: Mapping[str, Any]
    """As they are given, without defaults."""
    estimate: Cost | None
    """None where the model file states no price."""
    resend_of: str | None = None
    """Id of the uncertain job that this one is sent again for."""


class BatchSkip(Struct, frozen=True):
    """A model that is not run, and why."""

    key: str
    label: str
    problems: tuple[InputProblem, ...]
    is_unready: bool = False
    """Nothing could be sent to it whatever its inputs: no key, a broken file, it is gone."""


class BatchPlan(Struct, frozen=True, kw_only=True):
    """What would be sent, with its price, before anything is."""

    query: str
    items: tuple[BatchItem, ...]
    skipped: tuple[BatchSkip, ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, of the items whose price is known."""
    in_usd: Decimal | None = None
    """All of it in US dollars; None where nothing says what a part of it is in them."""
    margin: Decimal | None = None
    """`units.margin`: the factor on what providers charge; None where that is not stated, or not known."""
    units_problem: str | None = None
    """Why margin or credits are not known, with file and line; None where they are."""
    unpriced: int = 0
    """Items without a price: a budget cannot hold them."""
    budget: Cost | None = None
    """No run begins that could take the spend above it."""
    unready: Mapping[str, str] = field(default_factory=dict)
    """By provider, why nothing can be sent there now: its key is not set."""
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Common inputs that some models do not know, each with those models: they run without it."""
    within_budget: int = 0
    """How many items fit, in their order, where every estimate holds."""
    concurrency: int | None = None
    """Runs at once over all; None: what each provider's file allows."""
    fetched_of: str | None = None
    """Id of a batch whose failed runs that can be fetched are asked for first, in place of being sent again."""
    fetches: int = 0
    """How many they are. They cost nothing more."""


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    """Nothing new begins; what runs goes on to its end."""
    STOPPED = "stopped"
    """The budget is used up, or it was cancelled: what had not begun stays queued."""
    INTERRUPTED = "interrupted"
    """Its process is gone; it can be resumed."""
    FINISHED = "finished"


class Tally(Struct, frozen=True):
    """How many runs are where."""

    total: int = 0
    queued: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0

    @property
    def done(self) -> int:
        return self.succeeded + self.failed + self.cancelled + self.uncertain


class BatchProgress(Struct, frozen=True, kw_only=True):
    """How a batch stands, after every thing that happens to one of its jobs."""

    id: str
    state: BatchState
    tally: Tally
    providers: Mapping[str, Tally]
    waiting: Mapping[str, str] = field(default_factory=dict)
    """By provider, why its next run does not begin yet: `20 of 10 s are sent; 3 s`."""
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency: reported, else estimated, of all that may be billed."""
    committed: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency: estimates of what runs now."""
    elapsed_s: float = 0.0
    eta_s: float | None = None
    """None while nothing has ended."""
    sending: int = 0
    """Requests that are on their way: whether they arrive is not known yet."""
    last: Job | None = None
    """The job that something happened to."""
    note: str = ""
    """Why it stopped, or is paused."""


class BatchSummary(Struct, frozen=True, kw_only=True):
    """A batch in a list of batches."""

    id: str
    query: str
    by: str
    started_at: datetime
    state: BatchState
    note: str
    """Why it stopped, or is paused."""
    tally: Tally
    budget: Cost | None = None

    @property
    def can_resume(self) -> bool:
        """Nobody is at work on it, and there is something left to do."""
        return self.state in (BatchState.INTERRUPTED, BatchState.STOPPED) and self.tally.done < self.tally.total


class BatchFailure(Struct, frozen=True):
    """Runs that ended badly for the same reason."""

    reason: str
    state: JobState
    keys: tuple[str, ...]
    hint: str | None = None


class BatchReport(Struct, frozen=True, kw_only=True):
    """What came of a batch."""

    id: str
    query: str
    by: str
    started_at: datetime
    state: BatchState
    tally: Tally
    providers: Mapping[str, Tally]
    spent: Mapping[str, Decimal]
    budget: Cost | None
    elapsed_s: float
    jobs: tuple[Job, ...]
    """In the order of the plan."""
    failures: tuple[BatchFailure, ...]
    """The most frequent first."""
    skipped: tuple[BatchSkip, ...] = ()
    """Models of the query that were not run."""
    note: str = ""
    """Why it stopped, or is paused."""

    @property
    def is_good(self) -> bool:
        """Every job succeeded."""
        return self.tally.succeeded == self.tally.total
