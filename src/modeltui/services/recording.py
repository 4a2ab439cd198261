"""What history keeps of an apply: who, when, why, and which field from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.document import ABSENT
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.history.record import ApplyRecord, FieldChange, FileChange, encoded_record
from modeltui.services.identity import Stamp
from modeltui.storage.applying.request import FileOperation


def history_record(
    snapshot: Snapshot,
    plan: Plan,
    operations: Sequence[FileOperation],
    contents: Mapping[str, bytes],
    stamp: Stamp,
) -> dict[str, Any]:
    """The record of an apply as JSON holds it. `contents` are the bytes that files hold now, by path.

    Digests of contents that are made late are left out.
    """
    new = {each.key: each.new_content for each in operations}
    return encoded_record(
        ApplyRecord(
            id=stamp.id,
            at=stamp.at,
            by=stamp.by,
            host=stamp.host,
            reason=stamp.reason,
            changes=tuple(
                change for file in plan.files.values() for change in _field_changes(snapshot, file, new.get(file.key))
            ),
            files=tuple(_file_change(plan.files[each.key], each, contents.get(each.path)) for each in operations),
        )
    )


def with_digests(record: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """`record` with the digests, by path, that were left out."""
    files = [{**file, "after": digests.get(file["path"], file["after"])} for file in record["files"]]
    return {**record, "files": files}


def _field_changes(snapshot: Snapshot, file: PlannedFile, new: bytes | None) -> list[FieldChange]:
    """A new, removed or rewritten file is one change of the whole: its field is empty, and `new` what it holds."""
    if is_by_field(file):
        return [FieldChange(file.key, file.path, edit.path, edit.old, edit.new, file.action) for edit in file.edits]
    said = snapshot.catalog.said(file.key)
    old = ABSENT if said is None else said
    text = ABSENT if new is None else new.decode()
    return [FieldChange(file.key, file.path, (), old, text, file.action)]


def _file_change(file: PlannedFile, operation: FileOperation, content: bytes | None) -> FileChange:
    after = None if operation.new_content is None else digest(operation.new_content)
    is_lost = content is not None and not is_by_field(file)
    old_text = content.decode("utf-8", errors="replace") if content is not None and is_lost else None
    return FileChange(operation.key, operation.path, operation.action, operation.old_digest, after, old_text)


def is_by_field(file: PlannedFile) -> bool:
    """Whether its edits say all that was there before, and will be."""
    return file.action is Action.UPDATE and file.text is None
