"""The form of a model in lines: a row for each field, and what is to be known about the one under the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modeltui.domain.document import ABSENT, Value, format_field, shown
from modeltui.domain.form import Form, purpose_of
from modeltui.domain.text import safe
from modeltui.domain.typed import as_typed
from modeltui.tui.present.line import Line, Piece, Role, cut, fit, line, spread, width_of

if TYPE_CHECKING:
    from modeltui.domain.finding import Finding
    from modeltui.domain.form_rows import FormRow
    from modeltui.domain.schema.shape import FieldShape

_LEAST_NAME, _MOST_NAME = 22, 38
_MOST_FAULTS = 10
_MOST_SHOWN = 400
"""Characters of a value that can be in view."""


def value_column(width: int) -> int:
    """The cell at which the values begin."""
    return max(_LEAST_NAME, min(_MOST_NAME, width * 2 // 5))


def form_line(row: FormRow, width: int) -> Line:
    """`~  base        28.5`: what became of it, its name below that of its table, its value."""
    fold: Piece = ("▾ " if row.is_unfolded else "▸ ", "muted") if row.can_fold else ("  ", "plain")
    name = "general" if not row.path else safe(str(row.path[-1]))
    start: Line = (*_signs(row), ("  " * row.depth, "plain"), fold)
    room = value_column(width) - width_of(start) - 1
    role: Role = "strong" if row.depth == 0 else "muted" if row.value is ABSENT or row.fixed else "plain"
    left: Line = (*start, (fit(name, max(room, 1)), role), (" ", "plain"))
    right: Line = (("others differ ", "warn"),) if row.is_varied and not row.can_fold else ()
    said = _value(row)
    return spread((*left, *cut(said, width - width_of(left) - width_of(right) - 1)), right, width)


def _signs(row: FormRow) -> Line:
    """Two cells: changed, added or removed; wrong or doubtful, here or within."""
    sign: Piece = (" ", "plain")
    if row.is_changed and row.path:
        sign = ("+", "added") if row.before is ABSENT else ("-", "removed") if row.value is ABSENT else ("~", "warn")
    elif row.is_changed:
        sign = ("~", "warn")
    is_inside = row.problems_inside and not row.is_unfolded
    role: Role = "bad" if row.problem is None or row.problem.severity == "error" else "warn"
    return (sign, ("!", role) if row.problem or is_inside else (" ", "plain"))


def _value(row: FormRow) -> Line:
    if not row.path:
        return ()
    if row.value is ABSENT:
        if row.before is not ABSENT:
            return ((f"{_short(row.before)}  (goes)", "removed"),)
        return (("needed", "bad"),) if row.shape and not row.shape.optional else (("–", "muted"),)
    if row.kind == "table":
        return ((_held(row), "muted"),)
    if row.kind == "list" and any(isinstance(each, Mapping | list) for each in row.value):
        return ((_counted(len(row.value), "entry", "entries"), "muted"),)
    role: Role = "muted" if row.fixed else "added" if row.is_changed else "plain"
    unit: Line = ((f" {row.shape.unit}", "muted"),) if row.shape and row.shape.unit else ()
    return ((_short(as_typed(row.path, row.value)), role), *unit)


def _held(row: FormRow) -> str:
    """A folded table by what it says, an unfolded one by how much that is."""
    assert isinstance(row.value, Mapping)
    if row.is_unfolded or not row.value:
        return "" if row.value else "empty"
    said = [f"{safe(name)} {_brief(value)}" for name, value in row.value.items()]
    return _short(", ".join(said) if len(row.path) > 1 else _counted(len(row.value), "field", "fields"))


def _brief(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{len(value)}}}"
    return safe(value) if isinstance(value, str) else safe(shown(value))


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _short(value: Value) -> str:
    text = value if isinstance(value, str) else shown(value)
    return safe(text[:_MOST_SHOWN])


def title_line(label: str, form: Form, models: int, refusal: str | None, width: int) -> Line:
    """Whose form it is, and how far it is from being queued."""
    several = f" and {models - 1} more" if models > 1 else ""
    left: Line = ((f" {safe(label)}", "strong"), (several, "accent"))
    if refusal is not None:
        right: Line = ((f"read only: {safe(refusal)} ", "warn"),)
        return spread(left, cut(right, max(0, width - width_of(left) - 2)), width)
    errors = len(form.new_faults)
    said: Line = ((f"{_counted(errors, 'problem', 'problems')} ", "bad"), ("· ", "muted")) if errors else ()
    count = len(form.changes)
    return spread(
        left, (*said, (f"{count} changed " if count else "nothing changed ", "warn" if count else "muted")), width
    )


def about_lines(row: FormRow | None, form: Form) -> list[Line]:
    """On a field: what it takes, what it is for, and what is wrong with it or was there before."""
    if row is None:
        return [(), (), ()]
    name: Line = ((safe(format_field(row.path)) if row.path else "general", "strong"),)
    shape = row.shape
    takes: Line = ((f"  {safe(asked(shape))}", "muted"),) if shape is not None and row.kind != "table" else ()
    doc = purpose_of(row.path) if row.path else "What stands in no table: identity, description, state, dates."
    return [(*name, *takes), line(doc), _note(row, form)]


def _note(row: FormRow, form: Form) -> Line:
    if row.problem is not None:
        return problem_line(row.problem)
    if row.fixed:
        return ((f"not edited here: {safe(row.fixed)}", "muted"),)
    if row.is_changed and row.path and row.kind != "table":
        return ((f"was {_short(row.before) if row.before is not ABSENT else 'not there'}", "muted"),)
    inside = [each for field, each in form.problems.items() if row.path and field.startswith(f"{row.key}.")]
    return problem_line(inside[0]) if inside else ()


def problem_line(finding: Finding) -> Line:
    hint = f"; {finding.hint}" if finding.hint else ""
    return line(f"{finding.message}{hint}", "bad" if finding.severity == "error" else "warn")


def asked(shape: FieldShape) -> str:
    """What is to be typed: `a number, at least 0`. No quotes: nobody types them into a form."""
    text = shape.expected.replace(" in quotes", "").replace('"', "")
    if shape.type == "list" and shape.item is not None:
        text = f"{text}, with commas between" if not shape.item.choices else f"some of {', '.join(shape.item.choices)}"
    bounds: Sequence[tuple[float | None, str]] = (
        (shape.minimum, "at least"),
        (shape.above, "more than"),
        (shape.maximum, "at most"),
    )
    limits = [f"{word} {limit:g}" for limit, word in bounds if limit is not None]
    needed = [] if shape.optional else ["needed"]
    return ", ".join([text, *limits, *([f"in {shape.unit}"] if shape.unit else []), *needed])


def fault_lines(faults: Sequence[Finding]) -> list[Line]:
    """What is wrong with an edited text: the line of the copy, what it is, and what helps."""
    lines: list[Line] = []
    for fault in faults[:_MOST_FAULTS]:
        where = f"line {fault.line}  " if fault.line is not None else ""
        lines.append(((where, "muted"), (safe(fault.message), "bad")))
        lines += [((f"  {safe(fault.hint)}", "muted"),)] if fault.hint else []
    more = len(faults) - _MOST_FAULTS
    return [*lines, ((f"and {more} more", "muted"),)] if more > 0 else lines
