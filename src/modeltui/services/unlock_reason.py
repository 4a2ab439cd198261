"""Why a model was unlocked: the lock that would hold the reason is gone, so the history record gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain.document import ABSENT
from modeltui.domain.pending.plan import Plan
from modeltui.domain.pending.queue import Queue

_VERB: Final = "unlock"


def unlock_label(reason: str) -> str:
    """The label of the step that queues an unlock; it keeps the reason until the apply."""
    return f"{_VERB}: {reason.strip()}" if reason.strip() else _VERB


def reason_with_unlocks(reason: str, queue: Queue, plan: Plan) -> str:
    """The reason of an apply of `plan`, with those that were given when its unlocks were queued."""
    given = dict.fromkeys((reason.strip(), *_unlock_reasons(queue, plan)))
    return "; ".join(part for part in given if part)


def _unlock_reasons(queue: Queue, plan: Plan) -> Iterator[str]:
    said: dict[str, str] = {}
    for step in queue.done:
        if step.label == _VERB or step.label.startswith(f"{_VERB}: "):
            reason, again = step.label[len(_VERB) + 2 :], {change.key for change in step.removed}
            said |= {each.key: reason or (said.get(each.key, "") if each.key in again else "") for each in step.added}
    for key, file in plan.files.items():
        if any(edit.path == ("lock",) and edit.new is ABSENT for edit in file.edits):
            yield said.get(key, "")
