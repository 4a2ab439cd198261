"""What was applied: by whom, when, why, and which field of which model from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.document import Absent, FieldPath, Value
from modeltui.domain.value_codec import decoded, decoded_path, encoded, encoded_path


class FieldChange(Struct, frozen=True):
    """One field of one model; ABSENT on either side where it was added or removed."""

    key: str
    path: str
    """File, relative to the catalogue."""
    field: FieldPath
    """Empty where the whole file was made, rewritten or deleted."""
    old: Value | Absent
    new: Value | Absent
    action: Action


class FileChange(Struct, frozen=True):
    key: str
    path: str
    action: Action
    before: str | None
    """Digest; None of a new file."""
    after: str | None
    """Digest; None of a deleted file."""
    old_text: str | None = None
    """What a roll-back could not know otherwise: of a deleted or wholly rewritten file."""


class ApplyRecord(Struct, frozen=True):
    id: str
    at: datetime
    """UTC."""
    by: str
    host: str
    reason: str
    changes: tuple[FieldChange, ...]
    files: tuple[FileChange, ...]
    commit: str | None = None
    """The git commit that holds it; None without git, or while it is pending."""
    pending: str | None = None
    """Why a commit is missing that is still to be made."""

    @property
    def is_by_hand(self) -> bool:
        """A commit that is no apply of ours; its id is that of the commit."""
        return self.id == self.commit

    @property
    def name(self) -> str:
        """The id, as short as it can be typed."""
        return self.id[:12] if self.is_by_hand else self.id


def encoded_record(record: ApplyRecord) -> dict[str, Any]:
    """As JSON; the commit is noted later, beside it."""
    return {
        "id": record.id,
        "at": record.at.isoformat(),
        "by": record.by,
        "host": record.host,
        "reason": record.reason,
        "changes": [
            {
                "key": change.key,
                "path": change.path,
                "field": encoded_path(change.field),
                "old": encoded(change.old),
                "new": encoded(change.new),
                "action": change.action.value,
            }
            for change in record.changes
        ],
        "files": [
            {
                "key": file.key,
                "path": file.path,
                "action": file.action.value,
                "before": file.before,
                "after": file.after,
                **({} if file.old_text is None else {"old_text": file.old_text}),
            }
            for file in record.files
        ],
    }


def decoded_record(json: Mapping[str, Any], *, commit: str | None = None, pending: str | None = None) -> ApplyRecord:
    """Raises ValueError, TypeError, KeyError or AttributeError for what `encoded_record` never makes."""
    return ApplyRecord(
        id=str(json["id"]),
        at=datetime.fromisoformat(json["at"]),
        by=str(json["by"]),
        host=str(json["host"]),
        reason=str(json["reason"]),
        changes=tuple(_change(change) for change in json["changes"]),
        files=tuple(_file(file) for file in json["files"]),
        commit=commit,
        pending=pending,
    )


def _change(json: Mapping[str, Any]) -> FieldChange:
    return FieldChange(
        key=str(json["key"]),
        path=str(json["path"]),
        field=decoded_path(json["field"]),
        old=decoded(json["old"]),
        new=decoded(json["new"]),
        action=Action(json["action"]),
    )


def _file(json: Mapping[str, Any]) -> FileChange:
    return FileChange(
        key=str(json["key"]),
        path=str(json["path"]),
        action=Action(json["action"]),
        before=json["before"],
        after=json["after"],
        old_text=json.get("old_text"),
    )
