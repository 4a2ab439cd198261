"""Where each key, value and header of a TOML file stands, in bytes: the ground that edits and line numbers rest on.

This is a scanner for files that a parser has already accepted, not a parser: it finds the ends of things and leaves
their meaning to a parser. On text that is not TOML it stops early and never loops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from typing import Final, Literal, TypeAlias

import tomli
from msgspec import Struct

from modeltui.domain.document import FieldPath

BOM: Final = b"\xef\xbb\xbf"

BASIC: Final = rb'"(?>(?:[^"\\\n]++|\\.)*)"(?!")'
LITERAL: Final = rb"'[^'\n]*+'(?!')"
MULTILINE_BASIC: Final = rb'"""(?>(?:[^"\\]++|\\[\s\S]|""?(?!"))*)"""(?>"{0,2})'
MULTILINE_LITERAL: Final = rb"'''(?>(?:[^']++|''?(?!'))*)'''(?>'{0,2})"
COMMENT: Final = rb"#[^\n]*+"

# No pattern gives back what it has taken, so a hostile file costs no more time than its length asks.
_STRING = rb"(?>" + b"|".join((MULTILINE_BASIC, MULTILINE_LITERAL, BASIC, LITERAL)) + rb")"
_BARE = rb"[^\s,\[\]{}#\"']++(?:[ \t]++[0-9][^\s,\[\]{}#]*+)?"
_FLAT = rb"[\[{](?>(?:[^\"'#\[\]{}]++|" + _STRING + rb"|" + COMMENT + rb")*)[\]}]"
_KEY_PART = rb"(?>[A-Za-z0-9_-]++|" + BASIC + rb"|" + LITERAL + rb")"
_KEY = _KEY_PART + rb"(?>(?:[ \t]*+\.[ \t]*+" + _KEY_PART + rb")*)"
_ASSIGNMENT = rb"(?P<key>" + _KEY + rb")[ \t]*+=[ \t]*+"
_HEADER = rb"(?P<open>\[\[?)[ \t]*+(?P<header>" + _KEY + rb")[ \t]*+\]"

_TRIVIA = rb"(?>(?:[ \t\r\n]++|" + COMMENT + rb")*)"
_VALUE = _STRING + rb"|" + _FLAT + rb"|" + _BARE
_ONE_LINE = (
    rb"(?>[ \t]*+(?:[A-Za-z0-9_-]++[ \t]*+=[ \t]*+(?>"
    + BASIC
    + rb"|"
    + LITERAL
    + rb"|\[(?>(?:[^\"'#\[\]{}\n]++|"
    + BASIC
    + rb"|"
    + LITERAL
    + rb")*)\]|[^\s,\[\]{}#\"']++)[ \t]*+)?(?:"
    + COMMENT
    + rb")?\r?\n)"
)
"""A blank line, a comment or a `key = value` of the usual kind, with its end."""
_BARE_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

# Each takes up to a millisecond to compile, and many commands ask for none.


@cache
def trivia() -> re.Pattern[bytes]:
    """Blanks, line ends and comments, or nothing."""
    return re.compile(_TRIVIA)


@cache
def assignment() -> re.Pattern[bytes]:
    """A key and its equals sign."""
    return re.compile(_ASSIGNMENT)


@cache
def _value() -> re.Pattern[bytes]:
    return re.compile(_VALUE)


@cache
def _statement() -> re.Pattern[bytes]:
    return re.compile(_TRIVIA + rb"(?:" + _HEADER + rb"|" + _ASSIGNMENT + rb"(?P<value>" + _VALUE + rb")?)")


@cache
def _parts() -> re.Pattern[bytes]:
    return re.compile(_KEY_PART)


@cache
def _nested() -> re.Pattern[bytes]:
    return re.compile(_STRING + rb"|" + COMMENT + rb"|[^\"'#\[\]{}]++|[\[\]{}]")


_VALUE_NAMES: Final = frozenset((b"true", b"false", b"inf", b"nan"))
"""What may stand between brackets in an array, and be no header."""

Kind: TypeAlias = Literal["pair", "table", "array"]


class Statement(Struct, frozen=True):
    """One `key = value`, `[table]` or `[[array]]`, with the whole lines that it stands on."""

    kind: Kind
    path: FieldPath
    """From the top of the document, with positions in arrays of tables."""
    names: tuple[str, ...]
    """The key or header as written: of a dotted key more than one."""
    start: int
    """First byte of its first line."""
    end: int
    """The byte after its last line's end."""
    value_start: int
    value_end: int
    """The bytes of a pair's value; nothing for a header."""

    @property
    def table(self) -> FieldPath:
        """The table whose header a pair stands under; the path itself of a header."""
        return self.path[: len(self.path) - len(self.names)] if self.kind == "pair" else self.path


