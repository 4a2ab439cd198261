"""What an apply is asked to do, and whether such a request can be meant for files of a catalogue at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.file_paths import is_of_catalog, is_of_settings
from modeltui.domain.text import safe
from modeltui.errors import RefusedError
from modeltui.storage import state_dir


class FileOperation(Struct, frozen=True):
    key: str
    path: str
    """Relative to the catalogue, such as `models/chat/x.toml`."""
    action: Action
    old_digest: str | None
    """SHA-256 that the file must have; None for a new file."""
    new_content: bytes | None
    """The whole file afterwards; None for a deletion, and where `late` makes it."""
    is_of_lock_only: bool = False
    """Only `[lock]` differs: the one thing that may be done to a locked file. Verified, not believed."""
    is_pulled: bool = False
    """It comes from another clone, where a locked file may have been unlocked since. Verified, not believed."""
    is_chosen: bool = False
    """Somebody who may unlock was shown the lock that a pull would pass over, and chose this content."""
    late: Callable[[], bytes | None] | None = None
    """Makes the whole file when it is wanted: some are written while others are made. Raises RefusedError."""

    def content(self) -> bytes | None:
        """The whole file afterwards; None for a deletion. Raises RefusedError."""
        return self.new_content if self.late is None else self.late()


class ApplyRequest(Struct, frozen=True):
    id: str
    """Unique for ever; becomes part of file names."""
    by: str
    """The user whose queue holds `change_ids`."""
    host: str
    at: datetime
    reason: str
    operations: tuple[FileOperation, ...]
    change_ids: tuple[str, ...]
    record: Mapping[str, Any]
    """The history record as JSON; kept in the journal, so that whoever recovers can write it."""
    complete: Callable[[Mapping[str, Any], Mapping[str, str]], Mapping[str, Any]] | None = None
    """Puts into the record the digests, by path, of the contents that were made late."""

    holds: Callable[[], None] | None = None
    """Asked under the mutex, before anything is staged. Raises ConflictError where its ground is another by now."""

    @property
    def is_pull(self) -> bool:
        return is_of_pull(self.record)


class Settler(Protocol):
    def settle(self, user: str, ids: Collection[str], apply_id: str) -> None:
        """Drop applied changes from the user's queue, durably. May come twice."""


def check_request(request: ApplyRequest) -> None:
    """Raises RefusedError for what no plan of ours asks for: a crafted path, a file twice, contents that do not fit."""
    if not state_dir.is_id(request.id):
        raise RefusedError(f"{safe(request.id)!r} cannot name an apply")
    paths = [operation.path for operation in request.operations]
    for operation in request.operations:
        check_path(operation.path, of_pull=request.is_pull)
        _check_contents(operation)
    if len(set(paths)) != len(paths):
        raise RefusedError("one file is named twice in a plan", hint="make the plan again")


def is_of_pull(record: Mapping[str, Any]) -> bool:
    """Whether a record is of what another clone made. Only that changes settings, providers and presets as well."""
    return isinstance(record.get("pull"), Mapping)


def check_path(path: str, *, of_pull: bool = False) -> None:
    """Raises RefusedError for a path that is not that of a model's or a workflow's file."""
    if not (is_of_catalog(path) or (of_pull and is_of_settings(path))):
        raise RefusedError(f"{safe(path)!r} is not a file of the catalogue", hint="nothing was written")


def _check_contents(operation: FileOperation) -> None:
    has_old = operation.old_digest is not None
    has_new = operation.new_content is not None or operation.late is not None
    if (has_old, has_new) != (operation.action is not Action.CREATE, operation.action is not Action.DELETE):
        raise RefusedError(f"the plan for {safe(operation.path)} contradicts itself", hint="make the plan again")
