"""The line of a field, however it is written."""

from __future__ import annotations

import pytest

from modeltui.domain.document import FieldPath
from modeltui.storage.toml.locate import Lines, line_of

CONTENT = b'''\xef\xbb\xbf# about
name = "x"
'a.b' = 1
request.body.model = 2
text = """
[fake]
name = "no"
"""
list = [
  1, # one
  { x = 2 },
]

  [t.sub] # deep
k = 1
[t]
z = 1
[[rules]]
when = { d = "1" }
  [rules.q]
  "m n" = 1
[[rules]]
[rules.q]
m = 3
'''

EXPECTED: list[tuple[FieldPath, int | None]] = [
    (("name",), 2),
    (("a.b",), 3),
    (("request",), 4),
    (("request", "body"), 4),
    (("request", "body", "model"), 4),
    (("request", "path"), 4),
    (("text",), 5),
    (("fake",), None),
    (("list",), 9),
    (("list", 1, "x"), 9),
    (("t", "sub"), 14),
    (("t", "sub", "k"), 15),
    (("t",), 16),
    (("t", "z"), 17),
    (("t", "none", "at", "all"), 16),
    (("rules",), 18),
    (("rules", 0), 18),
    (("rules", 0, "when", "d"), 19),
    (("rules", 0, "q", "m n"), 21),
    (("rules", 1), 22),
    (("rules", 1, "q", "m"), 24),
    (("rules", "1", "q", "m"), 24),
    (("rules", 1, "none"), 22),
    (("rules", 7), 18),
    (("none",), None),
    ((), None),
]


@pytest.mark.parametrize(("path", "line"), EXPECTED)
def test_a_field_is_found_on_its_line(path: FieldPath, line: int | None) -> None:
    assert Lines(CONTENT).line_of(path) == line


def test_line_ends_do_not_count() -> None:
    assert line_of(CONTENT.replace(b"\n", b"\r\n"), ("rules", 1, "q", "m")) == 24


def test_what_comes_before_the_break_is_found_in_a_broken_file() -> None:
    assert line_of(b"a = 1\nb = \nc = 2\n", ("a",)) == 1
    assert line_of(b"a = 1\nb = \nc = 2\n", ("c",)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"a = [" + b'"""a""""",' * 20_000 + b"[",
        b"a = [" + b"'''a'''''," * 20_000 + b"[",
        b"a = [" + b'"x",' * 50_000 + b"{",
        b'a = ["' + b'\\"' * 100_000 + b"[",
        b"a = " + b"{ a = " * 30_000,
        b'"a".' * 50_000,
        b"#\n \n" * 50_000 + b"[",
    ],
    ids=lambda content: content[:16].decode(),
)
def test_what_is_begun_and_never_ended_is_scanned_once(content: bytes) -> None:
    """Patterns that try again from every place would take hours."""
    assert line_of(b"b = 1\n" + content, ("b",)) == 1
