"""Text from data never reaches a terminal raw."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.text import safe


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text", "plain text"),
        ("Größe 数 🦊", "Größe 数 🦊"),
        ("\x1b[31mred", "\\e[31mred"),
        ("\x1b]52;c;AA==\x07", "\\e]52;c;AA==\\x07"),
        ("a\x9bb", "a\\x9bb"),
        ("\u202etxt", "\\u202etxt"),
        ("line\nnext\ttab\r", "line\\nnext\\ttab\\r"),
        ("\0", "\\0"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
        ("[bold]", "[bold]"),
    ],
)
def test_unsafe_characters_become_visible(raw: str, shown: str) -> None:
    assert safe(raw) == shown


def test_kept_characters_stay() -> None:
    assert safe("a\nb\x1b", keep="\n") == "a\nb\\e"


@given(st.text(alphabet=st.characters()))
def test_nothing_unsafe_is_left(raw: str) -> None:
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in safe(raw))
