"""One intended edit of one model."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from modeltui.domain.document import Absent, FieldPath, Value


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def sign(self) -> str:
        return {"create": "+", "update": "~", "delete": "-"}[self.value]


class Edit(Struct, frozen=True):
    """One field from `old` to `new`; ABSENT on either side adds or removes it."""

    path: FieldPath
    old: Value | Absent
    new: Value | Absent

    @property
    def is_of_lock(self) -> bool:
        return self.path[0] == "lock"


class Change(Struct, frozen=True, kw_only=True):
    id: str
    """Unique; sorts by the time it was queued."""
    key: str
    path: str
    """File, relative to the catalogue."""
    action: Action
    base: str | None
    """Digest of the bytes that the edit was made on; None for a new file."""
    edits: tuple[Edit, ...] = ()
    text: str | None = None
    """The whole new file: of a creation, or of an update made in an editor."""
    by: str
    at: datetime
    """UTC."""
    uid: str | None = None
    """Of the model that it was made on; None for a new file, and where an older version queued it."""
    base_text: str | None = None
    """The text whose digest is `base`, where it was kept."""

    @property
    def is_of_lock_only(self) -> bool:
        return self.text is None and bool(self.edits) and all(edit.is_of_lock for edit in self.edits)
