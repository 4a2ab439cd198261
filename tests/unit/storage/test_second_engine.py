"""The second engine takes over where the first cannot prove its work, and is held to the same proof."""

from __future__ import annotations

import pytest

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT
from modeltui.errors import EditRefusedError
from modeltui.storage.toml import editor
from modeltui.storage.toml.second_engine import rewritten

TEXT = b'# head\nname = "a" # one\n\n[cost]\nbase = "1"\n'


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"name": "b", "cost": {"base": "1"}}, TEXT.replace(b'"a"', b'"b"')),
        ({"name": "a", "cost": {}}, TEXT.replace(b'base = "1"\n', b"")),
        ({"name": "a", "cost": {"base": "1", "round": "up:0"}}, TEXT + b'round = "up:0"\n'),
    ],
)
def test_it_edits_and_keeps_the_rest(wanted: dict[str, object], text: bytes) -> None:
    assert rewritten(TEXT, {"name": "a", "cost": {"base": "1"}}, wanted) == text


def _broken(content: bytes, before: object, wanted: object) -> bytes:
    return content.replace(b"# head", b"# hand")


def test_it_takes_over_from_a_first_engine_that_touches_other_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "_framed", _broken)
    assert editor.edited(TEXT, [Edit(("name",), "a", "b")]) == TEXT.replace(b'"a"', b'"b"')


def test_where_neither_is_proved_right_nothing_is_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "_framed", _broken)
    monkeypatch.setattr(editor, "rewritten", _broken)
    with pytest.raises(EditRefusedError):
        editor.edited(TEXT, [Edit(("cost",), {"base": "1"}, ABSENT)])
