"""What cannot be used, as a program sees it."""

from __future__ import annotations

from msgspec import Struct

from modeltui.domain.finding import Finding


class Fault(Struct, frozen=True, kw_only=True):
    """Why a file or a folder was left out."""

    path: str
    """Relative to the catalogue."""
    line: int | None
    """Counts from 1; None where no single line is meant."""
    column: int | None
    code: str
    """Stable name of what is wrong, as `modeltui check` has it."""
    message: str
    hint: str | None


def fault_of(finding: Finding) -> Fault:
    return Fault(
        path=finding.path,
        line=finding.line,
        column=finding.column,
        code=finding.code,
        message=finding.message,
        hint=finding.hint,
    )
