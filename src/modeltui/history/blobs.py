"""Contents that git keeps, by their ids. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from modeltui.history.git import Git

_LARGEST: Final = 2**18
"""Bytes; a larger blob is no file of a catalogue."""
_MOST: Final = 2**26
"""Bytes that are read at once, however many blobs are asked for."""


def contents_of(git: Git, ids: Collection[str]) -> dict[str, bytes]:
    """Blobs of a believable size, by id. Raises GitError."""
    if not ids:
        return {}
    asked = "".join(f"{each}\n" for each in sorted(ids)).encode()
    sizes = (line.split() for line in git.run("cat-file", "--batch-check", given=asked).splitlines())
    small = [(line[0], int(line[2])) for line in sizes if line[1:2] == [b"blob"] and int(line[2]) <= _LARGEST]
    chosen = b"".join(each + b"\n" for each in _up_to(small))
    return dict(_batch(git.run("cat-file", "--batch", given=chosen))) if chosen else {}


def _up_to(sized: list[tuple[bytes, int]]) -> Iterator[bytes]:
    total = 0
    for each, size in sized:
        total += size
        if total > _MOST:
            return
        yield each


def _batch(answer: bytes) -> Iterator[tuple[str, bytes]]:
    """Blobs as `cat-file --batch` prints them: a line of id, kind and size, the content, a line feed."""
    at = 0
    while (end := answer.find(b"\n", at)) >= 0:
        name, _, size = answer[at:end].split(b" ")
        at = end + 1 + int(size)
        yield name.decode(), answer[end + 1 : at]
        at += 1
