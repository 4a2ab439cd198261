"""What readers see while an apply is in progress or interrupted: all files old or all new, never a mix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from modeltui.domain.digest import digest
from modeltui.errors import BrokenFileError, InDoubtError, ModeltuiError
from modeltui.storage.applying.unfinished import has_journal
from modeltui.storage.guard import read_file
from modeltui.storage.state_names import GENERATION

if TYPE_CHECKING:
    from modeltui.storage.applying.journal import Journal, Move
    from modeltui.storage.fs import FileSystem

Overlay: TypeAlias = Mapping[str, bytes | None]
"""Contents to be taken instead of the files of these paths; None where a file is to be seen as absent."""

Loaded = TypeVar("Loaded")

_TRIES: Final = 4
"""Times that a reader begins again before it waits for the writers to pause."""
_LARGEST_GENERATION: Final = 4096
"""Bytes."""
_LOOKS: Final = 8
"""Times that one content is looked for under its names, which may be exchanged between two looks."""


def consistently(
    root: str, load: Callable[[Overlay], Loaded], *, user: str = "", fs: FileSystem | None = None
) -> Loaded:
    """What `load` makes of the catalogue at one moment. It may be called again when an apply began meanwhile."""
    tries = _TRIES
    if fs is None:
        seen = _generation_below(root)
        if not has_journal(root):
            loaded = load({})
            if _generation_below(root) == seen:
                return loaded
            tries -= 1
    from modeltui.storage.mutex import Mutex, Waiting  # noqa: PLC0415  # 20 ms, for when somebody applies
    from modeltui.storage.real_fs import RealFs  # noqa: PLC0415

    system = fs or RealFs(root)
    for _ in range(tries):
        before = generation(system)
        loaded = load(overlay(system))
        if generation(system) == before:
            return loaded
    with Mutex(system, user, waiting=Waiting()).held("reading the catalogue"):
        return load(overlay(system))


def _generation_below(root: str) -> bytes:
    """As `generation`."""
    try:
        return read_file(root, GENERATION, limit=_LARGEST_GENERATION)
    except ModeltuiError:
        return b""


def generation(fs: FileSystem) -> bytes:
    """Differs once an apply has begun to change files."""
    try:
        return fs.read(GENERATION, _LARGEST_GENERATION)
    except OSError:
        return b""


def overlay(fs: FileSystem) -> Overlay:
    """New contents of an apply that goes forward, old ones of one that is undone; nothing when none is in progress."""
    from modeltui.storage.applying.journal import find  # noqa: PLC0415  # as above

    try:
        journal = find(fs)
    except (OSError, BrokenFileError, InDoubtError):
        return {}
    return {} if journal is None else dict(_seen(fs, journal))


def _seen(fs: FileSystem, journal: Journal) -> Iterator[tuple[str, bytes | None]]:
    for move in journal.moves:
        wanted = move.new if journal.way == "forward" else move.old
        if wanted is None:
            yield move.path, None
        elif (content := _content(fs, move, wanted)) is not None:
            yield move.path, content


def _content(fs: FileSystem, move: Move, wanted: str) -> bytes | None:
    """None where neither name holds it: then an outsider has written, and the file itself is what counts."""
    from modeltui.storage.applying.swap import aside_of  # noqa: PLC0415

    for _ in range(_LOOKS):
        for path in (move.path, move.spare, aside_of(move.spare)):
            content = _read(fs, path)
            if content is not None and digest(content) == wanted:
                return content
    return None


def _read(fs: FileSystem, path: str) -> bytes | None:
    from modeltui.storage.fs import LARGEST_FILE  # noqa: PLC0415  # as above

    try:
        return fs.read(path, LARGEST_FILE)
    except OSError:
        return None
