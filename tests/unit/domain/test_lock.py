"""A lock fails safe, and its digest is of everything but itself."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from modeltui.domain.lock import lock_digest, lock_of

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
