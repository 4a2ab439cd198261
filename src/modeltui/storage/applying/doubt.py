"""An apply whose journal is not to be believed: what its stage shows by itself, and the ways out of it.

Nothing that the journal says is carried out, or read further than to distrust it. What a kept content is, its digest
tells: queued changes name the digest of each file before they were to be applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final, Literal

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.text import some_of
from modeltui.errors import BrokenFileError, InDoubtError
from modeltui.storage import state_dir
from modeltui.storage.applying import journal as journals
from modeltui.storage.applying import stage as stages
from modeltui.storage.applying.journal import Journal, Move
from modeltui.storage.applying.swap import aside_of
from modeltui.storage.fs import LARGEST_FILE, FileSystem, digest_of, exists, parent
from modeltui.storage.log_file import free_name
from modeltui.storage.other_queues import all_changes
from modeltui.storage.toml import codec

__all__ = ["Doubt", "KeptFile", "accepted", "doubt", "lost", "stand_in"]

_GENERATION: Final = "generation"


class KeptFile(Struct, frozen=True):
    kept: str
    """Where the content is, relative to the catalogue."""
    path: str | None = None
    """The file of the catalogue that it belongs to; None where that cannot be told."""
    holds: Literal["old", "new"] | None = None
    """`old`: the file has its new content now, and its old one is here. `new`: the other way round. None: not known."""


class Doubt(Struct, frozen=True):
    """What is known of it without the journal."""

    journals: tuple[str, ...]
    """The journals that are not believed."""
    stages: tuple[str, ...]
    """Where the contents are kept."""
    kept: tuple[KeptFile, ...]
    made: tuple[str, ...]
    """New files, by the uids that wait in a queue, which the apply had put in place."""
    why_not_back: str | None
    """Why it cannot be undone; None where every kept content is proved to be the old or the new one of one file."""


class _Evidence(Struct, frozen=True):
    """What the queues say of files before an apply."""

    by_digest: Mapping[str, frozenset[str]]
    """Paths by the digest that a change was made on."""
    old_by_uid: Mapping[str, str]
    """Paths of files that are as before, by the uid in them."""
    made: tuple[str, ...]


def doubt(fs: FileSystem) -> Doubt:
    """Reads only. Raises OSError."""
    evidence = _evidence(fs)
    ids = sorted(filter(None, (state_dir.staged_id(name) for name in fs.list(state_dir.STATE))))
    kept = tuple(each for apply_id in ids for each in _kept(fs, apply_id, evidence))
    return Doubt(
        journals=tuple(name for name in (state_dir.JOURNAL, state_dir.ABORT) if exists(fs, name)),
        stages=tuple(map(state_dir.stage_of, ids)),
        kept=kept,
        made=evidence.made,
        why_not_back=_why_not_back(ids, kept),
    )


def lost(fs: FileSystem, journal: Journal) -> str | None:
    """Which old contents of an apply are gone, so that it cannot be undone; None where none is. Raises OSError."""
    gone = [move.path for move in journal.moves if move.action is not Action.CREATE and _is_lost(fs, move)]
    return f"the old content of {some_of(gone, len(gone), 2)} is gone" if gone else None


def _is_lost(fs: FileSystem, move: Move) -> bool:
    is_kept = exists(fs, move.spare) or exists(fs, aside_of(move.spare))
    return not is_kept and digest_of(fs, move.path) == move.new


def stand_in(fs: FileSystem) -> tuple[Journal, str]:
    """Put a journal of our own in the place of those in doubt, which undoes the apply; and where all new is kept.

    Under the mutex. It stays in doubt, whatever stops us, until our journal is durable. Raises InDoubtError where it
    is not proved what was before, OSError.
    """
    found = doubt(fs)
    if found.why_not_back is not None:
        raise InDoubtError(
            f"it cannot be undone without its journal: {found.why_not_back}",
            hint="`modeltui recover --details` says what is known; --accept leaves the files as they are now",
        )
    apply_id = found.stages[0].partition("txn-")[2]
    rescue = _rescue_directory(fs)
    _keep_new(fs, found, rescue)
    _number_anew(fs, found)
    journal = _journal(fs, apply_id, doubt(fs))
    _put_in_place(fs, journal, rescue)
    return journal, rescue


def accepted(fs: FileSystem) -> tuple[str, ...]:
    """Leave every file as it is; where the journals and all that they speak of are kept now. Under the mutex.

    The journals go last, so that it stays in doubt until all is done. Raises OSError.
    """
    rescue = _rescue_directory(fs)
    kept = []
    for apply_id in filter(None, map(state_dir.staged_id, sorted(fs.list(state_dir.STATE)))):
        for spare in stages.waiting_outside(fs, {apply_id}):
            fs.rename(spare, free_name(fs, f"{rescue}/{spare.replace('/', '_')}"))
            fs.sync_directory(parent(spare))
        kept.append(f"{rescue}/txn-{apply_id}")
        fs.rename(state_dir.stage_of(apply_id), kept[-1])
    fs.sync_directory(rescue)
    doubtful = (name for name in (state_dir.ABORT, state_dir.JOURNAL) if exists(fs, name))
    return (*kept, *(_put_aside(fs, name, rescue) for name in doubtful))


def _evidence(fs: FileSystem) -> _Evidence:
    by_digest: dict[str, set[str]] = {}
    old_by_uid: dict[str, str] = {}
    made: list[str] = []
    for change in all_changes(fs):
        if change.action is Action.CREATE:
            content = _content(fs, change.path)
            if content is not None and change.text and _uid(content) == _uid(change.text.encode()) is not None:
                made.append(change.path)
        elif change.base is not None:
            by_digest.setdefault(change.base, set()).add(change.path)
    for base, paths in by_digest.items():
        for path in paths:
            content = _content(fs, path)
            if content is not None and digest(content) == base and (uid := _uid(content)):
                old_by_uid[uid] = path
    named = {base: frozenset(paths) for base, paths in by_digest.items()}
    return _Evidence(named, old_by_uid, tuple(dict.fromkeys(made)))


def _kept(fs: FileSystem, apply_id: str, evidence: _Evidence) -> Iterator[KeptFile]:
    stage = state_dir.stage_of(apply_id)
    for name in sorted(stages.listed(fs, stage), key=lambda name: (len(name), name)):
        if name != _GENERATION:
            yield _recognized(fs, f"{stage}/{name}", evidence)
    for spare in stages.waiting_outside(fs, {apply_id}):
        yield KeptFile(spare, None, "new")


def _recognized(fs: FileSystem, kept: str, evidence: _Evidence) -> KeptFile:
    content = _content(fs, kept)
    if content is None or not kept.rpartition("/")[2].isdecimal():
        return KeptFile(kept)
    name = digest(content)
    paths = evidence.by_digest.get(name, frozenset())
    if len(paths) == 1 and digest_of(fs, path := min(paths)) not in {name, "-"}:
        return KeptFile(kept, path, "old")
    if not paths and (owner := evidence.old_by_uid.get(_uid(content) or "")) is not None:
        return KeptFile(kept, owner, "new")
    return KeptFile(kept)


def _why_not_back(ids: list[str], kept: tuple[KeptFile, ...]) -> str | None:
    if len(ids) != 1:
        return "its stage is not there" if not ids else "there is more than one stage"
    unknown = [each.kept for each in kept if each.holds is None]
    if unknown:
        more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        return f"no queue tells of which file {unknown[0]}{more} is the old or the new content"
    paths = [each.path for each in kept if each.path is not None]
    if len(set(paths)) != len(paths):
        return "two contents are kept of one file"
    return None if kept else "its stage holds nothing"


def _keep_new(fs: FileSystem, found: Doubt, rescue: str) -> None:
    """Copies of all new contents: what was put into the files may have been edited since."""
    new = [each.path if each.holds == "old" else each.kept for each in found.kept]
    for path in (*new, *found.made):
        if path is not None and (content := _content(fs, path)) is not None:
            name = free_name(fs, f"{rescue}/{path.replace('/', '_')}")
            fs.create(name, content, state_dir.file_mode(fs))
            fs.sync_file(name)
    fs.sync_directory(rescue)
    for each in found.kept:
        if each.path is None:
            fs.unlink(each.kept)


def _number_anew(fs: FileSystem, found: Doubt) -> None:
    """A journal names the files of its stage by their place in it."""
    for number, each in enumerate(each for each in found.kept if each.path is not None):
        if each.kept != (name := f"{parent(each.kept)}/{number}"):
            fs.rename(each.kept, name)


def _journal(fs: FileSystem, apply_id: str, found: Doubt) -> Journal:
    moves = [move for each in found.kept if (move := _move(fs, each)) is not None]
    for path in found.made:
        spare = f"{parent(path)}/{state_dir.spare_name(apply_id, len(moves))}"
        moves.append(Move(path, Action.CREATE, None, digest_of(fs, path), spare))
    return Journal(apply_id, "", tuple(moves), (), (), {"id": apply_id}, "back")


def _move(fs: FileSystem, each: KeptFile) -> Move | None:
    if each.path is None:
        return None
    here, there = digest_of(fs, each.path), digest_of(fs, each.kept)
    old, new = (there, here) if each.holds == "old" else (here, there)
    return Move(each.path, Action.DELETE if new is None else Action.UPDATE, old, new, each.kept)


def _put_in_place(fs: FileSystem, journal: Journal, rescue: str) -> None:
    """First one doubtful journal in the first name, then ours in the second, then the doubtful one away."""
    if exists(fs, state_dir.ABORT):
        if exists(fs, state_dir.JOURNAL):
            _put_aside(fs, state_dir.ABORT, rescue)
        else:
            fs.rename(state_dir.ABORT, state_dir.JOURNAL)
    journals.write_draft(fs, journal)
    fs.rename(state_dir.DRAFT, state_dir.ABORT)
    fs.sync_directory(state_dir.STATE)
    _put_aside(fs, state_dir.JOURNAL, rescue)


def _put_aside(fs: FileSystem, name: str, rescue: str) -> str:
    kept = free_name(fs, f"{rescue}/{name.rpartition('/')[2]}")
    fs.rename(name, kept)
    fs.sync_directory(rescue)
    fs.sync_directory(state_dir.STATE)
    return kept


def _rescue_directory(fs: FileSystem) -> str:
    """A new one, for what this doubt leaves."""
    with suppress(FileExistsError):
        fs.make_directory(state_dir.RESCUED, state_dir.directory_mode(fs))
    name = free_name(fs, f"{state_dir.RESCUED}/doubt")
    fs.make_directory(name, state_dir.directory_mode(fs))
    fs.sync_directory(state_dir.RESCUED)
    fs.sync_directory(state_dir.STATE)
    return name


def _content(fs: FileSystem, path: str) -> bytes | None:
    try:
        return fs.read(path, LARGEST_FILE)
    except OSError:
        return None


def _uid(content: bytes) -> str | None:
    """The uid that a text of a model says."""
    try:
        uid = codec.parse(content).get("uid")
    except BrokenFileError:
        return None
    return uid.casefold() if isinstance(uid, str) else None
