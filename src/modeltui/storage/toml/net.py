"""The net: an edit counts only when it is proved to say what was asked and to touch nothing else.

The proof knows nothing of how the edit was made. Whatever does not hold raises EditRefusedError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NoReturn, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, same
from modeltui.domain.syntax import BOM, Layout, Statement, statements
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.toml import codec


def prove(old: bytes, new: bytes, before: Document, wanted: Document) -> None:
    """`new` says `wanted`, where `old` says `before`, and only lines of fields that differ are not as they were."""
    try:
        said = codec.fast_parse(new)
    except BrokenFileError as error:
        _refuse(f"the result would not be readable: {error.message}")
    if not same(said, wanted):
        _refuse("the result would not say what was asked")
    if new.startswith(BOM) != old.startswith(BOM):
        _refuse("the byte order mark would not stay")
    old, new = old.removeprefix(BOM), new.removeprefix(BOM)
    if old and new and new.endswith(b"\n") != old.endswith(b"\n"):
        _refuse("the end of the last line would not stay")
    if not _is_same_elsewhere(list(_differing(before, wanted)), old, new):
        _refuse("lines of other fields would not stay as they are")


def _refuse(reason: str) -> NoReturn:
    raise EditRefusedError(reason, hint="nothing was written; change the field by hand")


def _differing(old: Document, new: Document, at: FieldPath = ()) -> Iterator[FieldPath]:
    """The fields that come, go or change, as exactly as tables and lists of tables let them be named."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, ABSENT), new.get(name, ABSENT)
        if before is not after:
            yield from _compared(before, after, (*at, name))


def _compared(old: Value | Absent, new: Value | Absent, at: FieldPath) -> Iterator[FieldPath]:
    if same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _differing(old, new, at)
    elif _is_tables(old) and _is_tables(new) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differing(before, after, (*at, index))
    else:
        yield at


def _is_tables(value: Any) -> TypeGuard[list[Document]]:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _is_same_elsewhere(differing: list[FieldPath], old: bytes, new: bytes) -> bool:
    layout = Layout(old)
    if len(differing) == 1 and (pair := _pair_of(differing[0], layout)) and _is_one_pair_changed(pair, old, new):
        return True
    other = Layout(new)
    kept, kept_new = _kept(layout, other, differing), _kept(other, layout, differing)
    if _outline(layout) != _outline(other):  # a section comes and goes with the blank line that sets it off
        kept, kept_new = [[line for line in lines if line.text.strip()] for lines in (kept, kept_new)]
    if not old.endswith(b"\n"):
        kept, kept_new = _with_last_open(kept), _with_last_open(kept_new)
    return _is_within(kept, kept_new) and _is_within(kept_new, kept)


def _with_last_open(lines: list[_Line]) -> list[_Line]:
    last = max((at for at, line in enumerate(lines) if not line.may_go), default=-1)
    return [replace(line, is_open=at == last) for at, line in enumerate(lines)]


def _is_within(lines: list[_Line], others: list[_Line]) -> bool:
    """All lines that must be there are among the others, in the same order."""
    rest = iter(others)
    return all(any(line.is_like(other) for other in rest) for line in lines if not line.may_go)


def _outline(layout: Layout) -> list[tuple[str, FieldPath]]:
    return [(item.kind, item.path) for item in layout.statements]


def _pair_of(path: FieldPath, layout: Layout) -> Statement | None:
    found = (layout.pair(path[:length]) for length in range(len(path), 0, -1))
    return next(filter(None, found), None)


def _is_one_pair_changed(pair: Statement, old: bytes, new: bytes) -> bool:
    """All before and behind the pair is there, and between the two one pair and nothing else."""
    head, tail = old[: pair.start], old[pair.end :]
    middle = new[pair.start : len(new) - len(tail)]
    has_same_end = middle.endswith(b"\n") == old[: pair.end].endswith(b"\n")
    return new.startswith(head) and new.endswith(tail) and has_same_end and _is_one_statement(middle)


def _is_one_statement(content: bytes) -> bool:
    """A line that is TOML is one where it says anything; of several lines the scanner tells."""
    if b"\n" not in content[:-1]:
        with suppress(BrokenFileError):
            return bool(codec.parse(content))
    return [(item.start, item.end) for item in statements(content)] == [(0, len(content))]


class _Line(Struct, frozen=True):
    """A line that belongs to no differing field, or the place of a key whose value alone differs."""

    text: bytes
    may_go: bool = False
    """It stands inside a section that comes or goes."""
    is_open: bool = False
    """It may be the last of its file, without an end."""

    def is_like(self, other: _Line) -> bool:
        is_loose = self.is_open or other.is_open
        return self.text == other.text or (is_loose and self.text.rstrip(b"\r\n") == other.text.rstrip(b"\r\n"))


def _kept(layout: Layout, other: Layout, differing: list[FieldPath]) -> list[_Line]:
    content, position = layout.content, 0
    kept: list[_Line] = []
    above: FieldPath | None = None
    for item in layout.statements:
        around = next((path for path in differing if item.path[: len(path)] == path), None)
        may_go = around is not None and around == above
        kept += [_Line(line, may_go) for line in content[position : item.start].splitlines(keepends=True)]
        if around is None and not _is_touched(item, other, differing):
            kept += map(_Line, content[item.start : item.end].splitlines(keepends=True))
        elif around in {None, item.path} and item.kind == "pair" and other.pair(item.path):
            kept.append(_Line(f"\0{item.path}".encode()))
        position, above = item.end, around
    return [*kept, *map(_Line, content[position:].splitlines(keepends=True))]


def _is_touched(item: Statement, other: Layout, differing: list[FieldPath]) -> bool:
    """Does the pair hold a differing field, or does its header come or go with one?"""
    if item.kind != "pair" and item.path in other.headers:
        return False
    return any(path[: len(item.path)] == item.path for path in differing)
