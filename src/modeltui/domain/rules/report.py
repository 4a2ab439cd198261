"""How a rule says what it found."""

from __future__ import annotations

from modeltui.domain.document import FieldPath, format_field
from modeltui.domain.finding import Finding
from modeltui.domain.rules.codes import CODES


def found(code: str, path: str, message: str, *, at: FieldPath = (), hint: str | None = None) -> Finding:
    """A finding with the severity of its code. `at` is the field; empty for the whole file."""
    return Finding(code, CODES[code].severity, message, path, field=format_field(at) or None, hint=hint)
