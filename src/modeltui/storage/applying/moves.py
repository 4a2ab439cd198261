"""Each file of an apply from old to new and back, as often as asked; an outsider's edit always wins."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import Final

from modeltui.domain.change import Action
from modeltui.errors import InDoubtError
from modeltui.storage import state_dir
from modeltui.storage.applying.journal import Journal, Move, Way
from modeltui.storage.applying.swap import OutsiderError, Swap
from modeltui.storage.fs import FileSystem, digest_of, parent
from modeltui.storage.log_file import free_name

_MOST_RETURNS: Final = 100
"""Times that an outsider may replace a file while we hand it back."""

_NOT_EMPTY: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR})


class Moves:
    """Where a move stands is read from its spare: new there means not yet, old there means done."""

    def __init__(self, fs: FileSystem, journal: Journal) -> None:
        self._fs = fs
        self._journal = journal
        self._swap = Swap(fs)

    @property
    def is_weak(self) -> bool:
        """Whether this file system made us do without exchange."""
        return self._swap.is_by_link

    def forward(self, *, is_fresh: bool) -> None:
        """Put every new content in place. Raises OutsiderError, with the outsider's bytes back in their place."""
        self._mark_generation()
        if not is_fresh:
            self._mend()
        for directory in self._journal.directories:
            with suppress(FileExistsError):
                self._fs.make_directory(directory, state_dir.inherited_mode(self._fs, parent(directory)))
            self._fs.sync_directory(parent(directory))  # before a file that stands nowhere else is moved into it
        for move in self._journal.moves:
            if is_fresh or not self._is_done(move):
                self._put(move)

    def back(self) -> None:
        """Put every old content back, but where an outsider has written since. Raises InDoubtError if it is gone."""
        self._mend()
        for move in reversed(self._journal.moves):
            self._take_back(move)
        for directory in reversed(self._journal.directories):
            self._remove_if_empty(directory)

    def touched(self) -> list[str]:
        """The directories whose names changed, those to be synced."""
        files = {parent(path) for move in self._journal.moves for path in (move.path, move.spare)}
        made = {path for made in self._journal.directories for path in (made, parent(made))}
        return sorted(path for path in files | made if self._is_directory(path))

    def rescue(self, way: Way) -> list[str]:
        """Keep every spare whose content stands nowhere else; the names under which they are kept."""
        return [self._keep(move) for move in self._journal.moves if not self._is_expendable(move, way)]

    def _mend(self) -> None:
        """No move stands between not yet and done any more."""
        for move in self._journal.moves:
            self._swap.mend(move.path, move.spare)

    def _mark_generation(self) -> None:
        """A reader that began before the journal was there sees by this that it must begin again."""
        with suppress(FileNotFoundError):
            self._fs.rename(state_dir.next_generation(self._journal.id), state_dir.GENERATION)

    def _is_done(self, move: Move) -> bool:
        spare = digest_of(self._fs, move.spare)
        match move.action:
            case Action.CREATE if spare is None and digest_of(self._fs, move.path) is None:
                raise OutsiderError(move.path)
            case Action.CREATE:
                return spare is None
            case Action.DELETE if spare is None:
                return False
            case Action.UPDATE if spare == move.new:
                return False
            case Action.UPDATE if spare is None and digest_of(self._fs, move.path) == move.new:
                return True
        if spare != move.old:
            raise OutsiderError(move.path)
        return True

    def _put(self, move: Move) -> None:
        match move.action:
            case Action.CREATE:
                self._put_new(move)
            case Action.UPDATE:
                self._replace(move)
            case Action.DELETE:
                self._remove(move)

    def _put_new(self, move: Move) -> None:
        try:
            self._swap.move(move.spare, move.path)
        except FileExistsError as error:
            raise OutsiderError(move.path) from error

    def _replace(self, move: Move) -> None:
        self._swap.exchange(move.path, move.spare)
        if digest_of(self._fs, move.spare) != move.old:
            self._hand_back(move, move.new)
            raise OutsiderError(move.path)

    def _remove(self, move: Move) -> None:
        try:
            self._swap.move(move.path, move.spare)
        except FileNotFoundError:
            return
        if digest_of(self._fs, move.spare) != move.old:
            with suppress(FileExistsError):
                self._swap.move(move.spare, move.path)
            raise OutsiderError(move.path)

    def _hand_back(self, move: Move, placed: str | None) -> None:
        """Exchange until we get back what we placed: then nobody wrote between, and the last word is theirs."""
        for _ in range(_MOST_RETURNS):
            placing = digest_of(self._fs, move.spare)
            self._swap.exchange(move.path, move.spare)
            if digest_of(self._fs, move.spare) == placed:
                return
            placed = placing
        raise InDoubtError(f"{move.path} keeps changing", hint="stop what writes it, then `modeltui recover`")

    def _take_back(self, move: Move) -> None:
        match move.action:
            case Action.CREATE:
                self._take_back_new(move)
            case Action.UPDATE:
                self._restore(move)
            case Action.DELETE:
                with suppress(FileExistsError, FileNotFoundError):
                    self._swap.move(move.spare, move.path)

    def _take_back_new(self, move: Move) -> None:
        if digest_of(self._fs, move.spare) is not None or digest_of(self._fs, move.path) != move.new:
            return
        self._swap.move(move.path, move.spare)
        if digest_of(self._fs, move.spare) != move.new:
            with suppress(FileExistsError):
                self._swap.move(move.spare, move.path)

    def _restore(self, move: Move) -> None:
        spare = digest_of(self._fs, move.spare)
        if spare is None and digest_of(self._fs, move.path) == move.new:
            raise InDoubtError(
                f"the old content of {move.path} is gone from {parent(move.spare)}",
                hint="recover forward: the new contents are complete",
            )
        if spare is not None and spare != move.new:
            with suppress(OutsiderError):
                self._hand_back(move, move.new)

    def _is_expendable(self, move: Move, way: Way) -> bool:
        """What we wrote, or going forward what we replaced; not what another program wrote to the file that we took."""
        known = {None, move.new} if way == "back" else {None, move.new, move.old}
        return digest_of(self._fs, move.spare) in known

    def _keep(self, move: Move) -> str:
        with suppress(FileExistsError):
            self._fs.make_directory(state_dir.RESCUED, state_dir.directory_mode(self._fs))
        name = move.path.replace("/", "_")
        kept = free_name(self._fs, f"{state_dir.RESCUED}/{self._journal.id}-{name}")
        self._fs.rename(move.spare, kept)
        for directory in (state_dir.RESCUED, parent(move.spare), state_dir.STATE):
            self._fs.sync_directory(directory)
        return kept

    def _remove_if_empty(self, directory: str) -> None:
        try:
            self._fs.remove_directory(directory)
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise

    def _is_directory(self, path: str) -> bool:
        try:
            return self._fs.stat(path).kind == "directory"
        except (FileNotFoundError, NotADirectoryError):
            return False
