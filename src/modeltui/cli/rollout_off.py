"""`rollout --off`: models to 0 percent, applied at once, with nothing else that waits."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.outcome import counted, say_skipped
from modeltui.cli.plan_preview import confirmed, previewed, question, warn_of_limits, warn_of_swept
from modeltui.cli.session import Session
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import RefusedError, UsageError
from modeltui.services.apply import ApplyOutcome, refuse_without_reason
from modeltui.services.changing.rollout import Off
from modeltui.services.outcome import Outcome
from modeltui.services.permissions import Deed


def off(session: Session, arguments: Namespace) -> int:
    """The exit code. Raises RefusedError where every model refuses."""
    if arguments.query is None:
        raise UsageError("--off needs a QUERY", hint="name the model, such as prompt_to_video/veo-3-1")
    keys, service = session.chosen(arguments.query), session.workspace.rollout
    found = service.foresee_off(keys)
    _say(found)
    if arguments.dry_run:
        code = previewed(found.plan, arguments.format, lambda: _show_diff(session, found))
        warn_of_limits(session, found.plan)
        return code
    session.workspace.permissions.require(Deed.APPLY, "rollout off", list(found.plan.files))
    if not found.plan.files:
        report.say("off already; nothing was applied")
        return _done(arguments, ApplyOutcome(found.snapshot))
    warn_of_swept(session, found.plan)
    warn_of_limits(session, found.plan)
    reason = _reason(arguments, found.snapshot, found)
    if not asking.confirm(f"Off for all callers. {question(found.plan)}", is_yes=arguments.yes):
        report.say("nothing was applied")
        return report.Exit.REFUSED
    number = confirmed(session, found.plan, arguments)
    outcome = service.off(keys, reason, confirmed=number, on_wait=report.waiting)
    report.warn(outcome.warnings)
    commit = f", commit {outcome.commit[:12]}" if outcome.commit else ""
    report.say(f"applied {outcome.id}: {counted(len(outcome.files), 'file')} off{commit}")
    return _done(arguments, outcome)


def _say(found: Off) -> None:
    """Whom it is about and whom not. Raises RefusedError where every model refuses."""
    outcome = Outcome(found.snapshot, tuple(found.plan.files), found.unchanged, found.refused)
    if not outcome.changed and not outcome.unchanged:
        first, *more = found.refused
        if not more:
            raise RefusedError(first.reason, hint=first.hint)
        say_skipped(outcome)
        raise RefusedError(f"nothing was applied: all {len(found.refused)} models refuse", hint=first.hint)
    report.warn(found.warnings)
    say_skipped(outcome)


def _show_diff(session: Session, found: Off) -> None:
    output.diff(session.workspace.plans.diff(found.plan), color=session.settings.color)


def _reason(arguments: Namespace, snapshot: Snapshot, found: Off) -> str:
    """As given, or asked for. Raises UsageError where the policy wants one and nobody can be asked."""
    if arguments.reason is not None:
        return str(arguments.reason)
    reason = "" if arguments.yes else asking.text("Why?")
    refuse_without_reason(snapshot, found.plan, reason)
    return reason


def _done(arguments: Namespace, outcome: ApplyOutcome) -> int:
    if arguments.format == "json":
        output.json_document({"id": outcome.id, "files": list(outcome.files), "commit": outcome.commit})
    return report.Exit.DONE
