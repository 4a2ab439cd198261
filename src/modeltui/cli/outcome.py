"""What became of a change to many models, said on stderr."""

from __future__ import annotations

from modeltui.cli import report
from modeltui.errors import RefusedError
from modeltui.services.changes import Outcome


def reported(outcome: Outcome) -> int:
    """0 if anything was queued or was already so. Raises RefusedError when every model refused."""
    if not outcome.changed and not outcome.unchanged:
        raise _refusal(outcome)
    report.warn(outcome.warnings)
    for refusal in outcome.refused:
        report.say(f"skipped {refusal.key}: {refusal.reason}")
    report.say(_summary(outcome))
    return report.Exit.DONE


def _refusal(outcome: Outcome) -> RefusedError:
    first, *more = outcome.refused
    if not more:
        return RefusedError(first.reason, hint=first.hint)
    for refusal in outcome.refused:
        report.say(f"skipped {refusal.key}: {refusal.reason}")
    return RefusedError(f"nothing was queued: all {len(outcome.refused)} models refuse", hint=first.hint)


def _summary(outcome: Outcome) -> str:
    parts = [f"{counted(len(outcome.changed))} queued"]
    if outcome.unchanged:
        parts.append(f"{len(outcome.unchanged)} already so")
    if outcome.refused:
        parts.append(f"{len(outcome.refused)} skipped")
    return ", ".join(parts)


def counted(number: int, noun: str = "model") -> str:
    """`1 model`, `2 models`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
