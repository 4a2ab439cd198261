"""What happened to the models, newest first: applies as we recorded them, and between them commits made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import chain
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, Document, differences, get, same
from modeltui.domain.file_paths import key_of, path_of
from modeltui.errors import BrokenFileError, NotFoundError, UsageError
from modeltui.history.commits import Commit, Commits, CommittedFile
from modeltui.history.git import GitError
from modeltui.history.record import ApplyRecord, FieldChange, FileChange
from modeltui.history.repository import HistoryRepository

Parse: TypeAlias = Callable[[bytes], Document]
"""Raises BrokenFileError."""

_Said: TypeAlias = Callable[["str | None"], "Document | None"]
"""The document in a blob; None where it cannot be read."""

_PAGES: Final = (50, 200, 800)
"""How many commits are read at once: few for a first screen, more for whoever goes on."""
_MOST_BETWEEN: Final = 10_000
"""Commits looked through for applies."""
_SHORTEST: Final = 4
"""Characters of an id that are taken for the whole."""


class Reading:
    """The records of one model or of all, read as they are asked for."""

    def __init__(self) -> None:
        self.records: Iterator[ApplyRecord] = iter(())
        self.trouble: str | None = None
        """Why commits are missing from what was read so far."""

    def __iter__(self) -> Iterator[ApplyRecord]:
        return self.records


class _Own(Struct, frozen=True):
    """The applies that we recorded, newest first."""

    records: Sequence[ApplyRecord]
    by_id: Mapping[str, int]
    by_commit: Mapping[str, int]


class Timeline:
    def __init__(self, repository: HistoryRepository, commits: Commits, parse: Parse) -> None:
        self._repository = repository
        self._commits = commits
        self._parse = parse

    def read(self, key: str | None = None) -> Reading:
        """Newest first; with `key` what touched that model. Each field of a rewritten file is told by itself."""
        reading = Reading()
        own = _own(self._repository.entries(key))
        merged = _merged(own, self._handmade(own, key, reading))
        reading.records = (self._by_field(record) for record in merged)
        return reading

    def find(self, name: str) -> ApplyRecord:
        """An apply by its id, or a commit, or the first characters of either that no other has.

        Raises NotFoundError, UsageError where several are meant.
        """
        own = _own(self._repository.entries())
        if name in own.by_id:
            return self._by_field(own.records[own.by_id[name]])
        near = [record for record in own.records if len(name) >= _SHORTEST and record.id.startswith(name)]
        if len(near) > 1:
            raise UsageError(f"{name!r} could be {near[0].id} or {near[1].id}", hint="write more of it")
        if near:
            return self._by_field(near[0])
        if (found := self._committed(name, own)) is None:
            raise NotFoundError(f"no apply or commit {name!r}", hint="`modeltui history` shows them")
        return found

    def between(self, old: str, new: str, count: int) -> list[ApplyRecord]:
        """What the commits of `new` that are no part of `old` did to models, newest first. Raises GitError.

        Of a merge only what is in none of its parents: the rest its parents tell.
        """
        found = self._commits.between(old, new, count)
        contents = self._contents(found)
        records = (_of_itself(self._record(commit, contents), commit, self._parsed(contents)) for commit in found)
        return [record for record in records if record.changes]

    def applied_between(self, old: str, new: str) -> frozenset[str]:
        """The files that commits of `new`, and not of `old`, changed which say to be applies. Raises GitError."""
        found = self._commits.between(old, new, _MOST_BETWEEN)
        return frozenset(file.path for commit in found if commit.applies for file in commit.files)

    def _committed(self, name: str, own: _Own) -> ApplyRecord | None:
        """What a commit did to models, or the apply that it holds."""
        noted = [commit for commit in own.by_commit if len(name) >= _SHORTEST and commit.startswith(name)]
        try:
            full = self._commits.resolve(name) if self._commits.is_there() else None
            if full is None and len(noted) == 1:
                [full] = noted
            if full is not None and full in own.by_commit:
                return self._by_field(own.records[own.by_commit[full]])
            commit = self._commits.one(full) if full else None
            if commit is None:
                return None
            contents = self._contents([commit])
        except GitError:
            return None
        position = self._position(commit, own, contents)
        return self._record(commit, contents) if position is None else self._by_field(own.records[position])

    def _handmade(self, own: _Own, key: str | None, reading: Reading) -> Iterator[int | ApplyRecord]:
        """Commits, newest first: those of our own as their position among our records."""
        path = path_of(key) if key is not None else None
        try:
            if not self._commits.is_there():
                return
            skip = 0
            for count in chain(_PAGES, _forever(_PAGES[-1])):
                page = self._commits.page(path, skip, count)
                yield from self._told(page, own, key)
                if len(page) < count and not self._commits.page(path, skip + count, 1):
                    return
                skip += count
        except GitError as error:
            reading.trouble = f"commits are not shown: {error.message}"

    def _told(self, page: Sequence[Commit], own: _Own, key: str | None) -> Iterator[int | ApplyRecord]:
        contents = self._contents([commit for commit in page if commit.id not in own.by_commit])
        for commit in page:
            position = self._position(commit, own, contents, key)
            if position is not None:
                yield position
                continue
            record = _of_itself(self._record(commit, contents, key), commit, self._parsed(contents))
            if record.changes:
                yield record

    def _position(self, commit: Commit, own: _Own, contents: Mapping[str, bytes], key: str | None = None) -> int | None:
        """Where our record of a commit stands.

        A trailer alone is only a claim: the files must be those of the record, and its commit be gone (after a rebase).
        """
        if (position := own.by_commit.get(commit.id)) is not None:
            return position
        for claimed in commit.applies:
            if claimed in own.by_id:
                record = own.records[own.by_id[claimed]]
                is_gone = record.commit is None or not self._commits.holds(record.commit)
                if is_gone and _is_held(record, commit, contents, key):
                    return own.by_id[claimed]
        return None

    def _contents(self, commits: Sequence[Commit]) -> dict[str, bytes]:
        files = (file for commit in commits for file in commit.files)
        wanted = {blob for file in files for blob in (file.before, file.after, *file.beside) if blob}
        return self._commits.contents(wanted)

    def _parsed(self, contents: Mapping[str, bytes]) -> _Said:
        @cache
        def said(blob: str | None) -> Document | None:
            with suppress(BrokenFileError):
                return self._parse(contents[blob]) if blob is not None and blob in contents else None
            return None

        return said

    def _record(self, commit: Commit, contents: Mapping[str, bytes], key: str | None = None) -> ApplyRecord:
        files = [file for file in commit.files if key is None or key_of(file.path) == key]
        return ApplyRecord(
            id=commit.id,
            at=commit.at,
            by=commit.by,
            host="",
            reason=commit.subject,
            changes=tuple(change for file in files for change in self._changes(file, contents)),
            files=tuple(_file_change(file, contents) for file in files),
            commit=commit.id,
        )

    def _changes(self, file: CommittedFile, contents: Mapping[str, bytes]) -> Iterator[FieldChange]:
        before, after = (contents.get(blob) if blob else None for blob in (file.before, file.after))
        whole = FieldChange(key_of(file.path), file.path, (), _text(before), _text(after), _action(file))
        yield from self._fields(whole, before, after)

    def _by_field(self, record: ApplyRecord) -> ApplyRecord:
        """The record with a rewritten file as the fields that differ."""
        if not any(_is_rewrite(change) for change in record.changes):
            return record
        old_texts = {file.path: file.old_text for file in record.files}
        return replace(
            record,
            changes=tuple(
                part for change in record.changes for part in self._parts(change, old_texts.get(change.path))
            ),
        )

    def _parts(self, change: FieldChange, old_text: str | None) -> Iterator[FieldChange]:
        if not _is_rewrite(change) or old_text is None or not isinstance(change.new, str):
            yield change
            return
        yield from self._fields(change, old_text.encode(errors="replace"), change.new.encode(errors="replace"))

    def _fields(self, whole: FieldChange, before: bytes | None, after: bytes | None) -> Iterator[FieldChange]:
        """The fields that differ; the whole where a side is no readable model, or only the form differs."""
        found = []
        if before is not None and after is not None:
            with suppress(BrokenFileError):
                found = list(differences(self._parse(before), self._parse(after)))
        for path, old, new in found:
            yield replace(whole, field=path, old=old, new=new)
        if not found:
            yield whole


def _of_itself(record: ApplyRecord, commit: Commit, said: _Said) -> ApplyRecord:
    """Of a merge, what it has from none of its parents; any other commit is told whole."""
    merged = {file.path: file for file in commit.files if file.beside}
    if not merged:
        return record
    own = (change for change in record.changes if _is_own(change, merged[change.path], said))
    return replace(record, changes=tuple(own))


def _is_own(change: FieldChange, file: CommittedFile, said: _Said) -> bool:
    """Whether a merge changed it, and none of its other parents has it so."""
    if change.field:
        others = map(said, file.beside)
        return not any(other is not None and same(get(other, change.field), change.new) for other in others)
    if file.after is None or (file.before is None and not any(file.beside)):
        return True
    return said(file.after) is None


def _own(records: Sequence[ApplyRecord]) -> _Own:
    return _Own(
        records,
        {record.id: position for position, record in enumerate(records)},
        {record.commit: position for position, record in enumerate(records) if record.commit},
    )


def _merged(own: _Own, commits: Iterator[int | ApplyRecord]) -> Iterator[ApplyRecord]:
    """Git's order holds where git knows both; the time where it does not."""
    due = 0
    for each in commits:
        if isinstance(each, int):
            yield from own.records[due : each + 1]
            due = max(due, each + 1)
            continue
        while due < len(own.records) and own.records[due].at > each.at:
            yield own.records[due]
            due += 1
        yield each
    yield from own.records[due:]


def _is_held(record: ApplyRecord, commit: Commit, contents: Mapping[str, bytes], key: str | None) -> bool:
    """Whether a commit holds exactly the files of a record (with `key`, as far as that model goes)."""
    held = {(file.path, _digest(contents.get(file.after) if file.after else None)) for file in commit.files}
    return held == {(file.path, file.after) for file in record.files if key is None or file.key == key}


def _file_change(file: CommittedFile, contents: Mapping[str, bytes]) -> FileChange:
    before, after = (contents.get(blob) if blob else None for blob in (file.before, file.after))
    old_text = None if before is None else before.decode("utf-8", errors="replace")
    return FileChange(key_of(file.path), file.path, _action(file), _digest(before), _digest(after), old_text)


def _action(file: CommittedFile) -> Action:
    if file.before is None:
        return Action.CREATE
    return Action.DELETE if file.after is None else Action.UPDATE


def _is_rewrite(change: FieldChange) -> bool:
    return change.action is Action.UPDATE and not change.field


def _text(content: bytes | None) -> object:
    return ABSENT if content is None else content.decode("utf-8", errors="replace")


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()


def _forever(count: int) -> Iterator[int]:
    while True:
        yield count
