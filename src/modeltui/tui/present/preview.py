"""What a change to many models would do, in lines: the numbers, the first ones, who is skipped and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modeltui.domain.document import format_field, shown
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, line

if TYPE_CHECKING:
    from modeltui.domain.change import Edit
    from modeltui.services.changing.preview import Preview

_MOST_MODELS: Final = 4
_MOST_FIELDS: Final = 4
_MOST_REASONS: Final = 4


def preview_lines(preview: Preview) -> list[Line]:
    return [*_numbers(preview), *_warned(preview), *_changes(preview), *_skipped(preview)]


def counted(number: int) -> str:
    return f"{number:,} model" if number == 1 else f"{number:,} models"


def _numbers(preview: Preview) -> list[Line]:
    lines: list[Line] = []
    if preview.changed:
        lines.append((("~ ", "warn"), (f"{counted(len(preview.changed))} will change", "strong")))
    if preview.removed:
        lines.append((("- ", "removed"), (f"{counted(len(preview.removed))} will go", "strong")))
    if preview.unchanged:
        lines.append((("= ", "muted"), (f"{counted(len(preview.unchanged))}: nothing to change", "muted")))
    locked = sum(preview.is_locked(refusal.key) for refusal in preview.refused)
    if locked:
        lines.append((("L ", "warn"), (f"{counted(locked)} locked, skipped", "plain")))
    if others := len(preview.refused) - locked:
        lines.append((("! ", "bad"), (f"{counted(others)} skipped", "plain")))
    return lines or [(("no model is meant", "muted"),)]


def _warned(preview: Preview) -> list[Line]:
    said = [line(f"! {warning}", "warn") for warning in preview.warnings[:_MOST_REASONS]]
    more = len(preview.warnings) - len(said)
    return [*([BLANK] if said else []), *said, *([line(f"  … and {more} more", "muted")] if more > 0 else [])]


def _changes(preview: Preview) -> list[Line]:
    lines: list[Line] = [BLANK]
    for key, edits in list(preview.changed.items())[:_MOST_MODELS]:
        lines.append((("~ ", "warn"), (safe(key), "plain")))
        lines += map(_edit_line, edits[:_MOST_FIELDS])
        lines += [line(f"    … and {len(edits) - _MOST_FIELDS} more fields", "muted")] * (len(edits) > _MOST_FIELDS)
    for key in preview.removed[:_MOST_MODELS]:
        lines.append((("- ", "removed"), (safe(key), "plain")))
    rest = max(len(preview.changed) - _MOST_MODELS, 0) + max(len(preview.removed) - _MOST_MODELS, 0)
    return [*lines, *([line(f"  … and {rest:,} more", "muted")] if rest else [])] if len(lines) > 1 else []


def _edit_line(edit: Edit) -> Line:
    name = safe(format_field(edit.path))
    return (
        (f"    {name}  ", "muted"),
        (safe(shown(edit.old)), "removed"),
        (" → ", "muted"),
        (safe(shown(edit.new)), "added"),
    )


def _skipped(preview: Preview) -> list[Line]:
    if not preview.refused:
        return []
    lines: list[Line] = [BLANK]
    for refusal in sorted(preview.refused, key=lambda each: preview.is_locked(each.key))[:_MOST_REASONS]:
        sign = "L" if preview.is_locked(refusal.key) else "!"
        lines.append(((f"{sign} ", "warn"), (safe(refusal.key), "plain")))
        lines.append(line(f"    {refusal.reason}", "muted"))
    if more := len(preview.refused) - _MOST_REASONS:
        lines += [line(f"  … and {more:,} more", "muted")] if more > 0 else []
    return lines


def bar(done: int, total: int, width: int) -> Line:
    """How far something is: `████····  1,200 of 5,000`."""
    full = width * done // total if total else 0
    return (("█" * full, "accent"), ("·" * (width - full), "muted"), (f"  {done:,} of {total:,}", "plain"))