def statements(content: bytes) -> Iterator[Statement]:
    """The statements of `content` in order, up to its end or to the first thing that cannot be one."""
    table: FieldPath = ()
    lengths: dict[FieldPath, int] = {}
    position = len(BOM) if content.startswith(BOM) else 0
    pattern = _statement()
    while match := pattern.match(content, position):
        key, value, opening, header = match.group("key", "value", "open", "header")
        if key:
            names = key_names(key)
            last = match.end() if value else value_end(content, match.end())
            begin = last - len(value) if value else match.end()
            if begin == last:
                return
            start = content.rfind(b"\n", 0, match.end("key")) + 1
            position = content.find(b"\n", last) + 1 or len(content)
            yield Statement("pair", (*table, *names), names, start, position, begin, last)
        else:
            kind: Kind = "array" if len(opening) == 2 else "table"
            names = key_names(header)
            table = _header_path(names, kind, lengths)
            start = content.rfind(b"\n", 0, match.end("header")) + 1
            position = content.find(b"\n", match.end()) + 1 or len(content)
            yield Statement(kind, table, names, start, position, position, position)


def _header_path(names: tuple[str, ...], kind: Kind, lengths: dict[FieldPath, int]) -> FieldPath:
    path: FieldPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in lengths:
            path = (*path, lengths[path] - 1)
    path = (*path, names[-1])
    if kind == "table":
        return path
    lengths[path] = lengths.get(path, 0) + 1
    return (*path, lengths[path] - 1)


def key_names(written: bytes) -> tuple[str, ...]:
    """`a."b c".'d'` as its parts."""
    if not written.translate(None, _BARE_CHARACTERS):
        return (written.decode(),)
    return tuple(_name(part) for part in _parts().findall(written))


def _name(part: bytes) -> str:
    if part[:1] == b"'" or (part[:1] == b'"' and b"\\" not in part):
        return part[1:-1].decode()
    if part[:1] == b'"':
        name: str = tomli.loads(f"name = {part.decode()}")["name"]
        return name
    return part.decode()


def value_end(content: bytes, start: int) -> int:
    """The byte after the value that begins at `start`; `start` itself where none does."""
    if match := _value().match(content, start):
        return match.end()
    depth, position = 0, start
    while match := _nested().match(content, position):
        position = match.end()
        first = match[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth <= 0:
            return position if first in b"]}" else start
    return start


@lru_cache(maxsize=64)
def _plain_pair(path: FieldPath) -> re.Pattern[bytes] | None:
    """Finds the `key = value` that is `path`, of a file whose lines before it are of the usual kind."""
    if not all(isinstance(part, str) and _is_plain(part) for part in path):
        return None
    *table, name = (str(part).encode() for part in path)
    if table[:1] and table[-1] in _VALUE_NAMES:
        return None
    own = re.escape(name) + rb"[ \t]*+=[ \t]*+"
    start = rb"^\[" + rb"\.".join(map(re.escape, table)) + rb"\][ \t]*+\r?\n" if table else rb"\A"
    return re.compile(
        start + rb"(?>(?:(?![ \t]*+" + own + rb")" + _ONE_LINE + rb")*)"
        rb"(?P<line>[ \t]*+" + own + rb"(?P<value>" + BASIC + rb"|" + LITERAL + rb"|[^\s,\[\]{}#\"']++)"
        rb"[ \t]*+(?:" + COMMENT + rb")?\r?\n)",
        re.MULTILINE,
    )


@lru_cache(maxsize=2)  # an edit and its proof look for the same
def _is_plain(name: str) -> bool:
    return name.isascii() and not name.startswith("-") and name.replace("-", "_").isidentifier()


def plain_pair(content: bytes, path: FieldPath) -> Statement | None:
    """The `key = value` that is `path`, found by its looks, many times faster; None where that takes a closer look.

    In a file that a parser has accepted, and that has no strings of many lines, a line `[name]` is a header.
    """
    pattern = _plain_pair(path)
    if pattern is None or b'"""' in content or b"'''" in content or content.startswith(BOM):
        return None
    if len(path) > 2 and b"[[" in content:
        return None  # an array of tables may stand on the way
    if (match := pattern.search(content)) is None:
        return None
    names = (str(path[-1]),)
    return Statement("pair", path, names, match.start("line"), match.end(), *match.span("value"))


class Layout:
    """The statements of a file for many questions; it is scanned only as far as the answers need."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._scan = statements(content)
        self._seen: list[Statement] = []
        self._first: dict[FieldPath, Statement] = {}

    def first(self, path: FieldPath) -> Statement | None:
        """The first statement at or inside `path`."""
        while path not in self._first:
            if self._next() is None:
                return None
        return self._first[path]

    def pair(self, path: FieldPath) -> Statement | None:
        """The `key = value` that is `path`; None where it is a table with lines of its own, or absent."""
        if path not in self._first and (found := plain_pair(self.content, path)):
            return found
        item = self.first(path)
        return item if item and item.kind == "pair" and item.path == path else None

    @cached_property
    def statements(self) -> list[Statement]:
        while self._next():
            pass
        return self._seen

    @cached_property
    def headers(self) -> dict[FieldPath, Statement]:
        return {item.path: item for item in self.statements if item.kind != "pair"}

    def below(self, path: FieldPath) -> list[Statement]:
        """Every statement at or inside `path`."""
        return [item for item in self.statements if item.path[: len(path)] == path]

    def _next(self) -> Statement | None:
        item = next(self._scan, None)
        if item is not None:
            self._seen.append(item)
            for length in range(len(item.path), 0, -1):
                if self._first.setdefault(item.path[:length], item) is not item:
                    break
        return item
