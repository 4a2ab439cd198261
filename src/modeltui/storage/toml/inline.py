"""Arrays and inline tables, edited in place: what does not change keeps its bytes, comments and line breaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from modeltui.domain.document import ABSENT, Document, Value, differences, get, same, with_value
from modeltui.domain.syntax import assignment, key_names, trivia, value_end
from modeltui.storage.toml import render
from modeltui.storage.toml.align import alignment

_SIDE_COMMENT = re.compile(rb"[ \t]*#[^\r\n]*")


def revalued(raw: bytes, old: Value, new: Value) -> bytes:
    """The text of `new`, made from `raw`, the text of `old`, by changing only what differs."""
    if same(old, new):
        return raw
    if raw[:1] == b"[" and isinstance(old, list) and isinstance(new, list):
        return _revalued_array(_Cells.read(raw), old, new)
    if raw[:1] == b"{" and isinstance(old, Mapping) and isinstance(new, Mapping):
        return _revalued_table(_Cells.read(raw), old, new)
    return render.in_style_of(raw, new).encode()


def _revalued_array(cells: _Cells, old: list[Any], new: list[Any]) -> bytes:
    at = 0
    for before, after in alignment(old, new):
        if after is None:
            cells.remove(at)
            continue
        if before is None:
            cells.insert(at, render.inline(new[after]).encode())
        else:
            cells.items[at].change(old[before], new[after])
        at += 1
    return cells.text()


def _revalued_table(cells: _Cells, old: Document, new: Document) -> bytes:
    written: dict[str, Any] = {}
    for cell in list(cells.items):
        after = get(new, cell.names)
        if after is ABSENT:
            cells.remove(cells.items.index(cell))
        else:
            cell.change(get(old, cell.names), after)
            written = with_value(written, cell.names, after)
    for path, _, added in differences(written, new):
        names = tuple(str(part) for part in path)
        cells.insert(len(cells.items), f"{render.key(names)} = {render.inline(added)}".encode())
    return cells.text()


class _Cell(Struct, eq=False):
    """One item with what stands around it: `lead head value gap , side`."""

    lead: bytes
    """Blanks, line breaks and comment lines before it."""
    head: bytes
    """`key = ` of an inline table's item."""
    value: bytes
    gap: bytes = b""
    """What stands between the value and its comma."""
    side: bytes = b""
    """The comment behind it, on the same line."""

    @property
    def names(self) -> tuple[str, ...]:
        return key_names(self.head.rpartition(b"=")[0])

    def change(self, old: Value, new: Value) -> None:
        self.value = revalued(self.value, old, new)


class _Cells(Struct):
    """An array or inline table taken apart; `text()` puts it together again."""

    opening: bytes
    """The bracket, and comments whose item was removed."""
    items: list[_Cell]
    has_last_comma: bool
    tail: bytes
    """What stands before the closing bracket, and the bracket."""
    line_end: bytes

    @classmethod
    def read(cls, raw: bytes) -> _Cells:
        cells = cls(raw[:1], [], False, b"", b"\r\n" if b"\r\n" in raw else b"\n")
        position = 1
        while True:
            lead = _matched(trivia(), raw, position)
            position += len(lead)
            if raw[position] in b"]}":
                cells.tail = lead + raw[position:]
                return cells
            position = cells._read_item(raw, position, lead)

    def _read_item(self, raw: bytes, position: int, lead: bytes) -> int:
        head = _matched(assignment(), raw, position) if raw[:1] == b"{" else b""
        start = position + len(head)
        end = value_end(raw, start)
        value, gap = raw[start:end], _matched(trivia(), raw, end)
        self.has_last_comma = raw.startswith(b",", end + len(gap))
        if self.has_last_comma:
            end += len(gap) + 1
        side = _matched(_SIDE_COMMENT, raw, end)
        self.items.append(_Cell(lead, head, value, gap if self.has_last_comma else b"", side))
        return end + len(side)

    def insert(self, at: int, text: bytes) -> None:
        """Put `text` before item `at`, laid out like its neighbours."""
        if not self.items:
            self._insert_first(text)
            return
        first = self.items[0].lead
        model = self.items[min(max(at, 1), len(self.items) - 1)].lead
        lead = _layout(model) if len(self.items) > 1 or b"\n" in model else b" "
        if at == 0:
            self.items[0].lead = first if b"\n" in first else lead
            lead = _layout(first)
        self.items.insert(at, _Cell(lead, b"", text))

    def _insert_first(self, text: bytes) -> None:
        is_on_one_line = b"\n" not in self.tail
        blank = b" " if self.opening[:1] == b"{" and is_on_one_line else b""
        if is_on_one_line:
            self.tail = blank + self.tail.lstrip()
        self.items.append(_Cell(blank, b"", text))

    def remove(self, at: int) -> None:
        """Drop item `at` and the comment on its line; comment lines above it stay."""
        cell = self.items.pop(at)
        above = cell.lead.rpartition(b"\n")[0].rstrip() if b"#" in cell.lead else b""
        if at:
            self.items[at - 1].side += above
            return
        self.opening += above
        if self.items and b"\n" not in self.items[0].lead:
            self.items[0].lead = _layout(cell.lead)

    def text(self) -> bytes:
        if not self.items and len(self.opening) == 1 and b"\n" not in self.tail:
            return self.opening + self.tail.lstrip()
        parts = [self.opening]
        is_in_comment = len(self.opening) > 1
        for at, cell in enumerate(self.items):
            comma = b"," if self.has_last_comma or at < len(self.items) - 1 else b""
            lead = self.line_end + cell.lead if is_in_comment and b"\n" not in cell.lead else cell.lead
            parts += lead, cell.head, cell.value, cell.gap, comma, cell.side
            is_in_comment = bool(cell.side)
        parts += (self.line_end if is_in_comment and b"\n" not in self.tail else b""), self.tail
        return b"".join(parts)


def _layout(lead: bytes) -> bytes:
    """The line break and indentation of `lead`, without its comments."""
    before, line_feed, indent = lead.rpartition(b"\n")
    return (b"\r\n" if before.endswith(b"\r") else line_feed) + indent


def _matched(pattern: re.Pattern[bytes], raw: bytes, position: int) -> bytes:
    match = pattern.match(raw, position)
    return match[0] if match else b""
