"""A locked file takes back what was locked, and nothing that only looks like it."""

from __future__ import annotations

from modeltui.domain.lock_text import lock_digest
from modeltui.storage.applying.restoration import is_restored

_BODY = 'name = "a"\nnote = """\n[x]\n"""\n\n[lock]\nlocked = true\ndigest = "{digest}"\n\n[cost]\nbase = "{base}"\n'
_GOOD = _BODY.format(digest=lock_digest(_BODY.format(digest="", base="1").encode()), base="1").encode()
_DRIFTED = _GOOD.replace(b'base = "1"', b'base = "9"')


def test_the_locked_bytes_are_a_restoration() -> None:
    assert is_restored(_DRIFTED, _GOOD)


def test_a_file_that_is_as_it_was_locked_needs_none() -> None:
    assert not is_restored(_GOOD, _GOOD)


def test_any_other_content_is_none() -> None:
    assert not is_restored(_DRIFTED, _GOOD.replace(b'"a"', b'"b"'))
    assert not is_restored(_DRIFTED, _DRIFTED)
    assert not is_restored(_DRIFTED, b"name = ")


def test_the_lock_itself_has_to_stay() -> None:
    assert not is_restored(_DRIFTED, _GOOD.replace(b"locked = true", b"locked = false"))
    assert not is_restored(_DRIFTED, _GOOD.replace(b"locked = true", b'locked = true\nby = "mallory"'))


def test_nothing_hides_in_a_text_that_looks_like_a_lock() -> None:
    smuggled = _GOOD.replace(b'"""\n[x]', b'"""\n[lock]\nevil\n[x]')
    assert lock_digest(smuggled) != lock_digest(_GOOD)
    assert not is_restored(_DRIFTED, smuggled)


def test_without_a_lock_there_is_nothing_to_restore() -> None:
    assert not is_restored(b"a = 1\n", _GOOD)
