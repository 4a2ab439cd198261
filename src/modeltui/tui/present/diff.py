"""A unified diff in lines, each in the role of what it says."""

from __future__ import annotations

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, Role


def diff_lines(text: str) -> list[Line]:
    """Every line of a unified diff. A carriage return at the end of a line is shown."""
    return [((f" {safe(row)}", _role(row)),) for row in text.removesuffix("\n").split("\n")] if text else []


def _role(row: str) -> Role:
    if row.startswith(("--- ", "+++ ", "@@", "\\")):
        return "accent" if row.startswith("@@") else "muted"
    if row.startswith("# "):
        return "bad"
    return "added" if row.startswith("+") else "removed" if row.startswith("-") else "plain"
