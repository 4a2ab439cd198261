"""Three texts of one TOML file to one: the fields by what they say, comments and layout as far as that is sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.document import Document, same
from modeltui.domain.lock import Lock, lock_of
from modeltui.domain.lock_text import without_lock
from modeltui.domain.merging.merge import Clash, Merge, Take, merged, with_edits
from modeltui.errors import BrokenFileError, EditRefusedError, UsageError
from modeltui.storage.toml import codec
from modeltui.storage.toml.editor import edited
from modeltui.storage.toml.line_merge import differing, merged_closely

MergeLines: TypeAlias = Callable[[bytes, bytes, bytes], bytes | None]
"""Base, ours and theirs, merged line by line; None where that leaves a conflict."""

_LOST: Final = "comments and order of their file are not taken: both sides changed more than fields"


class TextMerge(Struct, frozen=True):
    content: bytes
    """With our value of each field in conflict."""
    clashes: tuple[Clash, ...] = ()
    note: str | None = None
    """What was not merged, where that is no conflict."""
    other: bytes = b""
    """The same with their values, where there are conflicts."""


def merge_texts(
    base: bytes, ours: bytes, theirs: bytes, merge_lines: MergeLines, take: Take = lambda _: None
) -> TextMerge:
    """Raises BrokenFileError where one of them is no TOML, EditRefusedError where the result cannot be proved."""
    was, mine, other = codec.parse(base), codec.parse(ours), codec.parse(theirs)
    if theirs in {ours, base}:
        return _held(base, ours, theirs, TextMerge(ours), take)
    if ours == base:
        return _held(base, ours, theirs, TextMerge(theirs), take)
    merge = merged(was, mine, other, take)
    content, note = _text(_Three(base, ours, theirs, (was, mine, other)), merge, merge_lines)
    if not merge.clashes:
        return _held(base, ours, theirs, TextMerge(content, note=note), take)
    values = edited(content, [Edit(clash.path, clash.ours, clash.theirs) for clash in merge.clashes])
    return TextMerge(content, merge.clashes, note, values)


class _Three(Struct, frozen=True):
    """The texts, and what they say."""

    base: bytes
    ours: bytes
    theirs: bytes
    said: tuple[Document, Document, Document]


def _text(three: _Three, merge: Merge, merge_lines: MergeLines) -> tuple[bytes, str | None]:
    """The merged text, and what of its form is lost: a side that changed fields and no more loses nothing."""
    base, ours, theirs = three.base, three.ours, three.theirs
    was, mine, other = three.said
    if _is_by_field(base, theirs, was, other):
        return edited(ours, merge.into_ours), None
    if _is_by_field(base, ours, was, mine):
        return edited(theirs, merge.into_theirs), None
    wanted = with_edits(mine, merge.into_ours)
    for by_lines in (merge_lines, merged_closely):
        lines = by_lines(base, ours, theirs)
        if lines is not None and _says(lines, wanted):
            return lines, None
    return edited(ours, merge.into_ours), _LOST


def _is_by_field(base: bytes, side: bytes, was: Document, says: Document) -> bool:
    """Whether a side is the base with other values, and not with other comments or another order as well."""
    try:
        return edited(base, merged(was, was, says).into_ours) == side
    except (EditRefusedError, UsageError):
        return False


def _says(content: bytes, wanted: Document) -> bool:
    said = _parsed(content)
    return said is not None and same(said, wanted)


def _parsed(content: bytes) -> Document | None:
    try:
        return codec.parse(content)
    except BrokenFileError:
        return None


# Locks


def _held(base: bytes, ours: bytes, theirs: bytes, found: TextMerge, take: Take) -> TextMerge:
    """The merge, but in conflict as a whole where a lock forbids it; then nobody's fields are mixed."""
    why = lock_refusal(base, ours, theirs, found.content)
    if why is None:
        return found
    whose = take(())
    if whose is not None:
        return TextMerge(ours if whose == "ours" else theirs)
    clash = Clash((), codec.parse(base), codec.parse(ours), codec.parse(theirs), why)
    return TextMerge(ours, (clash,), other=theirs)


def lock_refusal(base: bytes, ours: bytes, theirs: bytes, content: bytes) -> str | None:
    """Why a lock forbids that these three become `content`; each is valid TOML."""
    for whose, side in (("ours", ours), ("theirs", theirs)):
        if side != base and (lock := breach(base, side)) is not None:
            where = "here" if whose == "ours" else "there"
            return f"{lock}, and was changed {where} without an unlock"
    lock = lock_of(codec.parse(content))
    if lock is None or content in {ours, theirs}:
        return None
    for side in (ours, theirs):
        if _has_lock_of(content, side) and without_lock(content) == without_lock(side):
            return None
    return f"{lock}, and the other side changed what that freezes"


def breach(old: bytes, new: bytes | None) -> Lock | None:
    """The lock of a file that was changed behind it, broken or removed; None where there is none, or it was lifted.

    To give back what was locked breaks nothing. Who locks anew unlocks before that: another lock holds what it was made
    on, which its digest tells. Raises BrokenFileError where the old content is no TOML.
    """
    lock = lock_of(codec.parse(old))
    if lock is None or old == new:
        return None
    said = None if new is None else _parsed(new)
    if new is None or said is None:
        return lock
    after = lock_of(said)
    if after is None:
        return None
    if _has_lock_of(old, new):
        is_restored = lock.fits(new) and not lock.fits(old)
        return None if is_restored or without_lock(old) == without_lock(new) else lock
    return None if after.digest is None or after.fits(new) else after


def _has_lock_of(one: bytes, other: bytes) -> bool:
    return same(codec.parse(one).get("lock"), codec.parse(other).get("lock"))


# For people


def with_markers(ours: bytes, theirs: bytes, names: tuple[str, str] = ("ours", "theirs")) -> bytes:
    """Ours, with conflict markers around the lines in which theirs differs, and around nothing else."""
    mine, other = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    end = b"\r\n" if b"\r\n" in ours else b"\n"
    parts: list[bytes] = []
    done = 0
    for start, stop, other_start, other_stop in differing(mine, other):
        parts += mine[done:start]
        parts += [b"<<<<<<< %s" % names[0].encode(), end, *_whole(mine[start:stop], end), b"=======", end]
        parts += [*_whole(other[other_start:other_stop], end), b">>>>>>> %s" % names[1].encode(), end]
        done = stop
    return b"".join((*parts, *mine[done:]))


def _whole(lines: Sequence[bytes], end: bytes) -> Iterator[bytes]:
    for line in lines:
        yield line if line.endswith(b"\n") else line + end
