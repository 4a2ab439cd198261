"""What the parser's complaint means in plain words, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import tomli

from modeltui.domain.document import format_field
from modeltui.domain.syntax import Statement, statements, trivia
from modeltui.errors import BrokenFileError


class _Spot(NamedTuple):
    """Where the parser stopped."""

    rest: str
    """The text from there on."""
    line: int
    body: bytes

    @property
    def word(self) -> str:
        """Up to the next blank or separator."""
        found = re.match(r"[^\s,\[\]{}#=]{1,40}", self.rest)
        return found[0] if found else ""

    def line_of(self, byte: int) -> int:
        return self.body.count(b"\n", 0, byte) + 1

    def statement(self) -> tuple[Statement, int] | None:
        """The last statement that begins at or above this line, with its own line."""
        found = None
        for item in statements(self.body):
            line = self.line_of(item.start)
            if line > self.line:
                break
            found = item, line
        return found

    def begun(self) -> int:
        """The line of what was begun and not ended: the first after the last statement, comments and blanks skipped."""
        found = self.statement()
        begun = trivia().match(self.body, found[0].end if found else 0)
        return self.line_of(begun.end() if begun else 0)


class _Reason(NamedTuple):
    message: str
    hint: str
    line: int | None = None
    """Where to look; None where the parser stopped."""


_Explain: TypeAlias = Callable[[_Spot], _Reason]

_MARKS = tuple(re.compile(mark, re.MULTILINE) for mark in (rb"^<{7}(?: .*)?$", rb"^={7}\r?$", rb"^>{7}(?: .*)?$"))
"""What a merge that was left undone wrote above, between and below the lines of both sides."""
_CONFLICT_HINT: Final = "of each part between <<<<<<< and >>>>>>> keep the lines that hold, and remove the marks"

_NOTHING: Final = frozenset({"null", "none", "nil", "undefined", "~"})
_SWITCHES: Final = frozenset({"true", "false", "yes", "no", "on", "off"})


def diagnosed(error: tomli.TOMLDecodeError, body: bytes) -> BrokenFileError:
    """The parser's error as ours. `body` is what was parsed."""
    if (line := _conflict_line(body)) is not None:
        return BrokenFileError("merge conflict", line=line, column=1, hint=_CONFLICT_HINT)
    spot = _Spot(error.doc[error.pos :], error.lineno, body)
    explain = next((explain for start, explain in _EXPLANATIONS.items() if error.msg.startswith(start)), None)
    if explain is None:
        return BrokenFileError(error.msg, line=error.lineno, column=error.colno, hint=_LINE_HINT)
    reason = explain(spot)
    column = error.colno if reason.line in {None, error.lineno} else None
    return BrokenFileError(reason.message, line=reason.line or error.lineno, column=column, hint=reason.hint)


def _conflict_line(body: bytes) -> int | None:
    """Where the first conflict begins that a merge left in the file."""
    at, found = 0, []
    for mark in _MARKS:
        match = mark.search(body, at)
        if match is None:
            return None
        found.append(match.start())
        at = match.end()
    return body.count(b"\n", 0, found[0]) + 1


_LINE_HINT: Final = 'a line is `key = value`, `[table]` or `# comment`, and text needs quotes: "…"'


def _value(spot: _Spot) -> _Reason:
    word = spot.word
    if not word:
        return _Reason("a value is missing", "write one, or leave the key out")
    if word.lower() in _NOTHING:
        return _Reason(f"{word} is not TOML", "leave the key out")
    if word.lower() in _SWITCHES:
        return _Reason(f"{word} is not TOML", "write true or false, in small letters")
    if word[0].isdigit() or word[0] in "+-.":
        return _Reason(f"{word} is not a number", 'write it as 1, 0.5 or 1e6; text needs quotes: "…"')
    return _Reason(f"{word} is not a value", f'text needs quotes: "{word}"')


