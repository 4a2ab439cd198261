"""The durable record of an apply in progress. Its rename into place is the commit point."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.errors import BrokenFileError, InDoubtError, RefusedError
from modeltui.storage import state_dir
from modeltui.storage.applying.request import check_path, is_of_pull
from modeltui.storage.fs import FileSystem, parent, reason_of

Way: TypeAlias = Literal["forward", "back"]

_VERSION: Final = 1
_LARGEST: Final = 2**29
_HEADER: Final = rb"modeltui-journal (\d{1,9}) ([0-9a-f]{64})"
_DIGEST: Final = r"[0-9a-f]{64}"


class Move(Struct, frozen=True):
    """One file from its old content to its new one."""

    path: str
    action: Action
    old: str | None
    """Digest before; None for a new file."""
    new: str | None
    """Digest afterwards; None for a deletion."""
    spare: str
    """Where the new content waits, and where the old one is kept once they were exchanged."""


class Journal(Struct, frozen=True):
    id: str
    by: str
    moves: tuple[Move, ...]
    directories: tuple[str, ...]
    """Those that new files need, outermost first."""
    change_ids: tuple[str, ...]
    record: Mapping[str, Any]
    way: Way = "forward"
    """`back` once it was decided to undo."""

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(move.path for move in self.moves)

    @property
    def is_stand_in(self) -> bool:
        """Whether it was made in the place of one that is not believed: it knows no way but back."""
        return self.record.keys() == {"id"}


def write_draft(fs: FileSystem, journal: Journal) -> None:
    """The whole journal under another name, durable."""
    with suppress(FileNotFoundError):
        fs.unlink(state_dir.DRAFT)
    fs.create(state_dir.DRAFT, encoded_journal(journal), state_dir.file_mode(fs))
    fs.sync_file(state_dir.DRAFT)


def publish(fs: FileSystem) -> None:
    """The commit point, once the state directory is synced as well."""
    fs.rename(state_dir.DRAFT, state_dir.JOURNAL)


def turn_back(fs: FileSystem) -> None:
    """Decide durably that the apply is undone."""
    fs.rename(state_dir.JOURNAL, state_dir.ABORT)
    fs.sync_directory(state_dir.STATE)


def turn_forward(fs: FileSystem) -> None:
    """Decide durably that the apply is finished after all."""
    fs.rename(state_dir.ABORT, state_dir.JOURNAL)
    fs.sync_directory(state_dir.STATE)


def end(fs: FileSystem, way: Way) -> str | None:
    """Nothing is in progress any more; a warning where a power cut could bring the journal back, without harm."""
    fs.unlink(state_dir.JOURNAL if way == "forward" else state_dir.ABORT)
    try:
        fs.sync_directory(state_dir.STATE)
    except OSError as error:
        return f"the end of the apply may be noted once more at the next start: {reason_of(error)}"
    return None


def find(fs: FileSystem) -> Journal | None:
    """The journal of an apply in progress or interrupted. Raises BrokenFileError when it is not to be believed.

    The order matters to a reader without the mutex: an apply that turns back renames the first name to the second.
    """
    ways: tuple[tuple[str, Way], ...] = ((state_dir.JOURNAL, "forward"), (state_dir.ABORT, "back"))
    for name, way in ways:
        try:
            return _read(fs, name, way)
        except (FileNotFoundError, NotADirectoryError):
            continue
    return None


def _read(fs: FileSystem, name: str, way: Way) -> Journal:
    if reason := state_dir.distrust(fs, name):
        raise BrokenFileError(f"{name} is not followed: {reason}")
    return decoded_journal(fs.read(name, _LARGEST), name, way)


def encoded_journal(journal: Journal) -> bytes:
    body = json.dumps(
        {
            "id": journal.id,
            "by": journal.by,
            "moves": [[move.path, move.action.value, move.old, move.new, move.spare] for move in journal.moves],
            "directories": journal.directories,
            "change_ids": journal.change_ids,
            "record": journal.record,
        },
        separators=(",", ":"),
    ).encode()
    return b"modeltui-journal %d %s\n%s\n" % (_VERSION, digest(body).encode(), body)


def decoded_journal(content: bytes, name: str = state_dir.JOURNAL, way: Way = "forward") -> Journal:
    """Raises BrokenFileError for what `encoded_journal` never makes: a checksum is no proof of good will.

    Raises InDoubtError for the journal of a newer program, which is not ours to set aside.
    """
    header, _, body = content.removesuffix(b"\n").partition(b"\n")
    match = re.fullmatch(_HEADER, header)
    if match is None or digest(body) != match[2].decode():
        raise _broken(name, "it is damaged")
    if int(match[1]) != _VERSION:
        raise InDoubtError(
            f"{name} is of version {int(match[1])}, and this program knows version {_VERSION}",
            hint="recover with the newer modeltui that wrote it",
        )
    try:
        return _journal(json.loads(body), way)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RefusedError) as error:
        raise _broken(name, "it says what no apply says") from error


def _broken(name: str, why: str) -> BrokenFileError:
    return BrokenFileError(f"{name} cannot be followed: {why}")


def _journal(json: Mapping[str, Any], way: Way) -> Journal:
    if not (isinstance(json["id"], str) and state_dir.is_id(json["id"]) and isinstance(json["record"], dict)):
        raise ValueError("no apply is named so")
    of_pull = is_of_pull(json["record"])
    return Journal(
        id=json["id"],
        by=str(json["by"]),
        moves=tuple(_move(json["id"], number, parts, of_pull=of_pull) for number, parts in enumerate(json["moves"])),
        directories=tuple(_directory(path, of_pull=of_pull) for path in json["directories"]),
        change_ids=tuple(str(change_id) for change_id in json["change_ids"]),
        record=json["record"],
        way=way,
    )


def _move(apply_id: str, number: int, parts: Any, *, of_pull: bool) -> Move:
    path, action, old, new, spare = parts
    check_path(path, of_pull=of_pull)
    move = Move(path, Action(action), old, new, spare)
    if (old is None, new is None) != (move.action is Action.CREATE, move.action is Action.DELETE):
        raise ValueError("digests that do not fit the action")
    if not all(re.fullmatch(_DIGEST, text) for text in (old, new) if text is not None):
        raise ValueError("not a digest")
    if not _is_spare(move, apply_id, number):
        raise ValueError("not a place where an apply keeps a file")
    return move


def _is_spare(move: Move, apply_id: str, number: int) -> bool:
    """Old files are kept in the stage; a new one waits in the directory of its target or in one above that."""
    if move.action is not Action.CREATE:
        return move.spare == f"{state_dir.stage_of(apply_id)}/{number}"
    above = parent(move.spare)
    is_above = above == "." or move.path.startswith(f"{above}/")
    return is_above and move.spare.rpartition("/")[2] == state_dir.spare_name(apply_id, number)


def _directory(path: str, *, of_pull: bool) -> str:
    check_path(f"{path}/x.toml", of_pull=of_pull)
    return path
