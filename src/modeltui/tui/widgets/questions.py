"""The question before an apply."""

from __future__ import annotations

from typing import Final

from modeltui.domain.plan import Plan
from modeltui.tui.present.pending import apply_lines, files
from modeltui.tui.widgets.ask import Ask

_TYPED_ABOVE: Final = 50
"""An apply of more files than this wants their number typed."""


def apply_question(plan: Plan, *, is_reason_needed: bool) -> Ask:
    """Asks why, with the plan in numbers."""
    count = len(plan.files)
    return Ask(
        f"Apply {count} {files(count)}",
        apply_lines(plan),
        label="why" if is_reason_needed else "why (may stay empty)",
        does="apply",
        is_needed=is_reason_needed,
        confirm=str(count) if count > _TYPED_ABOVE else "",
    )
