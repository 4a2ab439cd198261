"""History: one record an apply, newest first, with what git made of it beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT
from modeltui.history.record import ApplyRecord, FieldChange, FileChange, decoded_record, encoded_record
from modeltui.history.repository import HistoryRepository
from modeltui.storage.log_file import LogFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_names import HISTORY

RECORD = ApplyRecord(
    id="one",
    at=datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    by="alice",
    host="here",
    reason="why\nnot \x1b[31m",
    changes=(
        FieldChange("chat/a", "models/chat/a.toml", ("rules", 0, "x"), ABSENT, 2**70, Action.UPDATE),
        FieldChange("chat/a", "models/chat/a.toml", ("cost",), {"base": 1.0}, float("inf"), Action.UPDATE),
        FieldChange("chat/b", "models/chat/b.toml", (), ABSENT, ABSENT, Action.DELETE),
    ),
    files=(
        FileChange("chat/a", "models/chat/a.toml", Action.UPDATE, "0" * 64, "1" * 64),
        FileChange("chat/b", "models/chat/b.toml", Action.DELETE, "2" * 64, None, old_text="name = 'b'\r\n"),
    ),
)


@pytest.fixture
def history(tmp_path: Path) -> HistoryRepository:
    return HistoryRepository(LogFile(RealFs(str(tmp_path)), HISTORY))


def _of(apply_id: str, key: str = "chat/a") -> ApplyRecord:
    return replace(RECORD, id=apply_id, changes=(), files=(FileChange(key, "p", Action.UPDATE, None, None),))


def test_a_record_comes_back_the_same(history: HistoryRepository) -> None:
    assert decoded_record(encoded_record(RECORD)) == RECORD
    assert history.append(encoded_record(RECORD))
    assert history.entries() == [RECORD]


def test_an_apply_is_recorded_once(history: HistoryRepository) -> None:
    history.append(encoded_record(RECORD))
    assert not history.append(encoded_record(RECORD))
    assert not history.append(encoded_record(replace(RECORD, reason="another")))
    assert history.entries() == [RECORD]
    assert history.has("one")
    assert not history.has("on")


def test_newest_first_and_by_model(history: HistoryRepository) -> None:
    for number, key in enumerate(["chat/a", "chat/b", "chat/a"]):
        history.append(encoded_record(_of(f"id{number}", key)))
    assert [record.id for record in history.entries()] == ["id2", "id1", "id0"]
    assert [record.id for record in history.entries("chat/a")] == ["id2", "id0"]
    assert history.entries("chat/x") == []


def test_the_commit_is_noted_beside_it(history: HistoryRepository) -> None:
    for apply_id in ("one", "two"):
        history.append(encoded_record(_of(apply_id)))
    history.note_pending("one", "a merge is under way")
    assert history.entries()[1].pending == "a merge is under way"
    assert [(each.record["id"], each.paths) for each in history.pending()] == [("one", ("p",))]
    history.note_commit("one", "abc")
    assert (history.entries()[1].commit, history.entries()[1].pending) == ("abc", None)
    assert history.commit_of("one") == "abc"
    assert history.commit_of("two") is None
    assert history.pending() == []


def test_a_torn_record_is_none_and_is_recorded_again(history: HistoryRepository, tmp_path: Path) -> None:
    history.append(encoded_record(_of("one")))
    whole = (tmp_path / HISTORY).read_bytes()
    history.append(encoded_record(_of("two")))
    torn = (tmp_path / HISTORY).read_bytes()[: len(whole) + 50]
    (tmp_path / HISTORY).write_bytes(torn)
    assert not history.has("two")
    assert history.append(encoded_record(_of("two")))
    assert [record.id for record in history.entries()] == ["two", "one"]
    assert (tmp_path / f"{HISTORY}.torn-1").read_bytes() == torn[len(whole) :]


@pytest.mark.parametrize("change", [{"at": "never"}, {"changes": 5}, {"files": [{}]}, {"changes": [{"field": 1}]}])
def test_what_a_newer_program_wrote_does_not_hide_the_rest(history: HistoryRepository, change: dict[str, Any]) -> None:
    history.append({**encoded_record(_of("odd")), **change})
    history.append(encoded_record(_of("one")))
    assert [record.id for record in history.entries()] == ["one"]
    assert history.has("odd")


def test_no_history_yet(history: HistoryRepository, tmp_path: Path) -> None:
    assert history.entries() == []
    assert history.pending() == []
    assert not history.has("one")
    assert list(tmp_path.iterdir()) == []
