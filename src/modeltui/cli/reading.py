"""What the user names to be read: files outside the catalogue, stdin, values in TOML."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import tomli

from modeltui.errors import UsageError

LONGEST_LINE: Final = 8 << 20
"""Bytes; what a longer line holds beyond that (and a batch) is dropped, so that no input fills the memory."""
_BATCH: Final = 1 << 16


@contextmanager
def opened(path: str) -> Iterator[io.BufferedIOBase]:
    """The bytes of a file, `-` being stdin. Raises UsageError where it cannot be opened."""
    if path == "-":
        yield io.BytesIO() if sys.stdin is None else cast(io.BufferedIOBase, sys.stdin.buffer)
        return
    try:
        file = open(path, "rb")  # noqa: SIM115  # the error of opening is told apart from one inside the block
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror}") from error
    with file:
        yield file


def content_of(path: str, limit: int = LONGEST_LINE) -> bytes:
    """The bytes of a regular file, or of stdin. Raises UsageError for anything else, and beyond `limit` bytes."""
    try:
        if path == "-":
            with opened(path) as stdin:
                content = stdin.read(limit + 1)
        else:
            content = _of_file(path, limit)
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path!r} is no name of a file") from error
    if len(content) > limit:
        raise UsageError(f"{path!r} has more than {limit:,} bytes, and that is the most", hint="split it")
    return content


def _of_file(path: str, limit: int) -> bytes:
    """At most a byte more than `limit`. What is no file is not waited for, and read no byte of."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(f"cannot read {path!r}: it is no regular file", hint="name a file; - is stdin")
        return file.read(limit + 1)


def line_batches(file: io.BufferedIOBase) -> Iterator[list[bytes]]:
    """The lines, without their ends and without blank ones, in batches: what is there is not held back."""
    held = bytearray()
    while piece := file.read1(_BATCH):
        head, *tail = piece.split(b"\n")
        if len(held) <= LONGEST_LINE:
            held += head
        if tail:
            yield [line for line in (bytes(held), *tail[:-1]) if line.strip()]
            held = bytearray(tail[-1])
    if held.strip():
        yield [bytes(held)]


def toml_value(text: str) -> Any:
    """`0.25`, `true` or `["a"]` as TOML reads it; any other text is a string."""
    try:
        table = tomli.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if table.keys() == {"value"} else text
