"""The fewest splices that turn the bytes of one document into those of another; every other byte stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeGuard

from msgspec import Struct

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, same
from modeltui.domain.syntax import Layout, Statement
from modeltui.storage.toml import render
from modeltui.storage.toml.align import alignment
from modeltui.storage.toml.inline import revalued


class _Splice(Struct, frozen=True):
    """`content[start:end]` becomes `text`. Of those that begin at one place, the lowest rank comes first."""

    start: int
    rank: int
    end: int
    text: bytes


_KEYS, _SECTIONS, _REMOVAL = range(3)

_Form: TypeAlias = Literal["root", "header", "dotted", "implied"]
"""How a table is written: the top, under its header, by dotted keys, or only by the headers of its sub-tables."""


def spliced(content: bytes, old: Document, new: Document) -> bytes:
    """`content`, which says `old`, made to say `new`. Its last line must have an end; a byte order mark must be off."""
    work = _Work(content)
    work.table((), old, new)
    parts: list[bytes] = []
    position = 0
    for splice in sorted(work.splices, key=lambda item: (item.start, item.rank)):
        start = max(splice.start, position)
        parts += content[position:start], splice.text
        position = max(position, splice.end)
    return b"".join((*parts, content[position:]))


class _Work:
    """Walks the old and the new data side by side and notes the splices."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.layout = Layout(content)
        self.splices: list[_Splice] = []

    # What differs

    def table(self, at: FieldPath, old: Document, new: Document) -> None:
        added: dict[str, Any] = {}
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name, ABSENT), new.get(name, ABSENT)
            if before is not after and not same(before, after) and not self._changed((*at, name), before, after):
                added[name] = after
        if added:
            self._add(at, added)

    def _changed(self, at: FieldPath, old: Value | Absent, new: Value | Absent) -> bool:
        """Note how the field changes; False where the table that holds it must be given it anew."""
        if old is ABSENT:
            return False
        if pair := self.layout.pair(at):
            self._change_pair(pair, old, new)
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and (new or at in self.layout.headers):
            self.table(at, old, new)
        elif isinstance(old, list) and _is_tables(new):
            self._array_of_tables(at, old, new)
        else:
            self._remove(at)
            return new is ABSENT
        return True

    def _change_pair(self, pair: Statement, old: Value, new: Value | Absent) -> None:
        if new is ABSENT:
            self._splice(pair.start, pair.end, b"", _REMOVAL)
        else:
            raw = self.content[pair.value_start : pair.value_end]
            self._splice(pair.value_start, pair.value_end, revalued(raw, old, new), _KEYS)

    def _array_of_tables(self, at: FieldPath, old: list[Any], new: list[Any]) -> None:
        ends = {item.path[len(at)]: item.end for item in self.layout.below(at)}
        position = self._above(self.layout.headers[*at, 0])
        is_first = True
        for before, after in alignment(old, new):
            if before is None:
                assert after is not None
                self._add_sections(position, _names(at), [new[after]], is_first=is_first)
                continue
            if after is None:
                self._remove((*at, before))
            elif not same(old[before], new[after]):
                self.table((*at, before), old[before], new[after])
            position, is_first = ends[before], False

    # What goes

    def _remove(self, at: FieldPath) -> None:
        """Drop every line of a table: whole sections with the comments inside, and its dotted keys elsewhere."""
        sections: list[tuple[int, int]] = []
        was_inside = False
        for item in self.layout.statements:
            is_inside = item.path[: len(at)] == at
            if is_inside and len(item.table) < len(at):
                self._splice(item.start, item.end, b"", _REMOVAL)
                is_inside = False
            elif is_inside:
                start = sections.pop()[0] if was_inside else item.start
                sections.append((start, item.end))
            was_inside = is_inside
        for start, end in sections:
            self._splice(*self._with_blank(start, end), b"", _REMOVAL)

    def _with_blank(self, start: int, end: int) -> tuple[int, int]:
        """A section with the blank line that set it off."""
        before = self.content.rfind(b"\n", 0, max(start - 1, 0)) + 1
        if start and not self.content[before:start].strip():
            return before, end
        after = self.content.find(b"\n", end) + 1
        return (start, after) if start == 0 and after and not self.content[end:after].strip() else (start, end)

    # What comes

    def _add(self, at: FieldPath, added: Mapping[str, Any]) -> None:
        form, near = self._form(at)
        sections = {} if form == "dotted" else {key: item for key, item in added.items() if render.is_section(item)}
        pairs = {key: item for key, item in added.items() if key not in sections}
        if form == "dotted" and near:
            names = _names(at[len(near.table) :])
            self._add_lines(near.end, [f"{render.key((*names, key))} = {render.inline(pairs[key])}" for key in pairs])
        elif pairs and form == "implied" and near:
            self._add_sections(self._above(near), _names(at), pairs, is_first=True)
        elif pairs:
            self._add_pairs(near, [render.pair(key, item) for key, item in pairs.items()])
        if sections:
            end = self.layout.below(at)[-1].end if at else len(self.content)
            for key, item in sections.items():
                self._add_sections(end, (*_names(at), key), item)

    def _form(self, at: FieldPath) -> tuple[_Form, Statement | None]:
        """How the table is written, and the statement beside which a key of it goes."""
        if not at or at in self.layout.headers:
            own = [item for item in self.layout.statements if item.table == at]
            return "header" if at else "root", own[-1] if own else None
        below = self.layout.below(at)
        dotted = [item for item in below if len(item.table) < len(at)]
        return ("dotted", dotted[-1]) if dotted else ("implied", below[0])

    def _add_pairs(self, near: Statement | None, lines: list[str]) -> None:
        if near:
            self._add_lines(near.end, lines)
        elif self.layout.statements:
            self._add_lines(self._above(self.layout.statements[0]), [*lines, ""])
        else:
            self._add_lines(len(self.content), lines)

    def _add_sections(
        self,
        position: int,
        names: tuple[str, ...],
        value: Mapping[str, Any] | list[Mapping[str, Any]],
        *,
        is_first: bool = False,
    ) -> None:
        """Put sections at `position`, set off by a blank line: below them where they come first, else above."""
        lines = render.section(names, value)
        spaced = [*lines, ""] if is_first else ["", *lines] if position else lines
        self._add_lines(position, spaced, _SECTIONS)

    def _add_lines(self, position: int, lines: Iterable[str], rank: int = _KEYS) -> None:
        line_end = self._line_end(position)
        self._splice(position, position, b"".join(line.encode() + line_end for line in lines), rank)

    def _splice(self, start: int, end: int, text: bytes, rank: int) -> None:
        self.splices.append(_Splice(start, rank, end, text))

    # Where

    def _above(self, header: Statement) -> int:
        """The start of a header with the comment lines that stand right above it."""
        start = header.start
        floor = max((item.end for item in self.layout.statements if item.end <= start), default=0)
        while start > floor:
            before = self.content.rfind(b"\n", 0, start - 1) + 1
            if not self.content[before:start].lstrip().startswith(b"#"):
                break
            start = before
        return start

    def _line_end(self, position: int) -> bytes:
        """The end of the line before `position`, or of the first line."""
        at = position - 1 if position else self.content.find(b"\n")
        return b"\r\n" if at > 0 and self.content[at - 1 : at] == b"\r" else b"\n"


def _names(path: FieldPath) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


def _is_tables(value: Value | Absent) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
