"""A plan as rows that fold: each model with who queued it and when, under it a row for each field, old → new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import format_field, shown
from modeltui.domain.pending.fields import field_edits
from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, Piece, Role, cut, fit, line, spread, width_of
from modeltui.tui.present.model import moment
from modeltui.tui.present.pending import ROLES, changed_fields, queued_by

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.pending.plan import Plan, PlannedFile
    from modeltui.domain.pending.queue import Queue, Step

MOST_OPEN: Final = 50
"""Models up to which all are unfolded at first."""
_INDENT: Final = 5
_MOST_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Another user (with how many models), a model, or a field of one."""

    id: str
    file: PlannedFile | None = None
    edit: Edit | None = None
    user: str | None = None
    """Whose it is, where it is another's."""
    count: int = 0
    """How many rows it holds, folded or not; 0 where there is nothing to unfold."""
    is_open: bool = False
    name_width: int = 0
    """Cells of the longest field of the model."""

    @property
    def is_mine(self) -> bool:
        return self.user is None

    @property
    def field(self) -> str | None:
        return format_field(self.edit.path) if self.edit is not None else None


def plan_rows(
    plan: Plan, catalog: Catalog, is_open: Callable[[str], bool], *, user: str | None = None
) -> Iterator[PlanRow]:
    """The rows of a plan. `is_open` says by id which models show their fields."""
    for file in plan.files.values():
        name = file.key if user is None else f"{user_id(user)} {file.key}"
        if not is_open(name):
            count = 1 if file.text is not None and file.action is Action.UPDATE else len(file.edits)
            yield PlanRow(name, file, user=user, count=count)
            continue
        edits = field_edits(file, catalog)
        names = [format_field(edit.path) for edit in edits]
        yield PlanRow(name, file, user=user, count=len(edits), is_open=bool(edits))
        width = max(map(len, names), default=0)
        for field, edit in zip(names, edits, strict=True):
            yield PlanRow(f"{name} {field}", file, edit, user, name_width=width)


def user_rows(plans: Mapping[str, Plan], catalog: Catalog, is_open: Callable[[str], bool]) -> Iterator[PlanRow]:
    """What others have pending: a row for each user, and under it what is theirs where it is open."""
    for user, plan in plans.items():
        name = user_id(user)
        yield PlanRow(name, user=user, count=len(plan.files), is_open=is_open(name))
        if is_open(name):
            yield from plan_rows(plan, catalog, is_open, user=user)


def user_id(user: str) -> str:
    return f"{user}:"


def plan_row_line(row: PlanRow, width: int) -> Line:
    if row.file is None:
        return _user_line(row, width)
    return _file_line(row, row.file, width) if row.edit is None else _field_line(row, row.edit, width)


def _fold_sign(row: PlanRow) -> Piece:
    return ("  " if not row.count else "▾ " if row.is_open else "▸ ", "muted")


def _user_line(row: PlanRow, width: int) -> Line:
    said: Line = ((safe(row.user), "accent"), (f": {row.count} pending", "plain"))
    return spread((*_gap(1), _fold_sign(row), *said), (("theirs, to look at ", "muted"),), width)


def _file_line(row: PlanRow, file: PlannedFile, width: int) -> Line:
    """`▾ ~ prompt_to_video/kling-2-6  2 fields      alice, 2026-11-20 10:00`; with `!` where it cannot be applied."""
    sign: Piece = ("!", "bad") if file.problem else (file.action.sign, ROLES[file.action])
    word: Line = (("stale ", "bad"),) if file.is_stale else ()
    lead: Line = (*_gap(1 if row.is_mine else 3), _fold_sign(row), sign, (" ", "plain"), *word)
    left: Line = (*lead, (safe(file.key), "strong"), ("  ", "plain"))
    what: Piece = (safe(file.problem), "bad") if file.problem else (_content(row, file), "muted")
    right: Line = ((f"{safe(queued_by(file))} ", "muted"),)
    room = width - width_of(left) - width_of(right) - 2
    if room < min(width_of((what,)), 24):
        return cut((*left, *cut((what,), max(width - width_of(left) - 1, 0))), width)
    return spread((*left, *cut((what,), room)), right, width)


def _content(row: PlanRow, file: PlannedFile) -> str:
    if file.action is not Action.UPDATE or (file.text is not None and not row.is_open):
        return changed_fields(file)
    how = ", edited as text" if file.text is not None else ""
    return f"{row.count} {'field' if row.count == 1 else 'fields'}{how}"


def _field_line(row: PlanRow, edit: Edit, width: int) -> Line:
    indent = _INDENT if row.is_mine else _INDENT + 2
    name_width = min(row.name_width, max(width * 2 // 5, 8))
    name = fit(safe(row.field), name_width)
    return cut(
        (
            *_gap(indent + 2),
            (name, "plain"),
            ("  ", "plain"),
            (safe(shown(edit.old)), "removed"),
            (" → ", "muted"),
            (safe(shown(edit.new)), "added"),
        ),
        width,
    )


def _gap(width: int) -> Line:
    return ((" " * width, "plain"),)


def file_heading(file: PlannedFile, queue: Queue) -> list[Line]:
    """What stands above the diff: who queued it by which steps, and what is in its way."""
    steps = queue.steps_of(file.key)
    if not steps:
        return [line(f" {queued_by(file)}", "muted"), *problem_line(file)]
    said = [_step(step) for step in steps[-_MOST_STEPS:]]
    earlier = [f"… {len(steps) - _MOST_STEPS} earlier"] if len(steps) > _MOST_STEPS else []
    return [line(f" {file.by}: {' · '.join([*earlier, *said])}", "muted"), *problem_line(file)]


def problem_line(file: PlannedFile) -> list[Line]:
    return [line(f" ! {file.problem}", "bad")] if file.problem else []


def _step(step: Step) -> str:
    """A step with its time, where it queued something."""
    return f"{moment(step.added[0].at.astimezone())} {step.label}" if step.added else step.label


def value_lines(edit: Edit) -> list[Line]:
    """The values of a field in full, where its row may have cut them."""
    sides: tuple[tuple[str, object, Role], ...] = (("-", edit.old, "removed"), ("+", edit.new, "added"))
    named: Line = ((f" {safe(format_field(edit.path))}", "strong"),)
    return [named, *(((f"   {sign} {safe(shown(value))}", role),) for sign, value, role in sides)]


def plan_counts(plan: Plan) -> Line:
    """`2 changed, 1 new, 1 removed; 1 cannot be applied`."""
    names = {Action.UPDATE: "changed", Action.CREATE: "new", Action.DELETE: "removed"}
    parts: Sequence[str] = [f"{plan.count(action)} {name}" for action, name in names.items() if plan.count(action)]
    said: Line = ((", ".join(parts) or "nothing", "plain"),)
    bad = len(plan.problems)
    return (*said, (f"; {bad} cannot be applied", "bad")) if bad else said
