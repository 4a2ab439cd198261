"""In which order the table shows its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MOST: Final = 9


@dataclass(frozen=True, slots=True)
class Ordering:
    """The columns that rows are sorted by, the first one first: `cost`, or `-cost` for downwards."""

    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Ordering:
        """The inverse of `str`."""
        return cls(tuple(key.strip() for key in text.split(",") if key.strip()))

    def marker(self, column: str) -> str:
        """The sign of a column by which rows are sorted, with its place where there are several."""
        for place, key in enumerate(self.keys, 1):
            if key.removeprefix("-") == column:
                sign = "▼" if key.startswith("-") else "▲"
                return f" {sign}{place}" if len(self.keys) > 1 else f" {sign}"
        return ""

    def by(self, column: str) -> Ordering:
        """Sorted by `column` first; by the columns so far where that is equal. Twice turns it round."""
        rest = tuple(key for key in self.keys if key.removeprefix("-") != column)
        is_first = bool(self.keys) and self.keys[0] == column
        return Ordering((f"-{column}" if is_first else column, *rest)[:3])

    def then_by(self, column: str) -> Ordering:
        """With `column` as the last key. One that is a key already turns round, and then goes."""
        if column in self.keys:
            return Ordering(tuple(f"-{key}" if key == column else key for key in self.keys))
        if f"-{column}" in self.keys:
            return Ordering(tuple(key for key in self.keys if key != f"-{column}"))
        return Ordering((*self.keys, column)[:_MOST])

    def reversed(self) -> Ordering:
        """Every key the other way round."""
        return Ordering(tuple(key[1:] if key.startswith("-") else f"-{key}" for key in self.keys))

    def __str__(self) -> str:
        return ",".join(self.keys)
