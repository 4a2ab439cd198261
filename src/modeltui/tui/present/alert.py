"""What should be looked at, on a line and in full."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from modeltui.domain.alerts import SEVERITIES, Alert
from modeltui.domain.document import format_field, shown
from modeltui.domain.text import safe, some_of
from modeltui.tui.present.line import BLANK, Line, Role, cut

if TYPE_CHECKING:
    from modeltui.domain.finding import Severity

_ROLES: dict[Severity, Role] = {"error": "bad", "warning": "warn", "note": "muted"}
_SIGNS: dict[Severity, str] = {"error": "!", "warning": "▲", "note": "i"}


def alert_line(alert: Alert, width: int, *, is_pending: bool = False) -> Line:
    """`! error   chat/veo  retired on 2026-01-31, and is active`; `~` where its remedy is pending.

    The last cell of `width` is that of the scrollbar.
    """
    role = _ROLES[alert.severity]
    pending: Line = (("~ ", "warn"),) if is_pending else (("  ", "plain"),)
    return cut(
        (
            (f" {_SIGNS[alert.severity]} {alert.severity:<8}", role),
            *pending,
            (f"{safe(alert.subject)}  ", "plain"),
            (safe(alert.message), "muted"),
        ),
        width - 1,
    )


def alert_details(alert: Alert, *, is_pending: bool = False) -> list[Line]:
    lines: list[Line] = [
        ((f"{_SIGNS[alert.severity]} {alert.severity} ", _ROLES[alert.severity]), (safe(alert.code), "muted")),
        ((safe(f"{alert.subject} {alert.message}"), "plain"),),
        BLANK,
        ((safe(alert.explanation), "plain"),),
    ]
    if len(alert.keys) > 1:
        lines += [BLANK, (("models ", "muted"), (safe(some_of(alert.keys, len(alert.keys))), "plain"))]
    if alert.remedy is not None:
        said = "is pending: a applies it" if is_pending else "x queues it"
        lines += [BLANK, ((safe(alert.remedy.label), "accent"), (f"  {said}", "muted"))]
        lines += [
            ((f"  {safe(format_field(edit.path))}  {safe(shown(edit.old))} → {safe(shown(edit.new))}", "plain"),)
            for edit in alert.remedy.edits
        ]
    return lines


def alert_counts(alerts: Sequence[Alert], pending: Collection[str] = ()) -> Line:
    """`1 error, 3 warnings`, and how many have a remedy that waits."""
    counts = {severity: sum(alert.severity == severity for alert in alerts) for severity in SEVERITIES}
    parts = [f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts.items() if count]
    if pending:
        parts.append(f"{len(pending)} with a remedy that is pending")
    return ((f" {', '.join(parts) or 'nothing to look at'}", "muted"),)
