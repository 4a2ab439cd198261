"""What tells that no apply was interrupted, and loads nothing for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.storage.applying.unfinished import has_journal, may_be_unfinished


def test_a_catalogue_without_state_has_nothing_unfinished(tmp_path: Path) -> None:
    assert not may_be_unfinished(str(tmp_path))
    assert not has_journal(str(tmp_path))


def test_nor_has_one_whose_applies_ended(tmp_path: Path) -> None:
    state = tmp_path / ".modeltui"
    (state / "queue").mkdir(parents=True)
    for name in ("history.jsonl", "generation", "mutex", ".gitignore", "audit.jsonl", "jobs.sqlite"):
        (state / name).write_text("")
    assert not may_be_unfinished(str(tmp_path))


@pytest.mark.parametrize("name", ["journal", "journal.abort", "journal.tmp", "txn-20261120-101500-3fa9c1"])
def test_whatever_an_apply_leaves_is_seen(tmp_path: Path, name: str) -> None:
    (tmp_path / ".modeltui" / name).mkdir(parents=True)
    assert may_be_unfinished(str(tmp_path))
    assert has_journal(str(tmp_path)) is (name in {"journal", "journal.abort"})


def test_what_cannot_be_told_is_looked_at(tmp_path: Path) -> None:
    state = tmp_path / ".modeltui"
    state.symlink_to(tmp_path / "nowhere")
    assert may_be_unfinished(str(tmp_path))
    (tmp_path / "nowhere").mkdir()
    assert may_be_unfinished(str(tmp_path))
    state.unlink()
    state.write_text("no folder")
    assert may_be_unfinished(str(tmp_path))
