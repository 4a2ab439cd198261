"""What stands in the place of models wherever these are named: in `replaced_by`, and in steps of workflows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from modeltui.domain.catalog import Catalog
from modeltui.domain.chain.use import Use, Uses, workflow_keys
from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, get
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import pending_document, pending_value
from modeltui.domain.snapshot import Snapshot

_SUCCESSOR: FieldPath = ("replaced_by",)


class Replacement:
    """`follower` everywhere instead of the models `old`."""

    def __init__(self, snapshot: Snapshot, old: Collection[str], follower: Model) -> None:
        self._follower = follower
        self._old = frozenset(old) - {follower.key}
        self._uses: dict[str, list[Use]] = {}
        uses = Uses(snapshot.catalog, snapshot.plan)
        for key in self._old:
            for use in uses.of(key):
                self._uses.setdefault(use.workflow.key, []).append(use)
        models = [key for key in snapshot.shown.models if key not in old and self._is_named_by(snapshot, key)]
        self.keys = (*models, *sorted(self._uses))
        """Models and workflows, by their keys of the queue, that name one of the old ones."""

    def edits(self, row: Model, document: Document) -> list[Edit]:
        """Of one of `keys`."""
        if row.key not in self._uses:
            now = get(document, _SUCCESSOR)
            # What takes the place of another cannot be replaced by it.
            return [Edit(_SUCCESSOR, now, ABSENT if row.key == self._follower.key else self._follower.key)]
        places = sorted({at for use in self._uses[row.key] for at in use.places}, key=str)
        return [Edit(at, get(document, at), self._follower.key) for at in places]

    def _is_named_by(self, snapshot: Snapshot, key: str) -> bool:
        if key not in snapshot.plan.files:
            return snapshot.shown.models[key].replaced_by in self._old
        return pending_value(snapshot.plan, snapshot.catalog, key, _SUCCESSOR) in self._old


def in_use(snapshot: Snapshot, keys: Sequence[str], becomes: str) -> tuple[str, ...]:
    """A warning for each active workflow that names one of the models; `becomes` is what they are then."""
    uses = Uses(snapshot.catalog, snapshot.plan)
    return tuple(
        f"{use.said} runs {key}, which {becomes}"
        for key in keys
        for use in uses.of(key)
        if use.workflow.active and use.workflow.key not in keys
    )


def misfits(snapshot: Snapshot, keys: Sequence[str], today: date) -> tuple[str, ...]:
    """What would be wrong with the workflows among `keys` as they are pending, and is not wrong now."""
    changed = workflow_keys(keys)
    if not changed:
        return ()
    from modeltui.domain.rules.workflows import check_workflow  # noqa: PLC0415  # loads pydantic
    from modeltui.domain.workflow import workflow_of  # noqa: PLC0415

    found: list[str] = []
    catalog: Catalog = snapshot.shown
    for key in changed:
        before = catalog.workflows[key.partition("/")[2]]
        document = pending_document(snapshot.plan, snapshot.catalog, key)
        known = {finding.message for finding in check_workflow(before, catalog, today)}
        after = check_workflow(workflow_of(before.path, before.digest, document), catalog, today)
        found += [
            f"workflow {before.slug}: {finding.message}"
            for finding in after
            if finding.severity == "error" and finding.message not in known
        ]
    return tuple(found)
