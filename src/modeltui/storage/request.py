"""What an apply is asked to do, and whether such a request can be meant for files of a catalogue at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from modeltui.domain.change import Action
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
    """The whole file afterwards; None for a deletion."""
    is_of_lock_only: bool = False
    """Only `[lock]` differs: the one thing that may be done to a locked file. Verified, not believed."""


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


class Settler(Protocol):
    def settle(self, user: str, ids: Collection[str], apply_id: str) -> None:
        """Drop applied changes from the user's queue, durably. May come twice."""


def check_request(request: ApplyRequest) -> None:
    """Raises RefusedError for what no plan of ours asks for: a crafted path, a file twice, contents that do not fit."""
    if not state_dir.is_id(request.id):
        raise RefusedError(f"{safe(request.id)!r} cannot name an apply")
    paths = [operation.path for operation in request.operations]
    for operation in request.operations:
        check_path(operation.path)
        _check_contents(operation)
    if len(set(paths)) != len(paths):
        raise RefusedError("one file is named twice in a plan", hint="make the plan again")


def check_path(path: str) -> None:
    """Raises RefusedError for a path that is not that of a TOML file inside the catalogue."""
    parts = path.split("/")
    is_odd = "\0" in path or "\\" in path or any(part == "" or part.startswith(".") for part in parts)
    if is_odd or not path.endswith(".toml"):
        raise RefusedError(f"{safe(path)!r} is not a file of the catalogue", hint="nothing was written")


def _check_contents(operation: FileOperation) -> None:
    has_old, has_new = operation.old_digest is not None, operation.new_content is not None
    if (has_old, has_new) != (operation.action is not Action.CREATE, operation.action is not Action.DELETE):
        raise RefusedError(f"the plan for {safe(operation.path)} contradicts itself", hint="make the plan again")
