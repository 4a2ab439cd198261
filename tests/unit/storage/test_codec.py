"""What is wrong with a file is told in plain words, with the line and the next step."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.errors import BrokenFileError
from modeltui.storage.toml import codec
from modeltui.storage.toml.locate import line_of


def broken(content: str | bytes) -> BrokenFileError:
    with pytest.raises(BrokenFileError) as caught:
        codec.parse(content.encode() if isinstance(content, str) else content)
    return caught.value


def test_a_file_is_read() -> None:
    assert codec.parse("a = 1\r\n[t]\nb = 'ü'\n".encode()) == {"a": 1, "t": {"b": "ü"}}


def test_a_byte_order_mark_is_let_pass() -> None:
    assert codec.parse(b"\xef\xbb\xbfa = 1\n") == {"a": 1}
    error = broken(b"\xef\xbb\xbfa = null\n")
    assert (error.line, error.column) == (1, 5)


CASES = [
    ("a = null", 1, "null is not TOML", "leave the key out"),
    ("x = 1\na = None # why", 2, "None is not TOML", "leave the key out"),
    ("a = yes", 1, "yes is not TOML", "true or false"),
    ("a = True", 1, "True is not TOML", "true or false"),
    ("a = hello", 1, "hello is not a value", 'quotes: "hello"'),
    ("a =", 1, "a value is missing", "leave the key out"),
    ("a = .5", 1, ".5 is not a number", "0.5"),
    ("a = 01", 1, "a number cannot go on like this", "no zero"),
    ("a = 1.2.3", 1, "a number cannot go on like this", "versions need quotes"),
    ("a = 1,", 1, "a comma after the value", "remove the comma"),
    ("a = 1;", 1, "a semicolon", "remove it"),
    ('a = "it"s"', 1, 's" follows the value', "backslash"),
    ("a = 1\rb = 2", 1, "a carriage return", "LF or CRLF"),
    ('a = "b\nc = 1', 1, "a string is not closed on this line", "close it"),
    ("a = 'b\nc = 'd'", 1, "a string is not closed on this line", "close it"),
    ('x = 1\n\n# note\na = """b\nc = 1\n', 4, "a string is never closed", "close it"),
    ("x = 1\na = '''b\nc = 1\n", 2, "a string is never closed", "close it"),
    ("a = [1,\n  2\nb = 3\n", 3, "an array is not closed here (it begins on line 1)", "a comma or `]`"),
    ("a = { b = 1 c = 2 }", 1, "an inline table is not closed here", "a comma or `}`"),
    ("a = { b = 1, b = 2 }", 1, "a key is twice", "remove one"),
    ("[t]\na = 1\nb = 2\na = 3\n", 4, "t.a is there twice (first on line 2)", "[table] header"),
    ("a = 1\na = '''\n\n'''\n", 2, "a is there twice (first on line 1)", "remove one"),
    ("[t]\na = 1\n[t]\nb = 1\n", 3, "[t] is there twice (first on line 1)", "[[t]]"),
    ("a = 1\n[a]\n", 2, "[a] is there twice", "one header"),
    ("a = { b = 1 }\na.c = 2\n", 2, "a.c is there twice", "remove one"),
    ("a: 1", 1, "there is no `=` after the key", "key = value"),
    ("é = 1", 1, "this cannot begin a line", "key = value"),
    ("a. = 1", 1, "this cannot begin a key", "key = value"),
    ("[a\nb = 1", 1, "a header is not closed", "[table]"),
    ('a = "C:\\dir"', 1, "a single backslash", "write \\\\"),
    ('a = "C:\\Users"', 1, "an escape that is none", "write \\\\"),
    ('a = "\\ud800"', 1, "an escape that is no character", "itself"),
    ("a = 2026-02-30", 1, "there is no such date", "2026-01-31"),
    ('a = "x\x01"', 1, "a control character (U+0001)", "\\u0001"),
    ("x = 1\na = " + "1" * 5000, 2, "a number of too many digits", "shorten"),
]


@pytest.mark.parametrize(("text", "line", "message", "hint"), CASES, ids=[case[2] for case in CASES])
def test_the_reason_the_line_and_the_next_step(text: str, line: int, message: str, hint: str) -> None:
    error = broken(text)
    assert message in error.message
    assert error.line == line
    assert hint in (error.hint or "")


def test_bytes_that_are_not_utf8() -> None:
    error = broken(b'x = 1\n\xc3\xa9 = "\xc3\xa9\xe9"\n')
    assert error.code == "not-utf8"
    assert (error.line, error.column) == (2, 7)
    assert "byte 0xe9 at offset 14" in error.message


def test_the_broken_files_of_real_people(shared_data: Path) -> None:
    found = {
        path.name[:3]: ((error := broken(path.read_bytes())).line, error.message, error.hint)
        for path in (shared_data / "malformed").glob("*.toml")
    }
    assert found == {
        "002": (
            17,
            "cost.output is there twice (first on line 14)",
            "remove one; or is a [table] header missing above?",
        ),
        "005": (5, "null is not TOML", "leave the key out"),
        "241": (5, "a comma after the value", "remove the comma: each key stands on a line of its own"),
        "257": (1, "a string is not closed on this line", 'close it with the same quote; longer text needs """…"""'),
    }


@given(st.binary(max_size=60) | st.text(st.sampled_from("[]{}=.,\"'#\\\n\r \tab1-_:é\0"), max_size=40).map(str.encode))
def test_any_bytes_are_data_or_our_error(content: bytes) -> None:
    with suppress(BrokenFileError):
        codec.parse(content)
    line_of(content, ("a", 0, "b"))
