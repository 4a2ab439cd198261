"""The journal says again exactly what was written, and nothing else is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modeltui.domain.change import Action
from modeltui.errors import BrokenFileError
from modeltui.storage import state_dir
from modeltui.storage.applying.journal import Journal, Move, decoded_journal, encoded_journal

OLD, NEW = "0" * 64, "1" * 64
STAGE = state_dir.stage_of("x1")

JOURNAL = Journal(
    id="x1",
    by="älice\x1b",
    moves=(
        Move("models/a/u.toml", Action.UPDATE, OLD, NEW, f"{STAGE}/0"),
        Move("models/a/d.toml", Action.DELETE, OLD, None, f"{STAGE}/1"),
        Move("models/new/c.toml", Action.CREATE, None, NEW, "models/.modeltui-x1-2.tmp"),
        Move("workflows/w.toml", Action.CREATE, None, NEW, ".modeltui-x1-3.tmp"),
    ),
    directories=("models/new",),
    change_ids=("1", "2"),
    record={"id": "x1", "reason": "line\nbreak \u2028"},
)


def test_what_is_written_is_read() -> None:
    assert decoded_journal(encoded_journal(JOURNAL)) == JOURNAL
    assert decoded_journal(encoded_journal(JOURNAL), way="back") == replace(JOURNAL, way="back")
    assert JOURNAL.paths == ("models/a/u.toml", "models/a/d.toml", "models/new/c.toml", "workflows/w.toml")


@given(st.data())
def test_any_other_byte_is_noticed(data: st.DataObject) -> None:
    content = bytearray(encoded_journal(JOURNAL))
    place = data.draw(st.integers(0, len(content) - 2))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenFileError):
        decoded_journal(bytes(content))


@given(st.integers(0, len(encoded_journal(JOURNAL)) - 2))
def test_any_part_of_it_is_not_enough(length: int) -> None:
    with pytest.raises(BrokenFileError):
        decoded_journal(encoded_journal(JOURNAL)[:length])


@pytest.mark.parametrize(
    "move",
    [
        Move("../x.toml", Action.UPDATE, OLD, NEW, f"{STAGE}/0"),
        Move("models/a.toml", Action.UPDATE, OLD, NEW, f"{STAGE}/1"),
        Move("models/a.toml", Action.UPDATE, OLD, NEW, "models/b.toml"),
        Move("models/a.toml", Action.UPDATE, OLD, NEW, ".modeltui/txn-other/0"),
        Move("models/a.toml", Action.UPDATE, OLD, NEW, f"{STAGE}/../../models/b.toml"),
        Move("models/a.toml", Action.UPDATE, OLD, None, f"{STAGE}/0"),
        Move("models/a.toml", Action.UPDATE, "short", NEW, f"{STAGE}/0"),
        Move("models/a.toml", Action.DELETE, None, None, f"{STAGE}/0"),
        Move("models/a.toml", Action.CREATE, None, NEW, "other/.modeltui-x1-0.tmp"),
        Move("models/a.toml", Action.CREATE, None, NEW, "models/a.toml/.modeltui-x1-0.tmp"),
        Move("models/a.toml", Action.CREATE, None, NEW, "models/../.modeltui-x1-0.tmp"),
        Move("models/a.toml", Action.CREATE, None, NEW, f"{STAGE}/0"),
    ],
)
def test_a_right_checksum_is_no_leave(move: Move) -> None:
    with pytest.raises(BrokenFileError, match="what no apply says"):
        decoded_journal(encoded_journal(replace(JOURNAL, moves=(move,))))
