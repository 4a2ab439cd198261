"""One thing that is wrong or doubtful, and where."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.text import cut

Severity: TypeAlias = Literal["error", "warning", "note"]


class Finding(Struct, frozen=True):
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
    column: int | None = None
    """Counts characters of the line from 1; of a field, where its key or header begins."""

    @property
    def where(self) -> str:
        """The place to be shown: the middle of a path without end is left out."""
        path = cut(self.path)
        return path if self.line is None else f"{path}:{self.line}"
