"""What is pending: a line for each file, and the numbers that are asked about before an apply."""

from __future__ import annotations

from modeltui.domain.change import Action
from modeltui.domain.document import format_field
from modeltui.domain.plan import Plan, PlannedFile
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Piece, Role, cut, spread
from modeltui.tui.present.model import moment

_ROLES: dict[Action, Role] = {Action.CREATE: "added", Action.UPDATE: "warn", Action.DELETE: "removed"}
_MOST_NAMED = 4


def planned_line(file: PlannedFile, width: int) -> Line:
    """`~ prompt_to_video/kling-2-6   active, cost.base`; with `!` and the reason where it cannot be applied."""
    sign: Piece = ("!", "bad") if file.problem else (file.action.sign, _ROLES[file.action])
    right: Line = ((safe(file.problem), "bad"),) if file.problem else ((safe(changed_fields(file)), "muted"),)
    word: Line = (("stale ", "bad"),) if file.is_stale else ()
    left: Line = ((" ", "plain"), sign, (" ", "plain"), *word, (safe(file.key), "plain"), ("  ", "plain"))
    room = width - sum(len(text) for text, _ in left) - 1
    return spread(left, (*cut(right, max(room, 8)), (" ", "plain")), width)


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
        ((f"{action.sign} ", _ROLES[action]), (f"{plan.count(action)} {files(plan.count(action))} {name}", "plain"))
        for action, name in names.items()
        if plan.count(action)
    ]
    shown = list(plan.files.values())[:_MOST_NAMED]
    lines += [BLANK, *(((f"  {safe(file.key)}  ", "plain"), (safe(changed_fields(file)), "muted")) for file in shown)]
    if len(plan.files) > len(shown):
        lines.append(((f"  … and {len(plan.files) - len(shown)} more", "muted"),))
    if plan.problems:
        lines += [BLANK, *problem_lines(plan)]
    return lines


def problem_lines(plan: Plan) -> list[Line]:
    """Why files cannot be applied now."""
    named = plan.problems[:_MOST_NAMED]
    lines: list[Line] = [((f"! {safe(file.key)}: {safe(file.problem)}", "bad"),) for file in named]
    if len(plan.problems) > len(named):
        lines.append(((f"  … and {len(plan.problems) - len(named)} more", "bad"),))
    return lines


def files(count: int) -> str:
    return "file" if count == 1 else "files"


def queued_by(file: PlannedFile) -> str:
    return f"{file.by}, {moment(file.at.astimezone())}"
