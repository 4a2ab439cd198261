"""What history keeps of an apply: who, when, why, and which field from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, Absent
from modeltui.domain.plan import Plan, PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.history.record import ApplyRecord, FieldChange, FileChange, encoded_record
from modeltui.services.identity import Stamp
from modeltui.storage.fs import digest
from modeltui.storage.request import FileOperation


def history_record(
    snapshot: Snapshot,
    plan: Plan,
    operations: Sequence[FileOperation],
    contents: Mapping[str, bytes],
    stamp: Stamp,
) -> dict[str, Any]:
    """The record of an apply as JSON holds it. `contents` are the bytes that files hold now, by path."""
    texts = {each.key: each.new_content.decode() for each in operations if each.new_content is not None}
    return encoded_record(
        ApplyRecord(
            id=stamp.id,
            at=stamp.at,
            by=stamp.by,
            host=stamp.host,
            reason=stamp.reason,
            changes=tuple(
                change
                for file in plan.files.values()
                for change in _field_changes(snapshot, file, texts.get(file.key, ABSENT))
            ),
            files=tuple(_file_change(plan.files[each.key], each, contents.get(each.path)) for each in operations),
        )
    )


def _field_changes(snapshot: Snapshot, file: PlannedFile, text: str | Absent) -> list[FieldChange]:
    """A new, removed or rewritten file is one change of the whole: its field is empty, and `text` what it holds."""
    if _is_by_field(file):
        return [FieldChange(file.key, file.path, edit.path, edit.old, edit.new, file.action) for edit in file.edits]
    old = snapshot.catalog.documents.get(file.key, ABSENT)
    return [FieldChange(file.key, file.path, (), old, text, file.action)]


def _file_change(file: PlannedFile, operation: FileOperation, content: bytes | None) -> FileChange:
    after = None if operation.new_content is None else digest(operation.new_content)
    is_lost = content is not None and not _is_by_field(file)
    old_text = content.decode("utf-8", errors="replace") if content is not None and is_lost else None
    return FileChange(operation.key, operation.path, operation.action, operation.old_digest, after, old_text)


def _is_by_field(file: PlannedFile) -> bool:
    return file.action is Action.UPDATE and file.text is None
