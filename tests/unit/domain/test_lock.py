"""A lock fails safe, and its digest is of everything but itself."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from modeltui.domain.lock import lock_of
from modeltui.domain.lock_text import has_plain_lock, lock_digest, without_lock

FILE = b'name = "a"\n\n[lock]\nlocked = true\n# why\nby = "alice"\n\n[cost]\nbase = "1"\n'


@pytest.mark.parametrize(
    "lock", [{"locked": True}, {}, {"locked": "false"}, {"locked": 0}, True, "yes", [], {"reason": "x"}]
)
def test_all_but_a_plain_false_holds(lock: Any) -> None:
    assert lock_of({"lock": lock}) is not None


@pytest.mark.parametrize("document", [{}, {"lock": {"locked": False}}])
def test_no_lock(document: dict[str, Any]) -> None:
    assert lock_of(document) is None


def test_a_lock_says_who_and_why() -> None:
    assert str(lock_of({"lock": {"locked": True, "by": "alice", "reason": "live"}})) == "locked by alice (live)"
    assert str(lock_of({"lock": {"locked": True}})) == "locked"


def test_the_digest_leaves_the_lock_out() -> None:
    rest = b'name = "a"\n\n[cost]\nbase = "1"\n'
    assert lock_digest(FILE) == "sha256:" + hashlib.sha256(rest).hexdigest()


def test_the_digest_sees_every_other_byte_and_no_change_of_the_lock() -> None:
    assert lock_digest(FILE.replace(b'"alice"', b'"bob"')) == lock_digest(FILE)
    assert lock_digest(FILE.replace(b'"1"', b'"2"')) != lock_digest(FILE)
    assert lock_digest(FILE.replace(b"\n", b"\r\n")) != lock_digest(FILE)


def test_a_lock_at_the_end_and_other_tables_like_it() -> None:
    assert lock_digest(b"a = 1\n[lock]\nlocked = true") == lock_digest(b"a = 1\n")
    assert lock_digest(b"a = 1\n[locks]\nx = 1\n") != lock_digest(b"a = 1\n")
    assert lock_digest(b"a = 1\n[ lock ] # held\nx = 1\n[[rules]]\n") == lock_digest(b"a = 1\n[[rules]]\n")


@pytest.mark.parametrize(
    "text",
    [
        '"""\n[lock]\n"""',
        "'''\n[lock]\n'''",
        '"""\r\n[lock]\r\n"""',
        '"""\\\\\n[lock]\n"""',
        '[\n["lock"],\n # [lock]\n]',
    ],
)
def test_a_line_in_a_text_cuts_nothing_off(text: str) -> None:
    content = f'note = {text}\norder = 1\n\n[lock]\nlocked = true\n\n[cost]\nbase = "1"\n'.encode()
    assert lock_digest(content.replace(b"order = 1", b"order = 2")) != lock_digest(content)
    assert without_lock(content) == content.replace(b"[lock]\nlocked = true\n\n", b"")


def test_a_line_in_a_text_of_the_lock_does_not_end_it() -> None:
    content = b'a = 1\n[lock]\nreason = """\n[cost]\nbase = 1\n"""\nother = [\n[1],\n]\n[cost]\nbase = 2\n'
    assert without_lock(content) == b"a = 1\n[cost]\nbase = 2\n"


@pytest.mark.parametrize(
    ("lock", "is_plain"),
    [
        ("[lock]\nlocked = true\n", True),
        ("\t[ lock ] # held\r\nlocked = true\r\n", True),
        ('["lock"]\nlocked = true\n', False),
        ('["l\\u006fck"]\nlocked = true\n', False),
        ("lock.locked = true\nlock.by = '''\n[a]''' # c\n", False),
        ("lock = { locked = true }\n", False),
        ("[lock.more]\na = 1\n", False),
        ("[[lock]]\na = 1\n[[lock]]\n", False),
        ("[lock]\nlocked = true\n[lock.more]\na = 1\n", True),
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_lock_is_cut_out_however_it_is_spelt(lock: str, is_plain: bool, mark: bytes) -> None:
    rest = b"[cost]\nbase = 1\n"
    assert without_lock(mark + lock.encode() + rest) == mark + rest
    assert has_plain_lock(mark + lock.encode() + rest) == is_plain


def test_what_is_no_toml_is_covered_from_there_on() -> None:
    content = b"a = 1\n[lock]\nlocked = true\n= =\n[cost]\n"
    assert without_lock(content) == b"a = 1\n= =\n[cost]\n"


@pytest.mark.parametrize("other", [b"[a.lock]\nx = 1\n", b"[locks]\nx = 1\n", b"[a]\nlock.x = 1\n", b"# [lock]\n"])
def test_another_key_that_is_named_so_is_covered(other: bytes) -> None:
    assert without_lock(other) == other
