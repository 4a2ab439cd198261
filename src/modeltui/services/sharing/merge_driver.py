"""What git calls for a file that both sides changed: fields are merged by what they say, other files by their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from modeltui.domain.document import format_field
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.outside import read_outside, write_outside
from modeltui.storage.toml.merging import breach, merge_texts, with_markers

if TYPE_CHECKING:
    from modeltui.domain.merging.merge import Clash

__all__ = ["Driven", "merge_files"]


class Driven(Struct, frozen=True):
    clashes: tuple[str, ...] = ()
    """The fields in conflict; `the file` where it is one as a whole."""
    note: str | None = None

    @property
    def is_clean(self) -> bool:
        return not self.clashes


def merge_files(base: str, ours: str, theirs: str) -> Driven:
    """Write the merge into the file `ours`, with conflict markers where it leaves conflicts.

    Raises UsageError or RefusedError for a file that cannot be read or written.
    """
    texts = read_outside(base), read_outside(ours), read_outside(theirs)
    try:
        found = merge_texts(*texts, _lines)
        result = found.content if not found.clashes else with_markers(found.content, found.other)
        driven = Driven(tuple(map(_named, found.clashes)), found.note)
    except (BrokenFileError, EditRefusedError):
        result, driven = _by_lines(*texts)
    write_outside(ours, result, replaces=True)
    return driven


def _named(clash: Clash) -> str:
    name = format_field(clash.path) or "the file"
    return f"{name}: {clash.why}" if clash.why else name


def _by_lines(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, Driven]:
    """As git does without a driver. What is no text stays as ours, in conflict; what a lock holds is marked whole."""
    if _is_held(base, ours) or _is_held(base, theirs):
        return with_markers(ours, theirs), Driven(("the file: a locked file was broken",))
    if base in {ours, theirs} or ours == theirs:
        return theirs if ours == base else ours, Driven()
    from modeltui.history.git import GitError  # noqa: PLC0415  # for what is no TOML only
    from modeltui.history.text_merge import merged_lines  # noqa: PLC0415

    try:
        result, is_clean = merged_lines(base, ours, theirs)
    except GitError:
        return ours, Driven(("the file",))
    if is_clean and (_is_held(ours, result) or _is_held(theirs, result)):
        return with_markers(ours, theirs), Driven(("the file: a lock forbids it",))
    return result, Driven(() if is_clean else ("the lines that are marked",), "it was merged by its lines")


def _is_held(base: bytes, side: bytes) -> bool:
    """Whether a side breaks a lock."""
    try:
        return breach(base, side) is not None
    except BrokenFileError:
        return False


def _lines(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    from modeltui.history.text_merge import clean_lines  # noqa: PLC0415  # few merges ask for it

    return clean_lines(base, ours, theirs)
