"""SHA-256 is the same whichever makes it."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest

from modeltui.domain import digest as digests
from modeltui.domain.digest import digest

CONTENTS = (b"", b"a", bytes(range(256)) * 100)


def expected(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("asked", [0, 10_000], ids=["few", "many"])
def test_few_and_many_are_made_alike(monkeypatch: pytest.MonkeyPatch, asked: int) -> None:
    monkeypatch.setattr(digests, "_asked", count(asked))
    assert [digest(content) for content in CONTENTS] == [expected(content) for content in CONTENTS]


def test_a_python_without_its_own_takes_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_OWN", "_no_such_module")
    monkeypatch.setattr(digests, "_asked", count())
    digests._quickly_loaded.cache_clear()
    assert digest(b"a") == expected(b"a")
    digests._quickly_loaded.cache_clear()
