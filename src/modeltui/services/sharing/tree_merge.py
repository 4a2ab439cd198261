"""Two commits and the one that both come from, as one set of files: models by field, other files by their lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache as cached
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, same
from modeltui.domain.file_paths import is_of_catalog, is_of_settings, key_of
from modeltui.domain.lock import Lock, lock_of
from modeltui.domain.lock_text import may_name_lock
from modeltui.domain.merging.merge import Clash, Take, Whose
from modeltui.domain.text import safe
from modeltui.errors import BrokenFileError, EditRefusedError, RefusedError
from modeltui.history.text_merge import clean_lines
from modeltui.history.trees import Blob, Differing, Entry, NewFile, Trees
from modeltui.storage.state_names import STATE
from modeltui.storage.toml import codec
from modeltui.storage.toml.merging import breach, merge_texts

Choose: TypeAlias = Callable[[str, FieldPath], "Whose | None"]
"""Says whose value a field of a model gets, by key; None leaves it in conflict."""

_BOTH_CHANGED: Final = "both sides changed it, and it cannot be merged"


class MergedFile(Struct, frozen=True):
    path: str
    """From the top of the work tree."""
    key: str
    """Of a model or a workflow; else the path."""
    ours: Blob | None
    """What HEAD holds."""
    entry: Entry
    """What it is to hold."""
    clashes: tuple[Clash, ...] = ()
    note: str | None = None
    is_chosen: bool = False
    """Whether a lock was passed over, as somebody asked for."""

    @property
    def is_new_here(self) -> bool:
        """Whether HEAD holds something else."""
        return self.entry != self.ours


class Three(Struct, frozen=True):
    """Commits."""

    base: str
    """The one that both come from."""
    head: str
    """Ours."""
    other: str
    """Theirs."""


class _Sides(Struct, frozen=True):
    """One file in the three commits; it may be under another key in one of them."""

    path: str
    base: Blob | None
    ours: Blob | None
    theirs: Blob | None
    gone: str | None = None
    """The path under which we have it, where they moved it."""
    why: str = ""
    """Why it can only be taken from one of the sides, as a whole."""


class TreeMerge:
    def __init__(
        self,
        trees: Trees,
        three: Three,
        choose: Choose,
        applied: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`applied`: the files of the catalogue that applies changed there. Asked only where a lock is gone."""
        self._trees = trees
        self._applied = cached(applied)
        self._prefix = trees.prefix()
        self._ours = trees.differing(three.base, three.head)
        self._theirs = trees.differing(three.base, three.other)
        self._head = three.head
        self._choose = choose
        self._contents = trees.contents(self._wanted())

    def files(self) -> tuple[MergedFile, ...]:
        """What HEAD would hold otherwise, and what is in conflict, by path. Raises GitError, RefusedError."""
        for path in self._theirs:
            if STATE in path.split("/"):
                raise RefusedError(
                    f"{safe(path)} comes in, and nobody else may write {STATE}", hint="nothing was changed"
                )
        found = [file for sides in self._sides() for file in self._merged(sides)]
        return tuple(sorted(self._without_overlaps(found), key=lambda file: file.path))

    def content(self, entry: Entry) -> bytes | None:
        """Of a file. Raises RefusedError for one that is too large."""
        if isinstance(entry, NewFile):
            return entry.content
        if entry is None:
            return None
        if entry.id not in self._contents:
            raise RefusedError("a file of the catalogue is larger than any that is read", hint="merge it with git")
        return self._contents[entry.id]

    def is_of_catalog(self, path: str) -> bool:
        """Whether it is a file that an apply may write, or of the catalogue's settings."""
        below = path.removeprefix(self._prefix)
        return path.startswith(self._prefix) and (is_of_catalog(below) or is_of_settings(below))

    def path_in_catalog(self, path: str) -> str:
        return path.removeprefix(self._prefix)

    def _wanted(self) -> set[str]:
        found = set()
        for path, theirs in self._theirs.items():
            if self.is_of_catalog(path) or path in self._ours:
                found |= {blob.id for blob in (theirs.before, theirs.after) if blob}
        for path, ours in self._ours.items():
            if ours.after is not None and (path in self._theirs or (ours.before is None and self.is_of_catalog(path))):
                found.add(ours.after.id)
        return found

    # Which file is which

    def _sides(self) -> Iterator[_Sides]:
        moved_here, moved_there = self._moved(self._ours, self._theirs), self._moved(self._theirs, self._ours)
        taken = {*moved_there.values()}
        for path, theirs in self._theirs.items():
            if path in taken:
                continue
            ours = self._ours.get(path)
            if path in moved_here and path in moved_there:
                yield from self._moved_twice(path, moved_here[path], moved_there[path])
            elif path in moved_here:
                here = moved_here[path]
                yield _Sides(here, theirs.before, self._ours[here].after, theirs.after)
            elif path in moved_there:
                there = moved_there[path]
                ours_now = theirs.before if ours is None else ours.after
                yield _Sides(there, theirs.before, ours_now, self._theirs[there].after, gone=path)
            else:
                yield _Sides(path, theirs.before, theirs.before if ours is None else ours.after, theirs.after)

    def _moved(self, side: Mapping[str, Differing], other: Mapping[str, Differing]) -> dict[str, str]:
        """Files that one side has under another key, and the other side changed: from where to where."""
        gone = [path for path, each in side.items() if each.after is None and path in other and self._is_model(path)]
        if not gone:
            return {}
        made = {path: each.after for path, each in side.items() if each.before is None and self._is_model(path)}
        uids = {uid: path for path, blob in made.items() if (uid := self._uid(blob)) is not None}
        found = {path: uids.get(self._uid(side[path].before) or "") for path in gone}
        return {path: place for path, place in found.items() if place is not None}

    def _moved_twice(self, path: str, here: str, there: str) -> Iterator[_Sides]:
        base = self._ours[path].before
        ours, theirs = self._ours[here].after, self._theirs[there].after
        if here == there:
            yield _Sides(here, base, ours, theirs)
        else:
            why = f"moved here to {self._key(here)}, and there to {self._key(there)}"
            yield _Sides(there, base, ours, theirs, gone=here, why=why)

    def _is_model(self, path: str) -> bool:
        return path.startswith(self._prefix) and is_of_catalog(path.removeprefix(self._prefix))

    def _uid(self, blob: Blob | None) -> str | None:
        try:
            uid = codec.parse(self._contents.get(blob.id, b"")).get("uid") if blob else None
        except BrokenFileError:
            return None
        return uid.casefold() if isinstance(uid, str) else None

    # What becomes of it

    def _merged(self, sides: _Sides) -> Iterator[MergedFile]:
        if sides.why and self._choose(self._key(sides.path), ()) == "ours":
            return
        file = self._one(sides)
        if sides.gone is not None and sides.ours is not None and not file.clashes:
            yield MergedFile(sides.gone, self._key(sides.gone), sides.ours, None)
            file = MergedFile(file.path, file.key, None, file.entry, note=file.note, is_chosen=file.is_chosen)
        if file.clashes or file.is_new_here:
            yield file

    def _one(self, sides: _Sides) -> MergedFile:
        if sides.why:
            return self._as_a_whole(sides, sides.why)
        if sides.ours == sides.theirs:
            return self._file(sides, sides.ours)
        if (why := self._lifted_by_hand(sides)) is not None:
            return self._as_a_whole(sides, why, is_of_lock=True)
        if sides.ours == sides.base:
            return self._taken(sides)
        blobs = (sides.base, sides.ours, sides.theirs)
        if sides.ours is None or sides.theirs is None or not all(blob is None or blob.is_file for blob in blobs):
            return self._as_a_whole(sides, _whole_problem(sides))
        return self._both(sides, sides.ours, sides.theirs)

    def _taken(self, sides: _Sides) -> MergedFile:
        """They changed it, and we did not."""
        lock = self._breach(sides)
        if lock is None:
            return self._file(sides, sides.theirs)
        how = "removed" if sides.theirs is None else "changed"
        return self._as_a_whole(sides, f"{lock}, and was {how} there without an unlock", is_of_lock=True)

    def _base_that_may_be_locked(self, sides: _Sides) -> bytes | None:
        if sides.base is None or not sides.base.is_file or not self.is_of_catalog(sides.path):
            return None
        content = self._contents.get(sides.base.id, b"")
        return content if may_name_lock(content) else None

    def _lifted_by_hand(self, sides: _Sides) -> str | None:
        """That a lock is gone there, or is another one, and no apply of theirs touched the file."""
        base = self._base_that_may_be_locked(sides)
        if base is None or sides.theirs is None:
            return None
        try:
            before, after = codec.parse(base), codec.parse(self._contents.get(sides.theirs.id, b""))
        except BrokenFileError:
            return None
        lock = lock_of(before)
        if lock is None or same(before["lock"], after.get("lock", ABSENT)):
            return None
        paths = {self.path_in_catalog(path) for path in (sides.path, sides.gone) if path}
        if not paths.isdisjoint(self._applied()):
            return None
        how = "taken away" if lock_of(after) is None else "edited"
        return f"{lock}, and that was {how} there by hand"

    def _breach(self, sides: _Sides) -> Lock | None:
        old = self._base_that_may_be_locked(sides)
        if old is None:
            return None
        theirs = sides.theirs if sides.theirs is not None and sides.theirs.is_file else None
        try:
            return breach(old, self.content(theirs))
        except BrokenFileError:
            return None  # a broken file holds no lock that could be read

    def _both(self, sides: _Sides, ours: Blob, theirs: Blob) -> MergedFile:
        if any(blob is not None and blob.id not in self._contents for blob in (sides.base, ours, theirs)):
            return self._as_a_whole(sides, _BOTH_CHANGED)
        base, mine, other = (self.content(blob) or b"" for blob in (sides.base, ours, theirs))
        mode = theirs.mode if sides.base is not None and sides.base.mode == ours.mode else ours.mode
        key = self._key(sides.path)
        if self.is_of_catalog(sides.path):
            take: Take = lambda field: self._choose(key, field)  # noqa: E731
            try:
                found = merge_texts(base, mine, other, clean_lines, take)
            except (BrokenFileError, EditRefusedError):
                pass
            else:
                is_chosen = self._choose(key, ()) is not None and not found.clashes
                entry = self._entry(mode, found.content, ours, theirs)
                return self._file(sides, entry, found.clashes, found.note, is_chosen=is_chosen)
        lines = clean_lines(base, mine, other)
        if lines is None:
            return self._as_a_whole(sides, _BOTH_CHANGED)
        if self.is_of_catalog(sides.path) and any(_breaks_lock(side, lines) for side in (mine, other)):
            return self._as_a_whole(sides, "a lock, and the file is broken on the other side", is_of_lock=True)
        return self._file(sides, self._entry(mode, lines, ours, theirs))

    def _entry(self, mode: str, content: bytes, ours: Blob, theirs: Blob) -> Entry:
        for blob in (ours, theirs):
            if blob.mode == mode and self._contents.get(blob.id) == content:
                return blob
        return NewFile(mode, content)

    def _as_a_whole(self, sides: _Sides, why: str, *, is_of_lock: bool = False) -> MergedFile:
        whose = self._choose(self._key(sides.path), ())
        if whose == "ours":
            return self._file(sides, sides.ours)
        if whose == "theirs":
            return self._file(sides, sides.theirs, is_chosen=is_of_lock or sides.ours is not None)
        values = (self._said(sides.base), self._said(sides.ours), self._said(sides.theirs))
        return self._file(sides, sides.ours, (Clash((), *values, why),))

    def _said(self, blob: Blob | None) -> Value | Absent:
        if blob is None:
            return ABSENT
        content = self._contents.get(blob.id, b"")
        try:
            return codec.parse(content)
        except BrokenFileError:
            return content.decode(errors="replace")

    def _file(
        self,
        sides: _Sides,
        entry: Entry,
        clashes: tuple[Clash, ...] = (),
        note: str | None = None,
        *,
        is_chosen: bool = False,
    ) -> MergedFile:
        return MergedFile(sides.path, self._key(sides.path), sides.ours, entry, clashes, note, is_chosen)

    def _key(self, path: str) -> str:
        below = path.removeprefix(self._prefix)
        if not self.is_of_catalog(path):
            return path
        return key_of(below) if is_of_catalog(below) else below

    def _without_overlaps(self, files: list[MergedFile]) -> Iterator[MergedFile]:
        """A file where the other side has a folder is a conflict."""
        made = {file.path for file in files if file.ours is None and file.entry is not None}
        kept: set[str] = set()
        if made and self._ours:
            kept = set(self._trees.files(self._head)) - {file.path for file in files if file.entry is None}
        folders = {folder for path in kept for folder in _above(path)} if made else set()
        for file in files:
            if file.path in made and (file.path in folders or any(folder in kept for folder in _above(file.path))):
                why = "a file on one side is a folder on the other"
                yield MergedFile(file.path, file.key, None, None, (Clash((), ABSENT, ABSENT, ABSENT, why),))
            else:
                yield file


def _breaks_lock(side: bytes, content: bytes) -> bool:
    try:
        return breach(side, content) is not None
    except BrokenFileError:
        return False


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _whole_problem(sides: _Sides) -> str:
    if sides.ours is None:
        return "removed here, and changed there"
    if sides.theirs is None:
        return "changed here, and removed there"
    return _BOTH_CHANGED
