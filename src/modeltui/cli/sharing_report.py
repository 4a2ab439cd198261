"""What comes in or goes out, by commit, model and field, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from modeltui.cli.history import change_row, described
from modeltui.cli.outcome import counted
from modeltui.domain.document import format_field, plain, shown
from modeltui.domain.merging.incoming import sides_of_file

if TYPE_CHECKING:
    from modeltui.domain.merging.merge import Clash
    from modeltui.services.history import ApplyRecord
    from modeltui.services.sharing.pulling import PullOutcome, PullPlan
    from modeltui.services.sharing.pushing import PushPlan

_LONGEST: Final = 200
"""Characters of a value in text; JSON has all of it."""
_SIDES: Final = ("base", "ours", "theirs")


def incoming(plan: PullPlan) -> Iterator[str]:
    for record in plan.commits:
        yield from described(record, record.changes)
    for path in plan.others:
        yield f"besides: {path}"
    for key, clash in plan.clashes:
        yield from _clash(key, clash)


def outgoing(plan: PushPlan) -> Iterator[str]:
    for record in plan.commits:
        yield from described(record, record.changes)


def pull_json(plan: PullPlan, outcome: PullOutcome | None) -> dict[str, Any]:
    rebased = None if outcome is None else outcome.rebased
    return {
        "upstream": plan.upstream.name,
        "ahead": plan.apart.ahead,
        "behind": plan.apart.behind,
        "taken_out": plan.taken_out,
        "commits": list(map(_commit, plan.commits)),
        "changes": list(map(change_row, plan.changes)),
        "others": list(plan.others),
        "conflicts": [_clash_row(key, clash) for key, clash in plan.clashes],
        "id": None if outcome is None else outcome.id,
        "commit": None if outcome is None else outcome.commit,
        "rebased": [] if rebased is None else list(rebased.changed),
        "settled": [] if rebased is None else list(rebased.unchanged),
        "stale": [] if rebased is None else [{"key": each.key, "reason": each.reason} for each in rebased.refused],
    }


def push_json(plan: PushPlan, *, is_done: bool) -> dict[str, Any]:
    return {
        "upstream": plan.upstream.name,
        "ahead": plan.apart.ahead,
        "behind": plan.apart.behind,
        "taken_out": plan.taken_out,
        "commits": list(map(_commit, plan.commits)),
        "pending": plan.pending,
        "pushed": plan.head if is_done else None,
    }


def commits_of(number: int) -> str:
    return counted(number, "commit")


def _commit(record: ApplyRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at.isoformat(),
        "by": record.by,
        "reason": record.reason,
        "changes": list(map(change_row, record.changes)),
    }


def _clash_row(key: str, clash: Clash) -> dict[str, Any]:
    return {
        "key": key,
        "field": format_field(clash.path) or None,
        "why": clash.why or None,
        "base": plain(clash.base),
        "ours": plain(clash.ours),
        "theirs": plain(clash.theirs),
    }


def _clash(key: str, clash: Clash) -> Iterator[str]:
    yield f"! {key}  {format_field(clash.path) or 'the whole file'}: {clash.why or 'both sides changed it'}"
    if not clash.path:
        for side, lines in sides_of_file(clash):
            yield from (f"    {side if first else '':<8}{_cut(text)}" for first, text in _marked(lines))
        return
    for side, value in zip(_SIDES, (clash.base, clash.ours, clash.theirs), strict=True):
        yield f"    {side:<8}{_cut(shown(value))}"


def _marked(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is the first."""
    return ((number == 0, text) for number, text in enumerate(lines))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
