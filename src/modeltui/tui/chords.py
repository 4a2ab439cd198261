"""What is typed before a key acts: a count (`5j`) and the first keys of a sequence (`g g`)."""

from __future__ import annotations

from collections.abc import Collection


class Chords:
    """Turns single keys into the key or sequence to act on. A sequence is written with blanks, as in `g g`."""

    def __init__(self) -> None:
        self._digits = ""
        self._held = ""
        self._count: int | None = None

    @property
    def typed(self) -> str:
        """What waits for more keys."""
        return self._digits + self._held.replace(" ", "")

    def feed(self, key: str, bound: Collection[str]) -> str | None:
        """The bound key or sequence that `key` completes, or None when more is awaited. `bound` holds all of them."""
        if " " in key:
            return key
        if not self._held and key.isdecimal() and (self._digits or key != "0"):
            self._digits += key
            return None
        sequence = f"{self._held} {key}" if self._held else key
        if any(each.startswith(f"{sequence} ") for each in bound):
            self._held = sequence
            return None
        acting = sequence if sequence in bound else key
        self._count = int(self._digits[:9]) if self._digits else None
        self._digits = self._held = ""
        return acting

    def take_count(self) -> int | None:
        """The count typed before the key that acts now; it counts once."""
        count, self._count = self._count, None
        return count
