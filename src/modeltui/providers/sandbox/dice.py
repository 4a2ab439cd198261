"""Choices that follow from a text: the same text, the same choices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_Choice = TypeVar("_Choice")


class Dice:
    def __init__(self, text: str) -> None:
        self._seed = text.encode("utf-8", "surrogatepass")
        self._count = 0

    def number(self) -> float:
        """From 0 up to and without 1."""
        digest = hashlib.sha256(self._seed + b"\0" + str(self._count).encode()).digest()
        self._count += 1
        return int.from_bytes(digest[:6], "big") / (1 << 48)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.number()

    def pick(self, choices: Sequence[_Choice]) -> _Choice:
        return choices[int(self.number() * len(choices))]
