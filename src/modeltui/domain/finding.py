"""One thing that is wrong or doubtful, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    """Stable name of the rule, such as `unknown-key`."""
    severity: Severity
    message: str
    path: str
    """File, relative to the catalogue."""
    line: int | None = None
    """Counts from 1; None where no single line is meant."""
    field: str | None = None
    hint: str | None = None

    @property
    def where(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"