def _after_statement(spot: _Spot) -> _Reason:
    first = spot.rest[:1]
    if first == "\r":
        return _lone_return(spot)
    if first == ",":
        return _Reason("a comma after the value", "remove the comma: each key stands on a line of its own")
    if first == ";":
        return _Reason("a semicolon after the value", "remove it: nothing ends a line in TOML")
    if first.isdigit() or first in ".-_:":
        return _Reason("a number cannot go on like this", 'no zero in front, one point; versions need quotes: "1.2.3"')
    return _Reason(
        f"{spot.rest.splitlines()[0][:40]} follows the value",
        'one key to a line; text needs quotes, and a quote within it a backslash: \\"',
    )


def _illegal(spot: _Spot) -> _Reason:
    character = spot.rest[0]
    if character == "\n":
        return _Reason("a string is not closed on this line", 'close it with the same quote; longer text needs """…"""')
    if character == "\r":
        return _lone_return(spot)
    code = ord(character)
    return _Reason(f"a control character (U+{code:04X})", f"remove it, or write it as \\u{code:04x} in a string")


def _lone_return(_: _Spot) -> _Reason:
    return _Reason("a carriage return without a line feed", "let lines end in LF or CRLF")


def _unclosed_string(spot: _Spot) -> _Reason:
    return _Reason("a string is never closed", "close it with the quotes that it begins with", spot.begun())


def _unclosed(what: str, sign: str) -> _Explain:
    def explain(spot: _Spot) -> _Reason:
        begun = spot.begun()
        since = "" if begun == spot.line else f" (it begins on line {begun})"
        return _Reason(f"{what} is not closed here{since}", f"a comma or `{sign}` is missing before this place")

    return explain


def _twice(spot: _Spot) -> _Reason:
    found = spot.statement()
    if found is None:
        return _Reason("a key is there twice", "remove one")
    statement, line = found
    name = format_field(tuple(part for part in statement.path if isinstance(part, str)))
    first = next((item for item in statements(spot.body) if item.path == statement.path), statement)
    where = f" (first on line {spot.line_of(first.start)})" if first.start < statement.start else ""
    if statement.kind == "pair":
        return _Reason(f"{name} is there twice{where}", "remove one; or is a [table] header missing above?", line)
    return _Reason(f"[{name}] is there twice{where}", f"put its keys under one header; a list needs [[{name}]]", line)


def _says(message: str, hint: str) -> _Explain:
    return lambda _: _Reason(message, hint)


_EXPLANATIONS: Final[Mapping[str, _Explain]] = {
    "Invalid value": _value,
    "Expected newline or end of document": _after_statement,
    "Illegal character": _illegal,
    "Found invalid character": _illegal,
    "Unterminated string": _unclosed_string,
    "Expected '\"": _unclosed_string,
    "Expected \"'": _unclosed_string,
    "Cannot overwrite a value": _twice,
    "Cannot declare": _twice,
    "Cannot redefine namespace": _twice,
    "Cannot mutate immutable namespace": _twice,
    "Duplicate inline table key": _says("a key is twice in one {…}", "remove one"),
    "Unclosed array": _unclosed("an array", "]"),
    "Unclosed inline table": _unclosed("an inline table", "}"),
    "Expected '='": _says("there is no `=` after the key", _LINE_HINT),
    "Invalid initial character for a key": _says("this cannot begin a key", _LINE_HINT),
    "Invalid statement": _says("this cannot begin a line", _LINE_HINT),
    "Expected ']": _says("a header is not closed", "close it: [table], or [[list]] for a list of tables"),
    "Unescaped '\\'": _says("a single backslash in a string", "write \\\\, or put the text into '…'"),
    "Invalid hex value": _says("an escape that is none", "write \\\\ for a backslash, or put the text into '…'"),
    "Escaped character is not": _says("an escape that is no character", "write the character itself"),
    "Invalid date or datetime": _says("there is no such date or time", 'write 2026-01-31; text needs quotes: "…"'),
}
