"""Steps 2 and 3 of an apply: every new content complete and durable before the first file changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct, field

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.text import safe
from modeltui.errors import RefusedError
from modeltui.storage import state_dir
from modeltui.storage.applying.journal import Journal, Move
from modeltui.storage.applying.request import ApplyRequest, FileOperation
from modeltui.storage.applying.verify import existing_parent
from modeltui.storage.fs import FileSystem, UnkeptError, exists, parent

FEW: Final = 8
"""Files up to which syncing each is faster than syncing the file system."""


class Stage(Struct):
    """The moves of one apply while they are prepared."""

    fs: FileSystem
    apply_id: str
    moves: list[Move] = field(default_factory=list)
    new_owners: list[str] = field(default_factory=list)
    """Files that cannot keep their owner."""
    late: dict[str, str] = field(default_factory=dict)
    """Digests of what was made late, by path."""

    @property
    def directory(self) -> str:
        return state_dir.stage_of(self.apply_id)

    def begin(self) -> None:
        """Make the stage. What is there already under this name is another's."""
        self.fs.make_directory(self.directory, state_dir.directory_mode(self.fs))

    def fill(self, operations: Sequence[FileOperation]) -> None:
        """Write every new content, as they come. What changes nothing is left out. Raises RefusedError."""
        self.fs.sync_directory(state_dir.STATE)  # now `sweep` will know to look for new files elsewhere
        self.fs.create(state_dir.next_generation(self.apply_id), self.apply_id.encode(), state_dir.file_mode(self.fs))
        for operation in operations:
            content = operation.content()
            move = self._move(operation, content)
            if operation.late is not None and move.new is not None:
                self.late[move.path] = move.new
            if move.old != move.new:
                self.moves.append(move)
                self._write(move, content)

    def sync(self) -> None:
        """One sync for all, or one for each file when they are few; never a second attempt."""
        files = [move.spare for move in self.moves if move.new is not None]
        if len(files) > FEW and self.fs.sync_all():
            return
        for path in files:
            self.fs.sync_file(path)
        for directory in sorted({parent(path) for path in files}):
            self.fs.sync_directory(directory)

    def journal(self, request: ApplyRequest) -> Journal:
        return Journal(
            id=request.id,
            by=request.by,
            moves=tuple(self.moves),
            directories=tuple(missing_directories(self.fs, self.moves)),
            change_ids=request.change_ids,
            record=request.record if request.complete is None else request.complete(request.record, self.late),
        )

    def _move(self, operation: FileOperation, content: bytes | None) -> Move:
        number = len(self.moves)
        new = None if content is None else digest(content)
        return Move(operation.path, operation.action, operation.old_digest, new, self._spare(operation, number))

    def _spare(self, operation: FileOperation, number: int) -> str:
        """A new file waits beside its target, where it inherits the group and the default ACL that it is to have."""
        if operation.action is not Action.CREATE:
            return f"{self.directory}/{number}"
        home, name = existing_parent(self.fs, operation.path), state_dir.spare_name(self.apply_id, number)
        return name if home == "." else f"{home}/{name}"

    def _write(self, move: Move, content: bytes | None) -> None:
        if content is None:
            return
        if move.action is Action.CREATE:
            mode = state_dir.inherited_mode(self.fs, parent(move.spare))
            self.fs.create(move.spare, content, None if mode is None else mode & 0o666)
        elif not self._create_like(move, content):
            self.new_owners.append(move.path)

    def _create_like(self, move: Move, content: bytes) -> bool:
        """Whether the owner is kept. Raises RefusedError."""
        try:
            return self.fs.create_like(move.spare, content, move.path)
        except UnkeptError as error:
            raise RefusedError(
                f"{safe(move.path)}: {error.strerror}; nothing was written",
                hint="apply as a user who may give it, or take it off the file",
            ) from error


def missing_directories(fs: FileSystem, moves: Iterable[Move]) -> Iterator[str]:
    """The directories that new files need and that are not there, outermost first."""
    seen: set[str] = set()
    for move in moves:
        if move.action is Action.CREATE:
            home, missing = existing_parent(fs, move.path), parent(move.path)
            while missing != home and missing not in seen:
                seen.add(missing)
                missing = parent(missing)
    yield from sorted(seen)


def clear(fs: FileSystem, apply_id: str, spares: Iterable[str]) -> None:
    """Remove a stage and the new files that wait outside of it. Raises OSError; what is left then, `sweep` removes."""
    directory = state_dir.stage_of(apply_id)
    _remove_outside(fs, [spare for spare in spares if parent(spare) != directory and exists(fs, spare)])
    _remove_stage(fs, directory)


def sweep(fs: FileSystem) -> tuple[str, ...]:
    """Remove what applies left that never reached their journal. Under the mutex, with no journal in place.

    The directories that could not be looked into: new files may wait in them, so their stages stay, empty, as the sign
    that there is something to sweep. Raises OSError.
    """
    names = listed(fs, state_dir.STATE)
    left = {apply_id for name in names if (apply_id := state_dir.staged_id(name))}
    unseen: list[str] = []
    if left:
        _remove_outside(fs, waiting_outside(fs, left, unseen))
    for apply_id in left:
        _remove_stage(fs, state_dir.stage_of(apply_id), is_kept=bool(unseen))
    if state_dir.DRAFT.rpartition("/")[2] in names:
        fs.unlink(state_dir.DRAFT)
    return tuple(unseen)


def has_leftovers(fs: FileSystem) -> bool:
    """Whether `sweep` would find something."""
    draft = state_dir.DRAFT.rpartition("/")[2]
    return any(name == draft or state_dir.staged_id(name) for name in listed(fs, state_dir.STATE))


def waiting_outside(fs: FileSystem, ids: Collection[str], unseen: list[str] | None = None) -> list[str]:
    """The new files of these applies that wait beside their targets; `unseen` gets what cannot be looked into."""
    return list(_files_below(fs, ".", lambda name: state_dir.spare_id(name) in ids, [] if unseen is None else unseen))


def listed(fs: FileSystem, directory: str) -> list[str]:
    """The names in a directory; none where it is not there, or is no directory."""
    try:
        return fs.list(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove_outside(fs: FileSystem, paths: Collection[str]) -> None:
    """Durably, before the stage goes: it is by the stage that `sweep` knows of them."""
    for path in paths:
        fs.unlink(path)
    for directory in {parent(path) for path in paths}:
        fs.sync_directory(directory)


def _remove_stage(fs: FileSystem, directory: str, *, is_kept: bool = False) -> None:
    names = sorted(listed(fs, directory), key=lambda name: (len(name), name))  # as made: twice as fast on ext4
    if names:
        fs.unlink_all(directory, names)
    if not is_kept:
        with suppress(FileNotFoundError):
            fs.remove_directory(directory)


def _files_below(fs: FileSystem, directory: str, is_meant: Callable[[str], bool], unseen: list[str]) -> Iterator[str]:
    try:
        names = listed(fs, directory)
    except OSError:
        unseen.append(directory)
        return
    for name in names:
        path = name if directory == "." else f"{directory}/{name}"
        if is_meant(name):
            yield path
        elif not name.startswith("."):
            yield from _files_below(fs, path, is_meant, unseen)
