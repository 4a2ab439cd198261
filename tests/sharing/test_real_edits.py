"""Edits that people made to real files, two of them at once: both are in the result, and nothing else is touched."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from modeltui.domain.document import ABSENT, Document, differences, get, same
from modeltui.errors import BrokenFileError
from modeltui.history.text_merge import clean_lines
from modeltui.storage.toml import codec
from modeltui.storage.toml.line_merge import Span, differing
from modeltui.storage.toml.merging import merge_texts

Edits: TypeAlias = Sequence[tuple[bytes, bytes]]
"""Each text before and after."""

_COMMENT: Final = b"# told by us\n"


@cache
def _edits(folder: Path) -> Edits:
    rows = (json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines())
    found = [(row["before"].encode(), row["after"].encode()) for row in rows]
    return [(before, after) for before, after in found if _reads(before) and _reads(after)]


def _reads(content: bytes) -> bool:
    try:
        codec.parse(content)
    except BrokenFileError:
        return False
    return True


@pytest.fixture
def edits(shared_data: Path) -> Edits:
    return _edits(shared_data / "edits")


def _pairs(edits: Edits) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Edits that begin at the same text."""
    by_base: dict[bytes, set[bytes]] = defaultdict(set)
    for before, after in edits:
        by_base[before].add(after)
    for before, sides in by_base.items():
        yield from ((before, *pair) for pair in permutations(sorted(sides), 2))


def _untouched(base: bytes, *sides: bytes) -> Counter[bytes]:
    """Lines of the base that stand in both."""
    lines = base.splitlines(keepends=True)
    gone = Counter[bytes]()
    for side in sides:
        for start, end, _, _ in differing(lines, side.splitlines(keepends=True)):
            gone.update(lines[start:end])
    return Counter(lines) - gone


def _holds(merged: Document, base: Document, side: Document) -> bool:
    return all(same(get(merged, path), new) for path, _, new in differences(base, side))


def test_what_two_people_did_to_one_text_is_in_the_result(edits: Edits) -> None:
    for base, ours, theirs in _pairs(edits):
        found = merge_texts(base, ours, theirs, clean_lines)
        assert not _untouched(base, ours, theirs) - Counter(found.content.splitlines(keepends=True))
        if not found.clashes:
            says, was = codec.parse(found.content), codec.parse(base)
            assert _holds(says, was, codec.parse(ours))
            assert _holds(says, was, codec.parse(theirs))


def _halves(edits: Edits) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """One edit as if two people had made it, each every other line of it."""
    for before, after in edits:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        spans = [each for span in differing(old, new) for each in _by_line(span)]
        ours, theirs = (_half(old, new, spans[start::2]) for start in (0, 1))
        if len(spans) > 1 and _reads(ours) and _reads(theirs):
            yield before, ours, theirs, after


def _by_line(span: Span) -> list[Span]:
    start, end, at, till = span
    if end - start != till - at:
        return [span]
    return [(start + each, start + each + 1, at + each, at + each + 1) for each in range(end - start)]


def _half(old: list[bytes], new: list[bytes], spans: list[Span]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for start, end, at, till in spans:
        parts += [*old[done:start], *new[at:till]]
        done = end
    return b"".join([*parts, *old[done:]])


def test_the_halves_of_an_edit_come_to_the_whole_to_the_byte(edits: Edits) -> None:
    halves = list(_halves(edits))
    assert len(halves) > 20
    for base, ours, theirs, whole in halves:
        for sides in ((ours, theirs), (theirs, ours)):
            found = merge_texts(base, *sides, clean_lines)
            assert (found.content, found.clashes, found.note) == (whole, (), None)


@pytest.mark.parametrize("is_ours", [True, False])
def test_an_edit_and_a_comment_are_both_kept_to_the_byte(edits: Edits, is_ours: bool) -> None:
    for base, after in edits:
        noted = _COMMENT + base
        ours, theirs = (after, noted) if is_ours else (noted, after)
        found = merge_texts(base, ours, theirs, clean_lines)
        assert (found.content, found.clashes, found.note) == (_COMMENT + after, (), None)


@pytest.mark.parametrize("is_ours", [True, False])
def test_an_edit_and_another_value_are_both_kept(edits: Edits, is_ours: bool) -> None:
    told = 0
    for base, after in edits:
        lines = base.splitlines(keepends=True)
        at = next((number for number, line in enumerate(lines) if line.startswith(b"name =")), None)
        if at is None or not same(codec.parse(base).get("name", ABSENT), codec.parse(after).get("name", ABSENT)):
            continue
        lines[at] = b'name = "Another"' + lines[at][len(lines[at].rstrip(b"\r\n")) :]
        ours, theirs = (after, b"".join(lines)) if is_ours else (b"".join(lines), after)
        found = merge_texts(base, ours, theirs, clean_lines)
        assert not found.clashes
        wanted: dict[str, Any] = {**codec.parse(after), "name": "Another"}
        assert same(codec.parse(found.content), wanted)
        missing = _untouched(base, ours, theirs) - Counter(found.content.splitlines(keepends=True))
        assert not missing
        told += found.note is not None
    assert told == 0
