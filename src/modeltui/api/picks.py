"""Which models take some inputs, as a program sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from modeltui.api.model import Model, model_of
from modeltui.domain import pick as domain
from modeltui.domain.capability import Reason
from modeltui.domain.pricing.report import CostReport


class Pick(Struct, frozen=True, kw_only=True):
    """A model that takes the inputs."""

    model: Model
    inputs: Mapping[str, Any]
    """What was asked for, by the model's own names and as it takes the values: `{"seconds": "8"}` for a duration."""
    missing: tuple[str, ...]
    """Inputs that a run needs besides."""
    unsent: tuple[str, ...]
    """What was asked for and is no input of the model: its `[limits]` answer for it."""
    cost: CostReport
    """Of exactly these inputs."""
    seconds: float | None
    """How long a run takes; None where nobody knows."""
    is_measured: bool
    """The seconds are the median of runs that succeeded, and not what the file says."""
    success: float | None
    """Percent of the runs that succeeded or failed; None where there was none."""
    runs: int
    """Test generations that ended."""


class LeftOut(Struct, frozen=True):
    """A model that does not take them."""

    model: Model
    reason: Reason
    """The first one."""


class Picks(Struct, frozen=True):
    """Iterating goes through `picks`."""

    picks: tuple[Pick, ...]
    """The best first; no more than were asked for."""
    left_out: tuple[LeftOut, ...]
    """In the order of keys."""
    found: int
    """How many take it, those beyond the limit too."""
    notes: tuple[str, ...] = ()
    """What the ranking cannot tell, such as currencies that nothing converts."""

    def __iter__(self) -> Iterator[Pick]:
        return iter(self.picks)

    def __len__(self) -> int:
        return len(self.picks)


def picks_of(found: domain.Picks) -> Picks:
    return Picks(
        picks=tuple(map(_pick_of, found.picks)),
        left_out=tuple(LeftOut(model_of(each.model), each.reason) for each in found.left_out),
        found=found.found,
        notes=found.notes,
    )


def _pick_of(found: domain.Pick) -> Pick:
    return Pick(
        model=model_of(found.model),
        inputs=found.inputs,
        missing=found.missing,
        unsent=found.unsent,
        cost=found.cost,
        seconds=found.seconds,
        is_measured=found.is_measured,
        success=found.success,
        runs=found.runs,
    )
