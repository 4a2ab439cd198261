"""What is pending: the numbers that are asked about before an apply, and what is said of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modeltui.domain.change import Action
from modeltui.domain.document import format_field
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Role, line
from modeltui.tui.present.model import moment

if TYPE_CHECKING:
    from modeltui.domain.finding import Finding
    from modeltui.domain.pending.plan import Plan, PlannedFile
    from modeltui.domain.pending.queue import Step

ROLES: dict[Action, Role] = {Action.CREATE: "added", Action.UPDATE: "warn", Action.DELETE: "removed"}
_MOST_NAMED = 4


def changed_fields(file: PlannedFile) -> str:
    if file.action is not Action.UPDATE:
        return {Action.CREATE: "new file", Action.DELETE: "removed"}[file.action]
    if file.text is not None:
        return "edited as text"
    return ", ".join(format_field(edit.path) for edit in file.edits)


def apply_lines(plan: Plan) -> list[Line]:
    """The plan in numbers, with what stands in its way."""
    names = {Action.CREATE: "created", Action.UPDATE: "changed", Action.DELETE: "removed"}
    lines: list[Line] = [
        ((f"{action.sign} ", ROLES[action]), (f"{plan.count(action)} {files(plan.count(action))} {name}", "plain"))
        for action, name in names.items()
        if plan.count(action)
    ]
    shown = list(plan.files.values())[:_MOST_NAMED]
    lines += [BLANK, *(((f"  {safe(file.key)}  ", "plain"), (safe(changed_fields(file)), "muted")) for file in shown)]
    if len(plan.files) > len(shown):
        lines.append(((f"  … and {len(plan.files) - len(shown)} more", "muted"),))
    return [*problem_lines(plan), BLANK, *lines] if plan.problems else lines


def foreseen_lines(findings: Sequence[Finding], swept: Sequence[str]) -> list[Line]:
    """What stands in the way of the commit, and the files (`swept`) with edits by hand that it would take along."""
    lines: list[Line] = []
    for finding in findings:
        lines.append(line(f"! {finding.message}", "bad"))
        lines += [line(f"  {finding.hint}", "muted")] if finding.hint else []
    if swept:
        named = swept[:_MOST_NAMED]
        lines.append((("! The commit takes along edits not committed yet:", "warn"),))
        lines += [line(f"  {path}") for path in named]
        lines += [line(f"  … and {len(swept) - len(named)} more", "muted")] if len(swept) > len(named) else []
    return lines


def problem_lines(plan: Plan) -> list[Line]:
    """Why files cannot be applied now."""
    named = plan.problems[:_MOST_NAMED]
    lines = [said for file in named for said in (line(f"! {file.key}", "bad"), line(f"  {file.problem}", "bad"))]
    if len(plan.problems) > len(named):
        lines.append(((f"  … and {len(plan.problems) - len(named)} more", "bad"),))
    return lines


def step_told(step: Step) -> str:
    """A step with whose it is: `toggle · chat/a`, `drop · 12 models`. Not yet safe for a terminal."""
    keys = dict.fromkeys(change.key for change in (*step.added, *step.removed))
    return f"{step.label} · {next(iter(keys)) if len(keys) == 1 else f'{len(keys)} models'}"


def files(count: int) -> str:
    return "file" if count == 1 else "files"


def queued_by(file: PlannedFile) -> str:
    return f"{file.by}, {moment(file.at.astimezone())}"
