"""What became of a change to many models, said on stderr."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from modeltui.cli import report
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.text import some_of
from modeltui.errors import RefusedError

if TYPE_CHECKING:
    from modeltui.services.outcome import Outcome, Refusal

_MOST_LINES: Final = 8


def reported(outcome: Outcome) -> int:
    """0 if anything was queued or was already so. Raises RefusedError when every model refused."""
    if not outcome.changed and not outcome.unchanged:
        raise _refusal(outcome)
    report.warn(outcome.warnings)
    say_skipped(outcome)
    report.say(_summary(outcome))
    return report.Exit.DONE


def say_skipped(outcome: Outcome) -> None:
    """A line for each model, or of many models for each reason, the most frequent first; never a screenful."""
    if len(outcome.refused) <= _MOST_LINES:
        for refusal in outcome.refused:
            report.say(f"skipped {refusal.key}: {refusal.reason}")
        return
    groups: dict[str, list[str]] = {}
    for refusal in outcome.refused:
        groups.setdefault(_reason(outcome, refusal), []).append(refusal.key)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for reason, keys in ordered[:_MOST_LINES]:
        report.say(f"skipped {some_of(keys, len(keys))}: {reason}")
    if rest := sum(len(keys) for _, keys in ordered[_MOST_LINES:]):
        report.say(f"and {rest} more, for other reasons")


def _reason(outcome: Outcome, refusal: Refusal) -> str:
    """Without the name of the model, so that it is the same for all that it holds for."""
    model = outcome.snapshot.shown.models.get(refusal.key)
    if model is None:
        return refusal.reason
    if model.is_broken:
        return "is broken; `modeltui check` says where and why"
    return refusal.reason.removeprefix(f"{model.label} ")


def _refusal(outcome: Outcome) -> RefusedError:
    first, *more = outcome.refused
    if not more:
        return RefusedError(first.reason, hint=first.hint)
    say_skipped(outcome)
    return RefusedError(f"nothing was queued: all {len(outcome.refused)} models refuse", hint=first.hint)


def _summary(outcome: Outcome) -> str:
    parts = [f"{counted_keys(outcome.changed)} queued"]
    if outcome.unchanged:
        parts.append(f"{len(outcome.unchanged)} already so")
    if outcome.refused:
        parts.append(f"{len(outcome.refused)} skipped")
    return ", ".join(parts)


def counted_keys(keys: Collection[str]) -> str:
    """`2 models`, `2 models and 1 workflow`."""
    workflows = sum(map(is_workflow, keys))
    models = f"{counted(len(keys) - workflows)}" if not workflows or len(keys) > workflows else ""
    return " and ".join(filter(None, (models, counted(workflows, "workflow") if workflows else "")))


def counted(number: int, noun: str = "model") -> str:
    """`1 model`, `2 models`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
