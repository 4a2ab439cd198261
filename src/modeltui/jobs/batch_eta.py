"""How long jobs take, by those that have ended."""

from __future__ import annotations

_WEIGHT = 0.2
"""Of the newest: what a provider takes changes in the course of a day."""


class Durations:
    def __init__(self) -> None:
        self.mean_s: float | None = None
        """None while nothing has ended."""

    def add(self, seconds: float) -> None:
        self.mean_s = seconds if self.mean_s is None else self.mean_s + _WEIGHT * (seconds - self.mean_s)
