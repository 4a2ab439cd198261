"""What a service answered, as one notice to the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modeltui.domain.job import Job, JobState
from modeltui.domain.text import safe
from modeltui.errors import ConflictError, ModeltuiError
from modeltui.services.apply import ApplyOutcome, RecoverOutcome
from modeltui.services.outcome import Outcome, Refusal
from modeltui.tui.present.notice import Notice, Severity

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot


_MOST_NAMED = 2
"""A notice is read in passing: two reasons and a count, whatever the number of models."""


def of_result(result: object, done: str) -> list[Notice]:
    """What to tell of a result; nothing where the screen shows it anyway."""
    if isinstance(result, Outcome):
        return _of_change(result, done)
    if isinstance(result, ApplyOutcome):
        return _of_apply(result)
    if isinstance(result, RecoverOutcome):
        severity: Severity = "warning" if result.snapshot.is_in_doubt else "information"
        return [Notice(safe(result.message or "nothing to recover"), severity=severity)]
    return [Notice(safe(done))] if done else []


def of_error(error: ModeltuiError) -> Notice:
    hint = "Press p, then c: both sides, field by field" if type(error) is ConflictError else error.hint
    text = f"{error.message}\n{hint}" if hint else error.message
    return Notice(safe(text, keep="\n"), title=error.title, severity="error")


def of_job(job: Job) -> Notice:
    """The end of a run whose screen is closed."""
    said = f"{job.key}: {job.error or job.state.value}"
    return Notice(safe(said), severity="information" if job.state is JobState.SUCCEEDED else "warning")


def _of_change(outcome: Outcome, done: str) -> list[Notice]:
    said = [Notice(_listed(outcome.warnings), severity="warning")] if outcome.warnings else []
    if outcome.refused:
        is_only_one = len(outcome.refused) == 1 and not outcome.changed and not outcome.unchanged
        title = "" if is_only_one else _counts(outcome)
        said.append(Notice(refusals(outcome.refused, outcome.snapshot), title=title, severity="warning"))
    elif len(outcome.changed) > 1 or (outcome.changed and outcome.unchanged):
        said.append(Notice(safe(_told_of_all(outcome, done))))
    elif not outcome.changed and outcome.unchanged:
        said.append(Notice("nothing changed: it is so already"))
    return said


def _told_of_all(outcome: Outcome, done: str) -> str:
    number = len(outcome.changed)
    parts = (f"{done}: " if done else "", f"{number} model{'' if number == 1 else 's'}")
    return "".join(parts) + (f", {len(outcome.unchanged)} already so" if outcome.unchanged else "")


def _counts(outcome: Outcome) -> str:
    """Of all models: `17 changed, 8 refused, 3 already so`."""
    already = f", {len(outcome.unchanged)} already so" if outcome.unchanged else ""
    return f"{_count(outcome.changed)} changed, {len(outcome.refused)} refused{already}"


def _count(keys: Sequence[str]) -> str:
    return str(len(keys)) if keys else "none"


def refusals(refused: Sequence[Refusal], snapshot: Snapshot) -> str:
    """Why, and what would help: `Veo 3.1 is locked by alice (in production). Press l to unlock it.`

    Of many the reasons: `7 locked by alice (in production); Wan 2.5 is broken`.
    """
    if len(refused) == 1:
        return safe(f"{refused[0].reason}. {_help(refused[0], snapshot)}".rstrip())
    groups: dict[str, list[Refusal]] = {}
    for refusal in refused:
        groups.setdefault(_shared(refusal, snapshot), []).append(refusal)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    said = [f"{len(of)} {why}" if len(of) > 1 else of[0].reason for why, of in ordered[:_MOST_NAMED]]
    more = ["…"] if len(ordered) > _MOST_NAMED else []
    return safe("; ".join([*said, *more]))


def _shared(refusal: Refusal, snapshot: Snapshot) -> str:
    """The reason without the model that it begins with."""
    model = snapshot.shown.models.get(refusal.key)
    return refusal.reason.removeprefix(f"{model.label} ").removeprefix("is ") if model else refusal.reason


def _listed(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - _MOST_NAMED} more"] if len(lines) > _MOST_NAMED else []
    return safe("\n".join([*lines[:_MOST_NAMED], *more]), keep="\n")


def _help(refusal: Refusal, snapshot: Snapshot) -> str:
    model = snapshot.shown.models.get(refusal.key)
    if model is not None and model.is_locked:
        planned = snapshot.plan.files.get(refusal.key)
        return "Press a to apply its unlock first" if planned else "Press l to unlock it"
    return refusal.hint[:1].upper() + refusal.hint[1:] if refusal.hint else ""


def _of_apply(outcome: ApplyOutcome) -> list[Notice]:
    if outcome.id is None:
        return [Notice("nothing was pending")]
    commit = f", commit {outcome.commit[:10]}" if outcome.commit else ", kept in the history"
    said = [Notice(f"{len(outcome.files)} {'file' if len(outcome.files) == 1 else 'files'} applied{commit}")]
    return said + [Notice(safe(warning), severity="warning") for warning in outcome.warnings]


def of_rebase(outcome: Outcome) -> list[Notice]:
    """What became of stale changes: how many go on, and why others stay."""
    parts = [f"rebased: {_named(outcome.changed)}"] if outcome.changed else []
    parts += [f"nothing left to do: {_named(outcome.unchanged)}"] if outcome.unchanged else []
    said = [Notice(safe("; ".join(parts)))] if parts else []
    if outcome.warnings:
        said.append(Notice(_listed(outcome.warnings), severity="warning"))
    if outcome.refused:
        left = [f"{refusal.key} stays stale: {refusal.reason}" for refusal in outcome.refused]
        said.append(Notice(_listed(left), severity="warning"))
    return said or [Notice("nothing is stale any longer")]


def _named(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{len(keys)} models"
