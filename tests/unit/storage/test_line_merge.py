"""Lines that two sides changed: neighbours merge, the same line does not, and nothing takes for ever."""

from __future__ import annotations

import pytest

from modeltui.storage.toml.line_merge import differing, merged_closely
from modeltui.storage.toml.merging import with_markers

BASE = b"a\nb\nc\nd\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (b"A\nb\nc\nd\n", b"a\nB\nc\nd\n", b"A\nB\nc\nd\n"),
        (b"a\nb\nc\nd\ne\n", b"a\nb\nc\nD\n", b"a\nb\nc\nD\ne\n"),
        (b"x\na\nb\nc\nd\n", b"y\na\nb\nc\nd\n", b"x\ny\na\nb\nc\nd\n"),
        (b"x\na\nb\nc\nd\n", b"x\na\nb\nc\nD\n", b"x\na\nb\nc\nD\n"),
        (b"a\nc\nd\n", b"a\nb\nC\nd\n", b"a\nC\nd\n"),
        (b"A\nb\nc\nd\n", b"B\nb\nc\nd\n", None),
        (b"a\nd\n", b"a\nB\nc\nd\n", None),
        (BASE, b"d\n", b"d\n"),
        (b"a\nb\nc\nd", b"a\nb\nc\nd\ne\n", None),
    ],
)
def test_both_sides_lines(ours: bytes, theirs: bytes, merged: bytes | None) -> None:
    assert merged_closely(BASE, ours, theirs) == merged


def test_a_text_of_blank_lines_is_told_apart_as_a_whole() -> None:
    one, other = [b"a\n", *[b"\n"] * 20_000, b"b\n"], [b"a\n", b"c\n", *[b"\n"] * 20_001, b"d\n"]
    assert list(differing(one, other)) == [(1, 20_002, 1, 20_004)]
    assert merged_closely(b"".join(one), b"".join(other), b"".join(one)) == b"".join(other)
    marked = with_markers(b"".join(one), b"".join(other))
    assert (marked.count(b"<<<<<<<"), marked.startswith(b"a\n<<<<<<<")) == (1, True)
