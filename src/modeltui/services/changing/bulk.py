"""One act on many models: what it would do, and doing it as one step."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from modeltui.services.changing import acts
from modeltui.services.changing.acts import Act
from modeltui.services.changing.preview import Preview, Progress, watched
from modeltui.services.changing.queueing import Queueing
from modeltui.services.identity import Identity
from modeltui.services.outcome import Outcome


class BulkService:
    """Locked and broken models are skipped, and named in what comes back."""

    def __init__(self, queueing: Queueing, identity: Identity) -> None:
        self._queueing = queueing
        self._identity = identity

    def preview(self, keys: Sequence[str], act: Act, progress: Progress | None = None) -> Preview:
        """What `do` would queue, and whom it would skip. Queues nothing."""
        keys = (*keys, *act.besides)
        found = self._queueing.foresee(act.label, keys, watched(act.edits_of, keys, progress), of_lock=act.of_lock)
        return replace(found, warnings=act.foreseen(found))

    def do(self, keys: Sequence[str], act: Act, progress: Progress | None = None) -> Outcome:
        """Queue it, as one undo step. Where `progress` raises, nothing is queued."""
        keys = (*keys, *act.besides)
        edits_of = watched(act.edits_of, keys, progress)
        outcome = self._queueing.queue(act.label, keys, edits_of, of_lock=act.of_lock)
        return replace(outcome, warnings=act.warnings(outcome))

    def lock(self, reason: str) -> Act:
        """With the name of this user, and the time at which it is asked for."""
        return acts.lock(self._identity.lock_table(reason), reason)

    def unlock(self, reason: str) -> Act:
        return acts.unlock(reason)
