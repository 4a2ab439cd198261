"""Of a rollback: models that it would remove, and that something would still name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from modeltui.domain.change import Action, Change
from modeltui.domain.file_paths import path_of
from modeltui.domain.pending.plan import Plan, make_plan
from modeltui.domain.references import References
from modeltui.domain.snapshot import Snapshot
from modeltui.services.changing.reversing import Reversal
from modeltui.services.outcome import Refusal
from modeltui.storage.toml.codec import parse

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def keep_needed(reversal: Reversal, snapshot: Snapshot) -> None:
    """Refuse the removals of what is named by something that is not rolled back as well. Reads the workflows."""
    while reversal.removals:
        references = References(snapshot.catalog, _plan_with(reversal, snapshot))
        needed = {key: why for key in reversal.removals if (why := list(references.reasons(key, None)))}
        if not needed:
            return
        reversal.removals[:] = [key for key in reversal.removals if key not in needed]
        for key, why in needed.items():  # each names others, which then stay as well
            hint = "roll back, or change, what names it"
            reversal.refused.append(Refusal(key, f"it is still needed: {'; '.join(why)}", hint))


def _plan_with(reversal: Reversal, snapshot: Snapshot) -> Plan:
    """What the queue would do with it."""
    targets = [
        *((key, Action.UPDATE, edits, None) for key, edits in reversal.edits.items()),
        *((key, Action.UPDATE, (), text) for key, text in reversal.rewrites.items()),
        *((each.key, Action.CREATE, (), each.text) for each in reversal.creations),
        *((key, Action.DELETE, (), None) for key in reversal.removals),
    ]
    changes = [
        Change(id="", key=key, path=path_of(key), action=action, base=None, edits=edits, text=text, by="", at=_NEVER)
        for key, action, edits, text in targets
    ]
    return make_plan(snapshot.catalog, (*snapshot.queue.changes, *changes), lambda text: parse(text.encode()))
