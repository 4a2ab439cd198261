"""In which order the table shows its rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ordering:
    """The columns that rows are sorted by, the first one first: `cost`, or `-cost` for downwards."""

    keys: tuple[str, ...] = ()

    def marker(self, column: str) -> str:
        if not self.keys or self.keys[0].removeprefix("-") != column:
            return ""
        return " ▼" if self.keys[0].startswith("-") else " ▲"

    def by(self, column: str) -> Ordering:
        """Sorted by `column` first; by the columns so far where that is equal. Twice turns it round."""
        rest = tuple(key for key in self.keys if key.removeprefix("-") != column)
        is_first = bool(self.keys) and self.keys[0] == column
        return Ordering((f"-{column}" if is_first else column, *rest)[:3])

    def reversed(self) -> Ordering:
        if not self.keys:
            return self
        first = self.keys[0]
        return Ordering((first[1:] if first.startswith("-") else f"-{first}", *self.keys[1:]))

    def __str__(self) -> str:
        return ",".join(self.keys)
