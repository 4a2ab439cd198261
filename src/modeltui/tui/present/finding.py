"""What `check` finds, on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Role, cut

if TYPE_CHECKING:
    from modeltui.domain.finding import Finding, Severity

_ROLES: dict[Severity, Role] = {"error": "bad", "warning": "warn", "note": "muted"}


def finding_line(finding: Finding, width: int) -> Line:
    """`error  models/a/b.toml:12  field  message`."""
    return cut(
        (
            (f" {finding.severity:<7} ", _ROLES[finding.severity]),
            (f"{safe(_place(finding))}  ", "muted"),
            (safe(finding.message), "plain"),
        ),
        width,
    )


def _place(finding: Finding) -> str:
    """Where it is, with no more of the path than tells files apart."""
    return finding.where.removeprefix("models/").replace(".toml:", ":")


def finding_details(finding: Finding) -> list[Line]:
    lines: list[Line] = [
        ((f"{finding.severity} ", _ROLES[finding.severity]), (safe(finding.code), "muted")),
        ((safe(finding.message), "plain"),),
        BLANK,
        ((safe(finding.where), "muted"),),
    ]
    if finding.field:
        lines.append((("field ", "muted"), (safe(finding.field), "plain")))
    if finding.hint:
        lines += [BLANK, ((safe(finding.hint), "plain"),)]
    return lines


def finding_counts(findings: tuple[Finding, ...]) -> Line:
    """`3 errors · 12 warnings`."""
    parts: list[str] = []
    for severity in _ROLES:
        count = sum(finding.severity == severity for finding in findings)
        if count:
            parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return ((", ".join(parts) or "nothing found", "muted"),)
