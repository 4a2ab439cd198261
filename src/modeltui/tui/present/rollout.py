"""A rollout in words: of one model, and of many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from modeltui.domain.rollout import STEPS, Rollout, percent_text, rollout_of
from modeltui.domain.text import safe, some_of
from modeltui.tui.present.line import Line, line

if TYPE_CHECKING:
    from modeltui.domain.document import Document
    from modeltui.domain.model import Model
    from modeltui.services.changing.rollout import Off, RolloutState

_BAR: Final = 20
_LABEL: Final = 8
_MOST_NAMED: Final = 4


def rollout_text(model: Model, document: Document) -> str:
    """`10 %, allows ann, denies bob and 3 more`."""
    found = rollout_of(document, model.uid or model.key)
    return ", ".join([percent_text(found.percent), *_lists(found)])


def _lists(found: Rollout) -> Iterator[str]:
    for verb, callers in (("allows", found.allow), ("denies", found.deny)):
        if callers:
            yield f"{verb} {some_of(sorted(callers), len(callers), _MOST_NAMED)}"


def state_lines(states: Sequence[RolloutState]) -> list[Line]:
    """How things stand: of one model all of it, of several how many are at which percentage."""
    if len(states) == 1:
        return list(_of_one(states[0]))
    counts = Counter(_percent(state) for state in states)
    lines: list[Line] = [
        ((f"{percent_text(percent):>{_LABEL}}  ", "plain"), (f"{count:,} models" if count > 1 else "1 model", "muted"))
        for percent, count in sorted(counts.items())[: len(STEPS)]
    ]
    if more := len(counts) - len(lines):
        lines.append(line(f"{'…':>{_LABEL}}  {more} other percentages", "muted"))
    if pending := sum(state.pending is not None for state in states):
        lines.append((("~ ", "warn"), (f"{pending:,} with another rollout pending", "plain")))
    if locked := sum(state.model.is_locked for state in states):
        lines.append((("L ", "warn"), (f"{locked:,} locked, skipped", "plain")))
    return lines


def _of_one(state: RolloutState) -> Iterator[Line]:
    percent = _percent(state)
    full = _filled(percent)
    said = percent_text(percent) if state.written is not None else f"{percent_text(percent)}, no rollout"
    yield (("now     ", "muted"), ("█" * full, "accent"), ("·" * (_BAR - full), "muted"), (f"  {said}", "strong"))
    if state.pending is not None:
        yield (("pending ", "warn"), (percent_text(state.pending.percent), "plain"), *_named(state.pending))
    if state.written is not None:
        for name, callers in (("allow", state.written.allow), ("deny", state.written.deny)):
            if callers:
                said = some_of(sorted(callers), len(callers), _MOST_NAMED)
                yield ((f"{name:<{_LABEL}}", "muted"), (safe(said), "plain"))
    if state.model.is_locked:
        yield (("L ", "warn"), (safe(state.model.lock), "plain"))


def _filled(percent: float) -> int:
    """Of the bar: something for anybody, and all of it for everybody only."""
    if percent in {0, STEPS[-1]}:
        return _BAR if percent else 0
    return min(max(round(_BAR * percent / STEPS[-1]), 1), _BAR - 1)


def _named(found: Rollout) -> Line:
    return ((safe("".join(f", {each}" for each in _lists(found))), "muted"),)


def _percent(state: RolloutState) -> float:
    return STEPS[-1] if state.written is None else state.written.percent


def off_lines(found: Off) -> list[Line]:
    """What switching off at once would do, and whom it leaves as they are."""
    count = len(found.plan.files)
    lines: list[Line] = []
    if count:
        lines.append(
            (("~ ", "warn"), (f"{count:,} {'model' if count == 1 else 'models'} off for all callers", "strong"))
        )
    if found.unchanged:
        lines.append((("= ", "muted"), (f"{len(found.unchanged):,} off already", "muted")))
    lines += [line(f"! {warning}", "warn") for warning in found.warnings[:_MOST_NAMED]]
    for refusal in found.refused[:_MOST_NAMED]:
        lines.append((("! ", "bad"), (safe(refusal.reason), "plain")))
        lines += [line(f"  {refusal.hint}", "muted")] if refusal.hint else []
    more = max(len(found.refused) - _MOST_NAMED, 0) + max(len(found.warnings) - _MOST_NAMED, 0)
    return [*lines, *([line(f"  … and {more} more", "muted")] if more else [])]
