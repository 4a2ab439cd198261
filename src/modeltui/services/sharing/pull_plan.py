"""What a pull would do: the commits that come in, the files that change, and what is in conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, differences, get
from modeltui.domain.merging.merge import Clash
from modeltui.errors import BrokenFileError
from modeltui.history.record import ApplyRecord, FieldChange, FileChange
from modeltui.history.remotes import Apart, Upstream
from modeltui.services.identity import Stamp
from modeltui.services.sharing.tree_merge import MergedFile
from modeltui.storage.toml.codec import fast_parse


class FileSwitch(Struct, frozen=True):
    """One file of the catalogue, from what HEAD has to what it is to hold."""

    key: str
    path: str
    """Relative to the catalogue."""
    before: bytes | None
    after: bytes | None
    is_chosen: bool = False

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        return Action.DELETE if self.after is None else Action.UPDATE


class PullPlan(Struct, frozen=True):
    upstream: Upstream
    head: str
    """The commit that is checked out."""
    other: str
    """The one that comes in."""
    apart: Apart
    commits: tuple[ApplyRecord, ...] = ()
    """Theirs, newest first, as far as they touched models."""
    files: tuple[MergedFile, ...] = ()
    """What would be held otherwise, and what is in conflict."""
    switches: tuple[FileSwitch, ...] = ()
    """Those of the catalogue."""
    changes: tuple[FieldChange, ...] = ()
    """What they come to, by model and field."""
    is_forward: bool = False
    """Whether nothing has to be merged: all that is here is there as well."""
    taken_out: int = 0
    """Commits of ours that were there once: somebody rewrote that branch."""
    faults: tuple[str, ...] = ()
    """What would be wrong in models that are merged."""

    @property
    def clashes(self) -> tuple[tuple[str, Clash], ...]:
        """By key."""
        return tuple((file.key, clash) for file in self.files for clash in file.clashes)

    @property
    def others(self) -> tuple[str, ...]:
        """Files that are none of the catalogue's, from the top of the work tree."""
        ours = {switch.key for switch in self.switches}
        return tuple(file.path for file in self.files if file.key not in ours and not file.clashes)

    @property
    def notes(self) -> tuple[str, ...]:
        of_files = tuple(f"{file.key}: {file.note}" for file in self.files if file.note)
        return (*rewritten(self.upstream, self.taken_out), *of_files, *self.faults)


def rewritten(upstream: Upstream, taken_out: int) -> tuple[str, ...]:
    """What is to be known of a branch from which commits were taken out that are still here."""
    if not taken_out:
        return ()
    what, then = "a commit that is still here was", "it goes"
    if taken_out > 1:
        what, then = f"{taken_out} commits that are still here were", "they go"
    return (f"{upstream.name} was rewritten: {what} taken out there; {then} back with a push",)


def pull_record(plan: PullPlan, stamp: Stamp) -> ApplyRecord:
    by_field = {change.key for change in plan.changes if change.field}
    return ApplyRecord(
        id=stamp.id,
        at=stamp.at,
        by=stamp.by,
        host=stamp.host,
        reason=stamp.reason,
        changes=plan.changes,
        files=tuple(_file_change(switch, is_by_field=switch.key in by_field) for switch in plan.switches),
    )


def changes_of(switch: FileSwitch) -> Iterator[FieldChange]:
    """By field where both sides can be read; a lock is told as a whole, as an apply does."""
    found: Mapping[FieldPath, tuple[Value | Absent, Value | Absent]] = {}
    if switch.before is not None and switch.after is not None:
        with suppress(BrokenFileError):
            found = dict(_differing(fast_parse(switch.before), fast_parse(switch.after)))
    for path, (old, new) in found.items():
        yield FieldChange(switch.key, switch.path, path, old, new, switch.action)
    if not found:
        yield FieldChange(switch.key, switch.path, (), _old(switch), _text(switch.after), switch.action)


def _differing(before: Document, after: Document) -> Iterator[tuple[FieldPath, tuple[Any, Any]]]:
    for path, old, new in differences(before, after):
        if path[0] == "lock":
            yield ("lock",), (get(before, ("lock",)), get(after, ("lock",)))
        else:
            yield path, (old, new)


def _old(switch: FileSwitch) -> Value | Absent:
    if switch.before is None:
        return ABSENT
    with suppress(BrokenFileError):
        return fast_parse(switch.before)
    return _text(switch.before)


def _text(content: bytes | None) -> Value | Absent:
    return ABSENT if content is None else content.decode("utf-8", errors="replace")


def _file_change(switch: FileSwitch, *, is_by_field: bool) -> FileChange:
    """A file of which not the fields tell what was there keeps its old text."""
    before, after = (None if each is None else digest(each) for each in (switch.before, switch.after))
    old_text = None if switch.before is None or is_by_field else str(_text(switch.before))
    return FileChange(switch.key, switch.path, switch.action, before, after, old_text)
