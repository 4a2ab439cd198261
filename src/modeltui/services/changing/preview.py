"""What a request for many models would do, told before it is queued."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from modeltui.domain.change import Edit
from modeltui.domain.document import Document
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.services.outcome import Refusal

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many of how many models are done. Raises ModeltuiError to stop: nothing is queued then."""

EditsOf: TypeAlias = Callable[[Model, Document], Sequence[Edit]]
"""The edits to queue for a model, given its document with what is pending. Raises what refuses this model."""


class Preview(Struct, frozen=True):
    label: str
    snapshot: Snapshot
    changed: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    """What would change, by key."""
    removed: tuple[str, ...] = ()
    """Models whose file would go, and new ones that would not be made."""
    unchanged: tuple[str, ...] = ()
    """Already so."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many models would get a change."""
        return len(self.changed) + len(self.removed)

    def is_locked(self, key: str) -> bool:
        model = self.snapshot.shown.models.get(key)
        return model is not None and model.is_locked


def watched(edits_of: EditsOf, keys: Sequence[str], progress: Progress | None) -> EditsOf:
    """`edits_of` that tells before each model how far it is."""
    if progress is None:
        return edits_of
    places = {key: place for place, key in enumerate(keys)}

    def told(model: Model, document: Document) -> Sequence[Edit]:
        progress(places.get(model.key, 0), len(places))
        return edits_of(model, document)

    return told
