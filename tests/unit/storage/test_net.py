"""The net lets through only what says what was asked and leaves every other line alone."""

from __future__ import annotations

import pytest

from modeltui.domain.document import ABSENT, FieldPath, Value, with_value
from modeltui.errors import EditRefusedError
from modeltui.storage.toml import codec
from modeltui.storage.toml.net import prove

OLD = b"""\
# top
a = 1 # why
b = [
  1, # one
]
c = 2

# about t
[t]
x = 1
y = 2 # keep
# below

[lock]
# inside
locked = true
"""


def passes(old: bytes, new: bytes, path: FieldPath, value: Value) -> bool:
    before = codec.parse(old)
    try:
        prove(old, new, before, with_value(before, path, value))
    except EditRefusedError:
        return False
    return True


def test_the_right_edit_passes() -> None:
    assert passes(OLD, OLD.replace(b"a = 1", b"a = 3"), ("a",), 3)
    assert passes(OLD, OLD.replace(b"c = 2\n", b"c = 2\nd = 4\n"), ("d",), 4)
    assert passes(OLD, OLD.replace(b"c = 2\n", b""), ("c",), ABSENT)
    assert passes(OLD, OLD[: OLD.index(b"\n[lock]")], ("lock",), ABSENT)
    assert passes(OLD, OLD.replace(b"b = [\n  1, # one\n]\n", b"b = [2]\n"), ("b",), [2])
    assert passes(OLD, OLD + b"\n[new]\nk = 1\n", ("new",), {"k": 1})


WRONG: list[tuple[str, bytes, bytes, FieldPath, Value]] = [
    ("another value", b"a = 1", b"a = 2", ("a",), 3),
    ("another type", b"a = 1", b"a = true", ("a",), 1),
    ("a float for an integer", b"a = 1", b"a = 1.0", ("a",), 2),
    ("not TOML", b"a = 1", b"a = ", ("a",), 3),
    ("not UTF-8", b"# top", b"# \xff", ("a",), 1),
    ("one more key", b"a = 1", b"z = 1\na = 3", ("a",), 3),
    ("one key less", b"a = 1 # why\nb = [\n  1, # one\n]\n", b"a = 3\n", ("a",), 3),
    ("a comment above lost", b"# top\na = 1", b"a = 3", ("a",), 3),
    ("a comment above added", b"a = 1", b"# new\na = 3", ("a",), 3),
    ("a comment below added", b"a = 1 # why", b"a = 3\n# why", ("a",), 3),
    ("a comment elsewhere changed", b"a = 1 # why\nb = [\n  1, # one", b"a = 3 # why\nb = [\n  1, # two", ("a",), 3),
    ("a header's comment lost", b"c = 2\n\n# about t", b"c = 3\n", ("c",), 3),
    ("a blank line lost", b"c = 2\n\n", b"c = 3\n", ("c",), 3),
    ("a blank line added", b"c = 2\n", b"c = 3\n\n", ("c",), 3),
    ("a line end changed", b"a = 1 # why\n", b"a = 3 # why\r\n", ("c",), 2),
    ("another line end changed", b"a = 1 # why\nb", b"a = 3 # why\r\nb", ("c",), 3),
    ("blanks elsewhere changed", b"c = 2\n\n# about t\n[t]\nx = 1", b"c = 3\n\n# about t\n[t]\nx  =  1", ("c",), 3),
    ("another comment lost with a removed key", b"c = 2\n\n# about t\n", b"", ("c",), ABSENT),
    ("another comment lost with a new key", b"c = 2\n\n# about t\n", b"c = 2\nd = 1\n", ("d",), 1),
    ("keys moved", b"x = 1\ny = 2 # keep\n", b"y = 3 # keep\nx = 1\n", ("t", "y"), 3),
    (
        "two keys moved",
        b"a = 1 # why\nb = [\n  1, # one\n]\nc = 2\n",
        b"c = 3\na = 1 # why\nb = [\n  1, # one\n]\n",
        ("c",),
        3,
    ),
    (
        "the comment before a removed section lost",
        b"# below\n\n[lock]\n# inside\nlocked = true\n",
        b"",
        ("lock",),
        ABSENT,
    ),
    ("a byte order mark added", b"# top\na = 1", b"\xef\xbb\xbf# top\na = 3", ("a",), 3),
    ("the last line end lost", b"locked = true\n", b"locked = false", ("lock", "locked"), False),
]


@pytest.mark.parametrize(("old", "new", "path", "value"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_the_wrong_edit_does_not(old: bytes, new: bytes, path: FieldPath, value: Value) -> None:
    assert old in OLD
    assert not passes(OLD, OLD.replace(old, new, 1), path, value)


def test_an_edit_that_was_not_made_does_not_pass() -> None:
    assert not passes(OLD, OLD, ("a",), 3)


def test_the_form_of_a_value_elsewhere_may_not_change() -> None:
    old = b"a = 1\nb = 1_000\nc = 'x'\n"
    assert not passes(old, b'a = 2\nb = 1000\nc = "x"\n', ("a",), 2)


def test_the_order_of_tables_in_a_list_counts() -> None:
    old = b"[[r]]\n# one\nx = 1\n[[r]]\n# two\nx = 2\n"
    assert passes(old, old.replace(b"x = 2", b"x = 3"), ("r", 1, "x"), 3)
    assert not passes(old, b"[[r]]\n# two\nx = 1\n[[r]]\n# one\nx = 3\n", ("r", 1, "x"), 3)


def test_a_missing_last_line_end_stays_missing() -> None:
    assert passes(b"a = 1", b"a = 1\nb = 2", ("b",), 2)
    assert not passes(b"a = 1", b"a = 1\nb = 2\n", ("b",), 2)
    assert passes(b"a = 1\nb = 2", b"a = 1", ("b",), ABSENT)
    assert passes(b"a = 1", b"", ("a",), ABSENT)
