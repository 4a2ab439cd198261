"""What differs between two moments of the catalogue: in git by its trees, without git by walking our records back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, Document, differences, with_value
from modeltui.domain.file_paths import key_of
from modeltui.errors import BrokenFileError, NotFoundError, UsageError
from modeltui.history.commits import Commits
from modeltui.history.git import GitError
from modeltui.history.record import ApplyRecord, FieldChange
from modeltui.history.timeline import Timeline
from modeltui.services.current import Current
from modeltui.storage.toml.codec import fast_parse

_NOW: Final = "now"
_AT_ONCE: Final = 1000
"""Files of a commit that are read in one go."""


class Comparison(Struct, frozen=True):
    before: str
    """The two moments by their ids, or `now`."""
    after: str
    changes: tuple[FieldChange, ...]
    """By model; from the first moment to the second."""
    is_complete: bool = True
    """False where edits by hand between the two may be missing, since no commit holds them."""


class _Point(Struct, frozen=True):
    name: str
    commit: str | None = None
    """None: told from our records alone."""
    record: ApplyRecord | None = None
    """None: now, or a commit that is no record."""


class Comparer:
    def __init__(self, current: Current, timeline: Timeline, commits: Commits) -> None:
        self._current = current
        self._timeline = timeline
        self._commits = commits

    def compare(self, points: str, key: str | None) -> Comparison:
        before, dots, after = points.partition("..")
        if not dots or not before.strip() or after.startswith("."):
            raise UsageError(f"{points!r} is not A..B", hint="two applies or commits, or `A..` for until now")
        one, other = self._point(before.strip()), self._point(after.strip() or _NOW)
        try:
            states = [self._state(point, key) for point in (one, other)]
        except GitError as error:
            raise NotFoundError(error.message, hint=error.hint) from error
        is_complete = all(point.commit or point.name == _NOW for point in (one, other))
        return Comparison(one.name, other.name, tuple(_compared(*states)), is_complete)

    def _point(self, name: str) -> _Point:
        if name == _NOW:
            return _Point(_NOW)
        try:
            record = self._timeline.find(name)
        except NotFoundError:
            if commit := self._resolved(name):
                return _Point(commit, commit)
            raise
        is_kept = record.commit is not None and self._resolved(record.commit) is not None
        return _Point(record.id, record.commit if is_kept else None, record)

    def _resolved(self, name: str) -> str | None:
        return self._commits.resolve(name) if self._commits.is_there() else None

    def _state(self, point: _Point, key: str | None) -> Mapping[str, Document | str]:
        """What each model said then: its data, or its text where that cannot be read."""
        if point.commit is not None:
            return dict(self._committed(point.commit, key))
        documents = self._current.snapshot().catalog.documents
        wanted = documents if key is None else {key}
        now: dict[str, Document | str] = {name: each for name in wanted if (each := documents.get(name)) is not None}
        return now if point.record is None else _walked_back(now, self._after(point.record), key)

    def _committed(self, commit: str, key: str | None) -> Iterator[tuple[str, Document | str]]:
        blobs = {key_of(path): blob for path, blob in self._commits.tree(commit).items() if key in {None, key_of(path)}}
        for names in _batched(blobs, _AT_ONCE):
            contents = self._commits.contents({blobs[name] for name in names})
            for name in names:
                yield name, _read(contents.get(blobs[name]))

    def _after(self, record: ApplyRecord) -> Iterator[ApplyRecord]:
        for each in self._timeline.read():
            if each.id == record.id:
                return
            yield each


def _batched(names: Iterable[str], size: int) -> Iterator[list[str]]:
    waiting = list(names)
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


def _walked_back(
    now: dict[str, Document | str], records: Iterable[ApplyRecord], key: str | None
) -> dict[str, Document | str]:
    """How things stood before `records`, newest first."""
    for record in records:
        texts = {file.key: file.old_text for file in record.files}
        for change in reversed(record.changes):
            if key in {None, change.key}:
                _take_back(now, change, texts.get(change.key))
    return now


def _take_back(now: dict[str, Document | str], change: FieldChange, old_text: str | None) -> None:
    known = now.get(change.key)
    if change.action is Action.CREATE:
        now.pop(change.key, None)
    elif change.action is Action.DELETE or not change.field:
        if old_text is not None:
            now[change.key] = _read(old_text.encode(errors="replace"))
    elif isinstance(known, Mapping):
        try:
            now[change.key] = with_value(known, change.field, change.old)
        except UsageError:
            return


def _read(content: bytes | None) -> Document | str:
    if content is None:
        return "(too large to be shown)"
    try:
        return fast_parse(content)
    except BrokenFileError:
        return content.decode("utf-8", errors="replace")


def _compared(before: Mapping[str, Document | str], after: Mapping[str, Document | str]) -> Iterator[FieldChange]:
    for key in sorted(before.keys() | after.keys()):
        path = f"models/{key}.toml"
        old, new = before.get(key, ABSENT), after.get(key, ABSENT)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for field, was, now in differences(old, new):
                yield FieldChange(key, path, field, was, now, Action.UPDATE)
        elif old != new:
            action = Action.CREATE if old is ABSENT else Action.DELETE if new is ABSENT else Action.UPDATE
            yield FieldChange(key, path, (), old, new, action)
