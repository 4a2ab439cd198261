"""How fast a provider may be sent to: what a submit asks before it leaves."""

from __future__ import annotations

from typing import Final, Protocol


class Pace(Protocol):
    """Asked by one job. Jobs of the same provider share what stands behind it."""

    async def before_submit(self) -> None:
        """Returns when a submit may leave, which it then does at once. Every try asks anew."""

    def held_back(self, seconds: float) -> None:
        """The provider has said that it wants nothing for this long: other jobs wait too."""


class _AtOnce:
    async def before_submit(self) -> None:
        return None

    def held_back(self, seconds: float) -> None:
        """Nobody else waits."""


AT_ONCE: Final[Pace] = _AtOnce()
"""For a job that is alone: the engine itself waits where it was told to."""
