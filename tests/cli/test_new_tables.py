"""A table that is not in the file yet, and then a field of it: one change in every place, and it goes as it came."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli.small import KLING, Line

RAMP = ({"field": "rollout", "old": None, "new": {"percent": 50, "allow": ["ann"]}},)


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(params=["git", "no git"])
def line(request: pytest.FixtureRequest, modeltui: Line) -> Line:
    if request.param == "git":
        _git(modeltui.root, "init", "-q")
        _git(modeltui.root, "add", "-A")
        _git(modeltui.root, "-c", "user.name=ann", "-c", "user.email=ann@example.org", "commit", "-qm", "start")
    return modeltui


def _queued(line: Line) -> None:
    """A first table, then fields of it: by the command of its own, and as any field."""
    assert line("rollout", KLING, "10").code == 0
    assert line("set", KLING, "rollout.percent=50").code == 0
    assert line("rollout", KLING, "--allow", "ann").code == 0


def _changes(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: change[name] for name in ("field", "old", "new")} for change in row["changes"]]


def test_the_plan_has_one_change_and_each_undo_takes_one_step(line: Line) -> None:
    _queued(line)
    [row] = line("pending", "--format", "json").json
    assert _changes(row) == list(RAMP)
    assert 'rollout: – → { percent = 50, allow = ["ann"] }' in line("pending").out
    for percent in ({"percent": 50}, {"percent": 10}):
        assert line("undo").code == 0
        [row] = line("pending", "--format", "json").json
        assert _changes(row) == [{"field": "rollout", "old": None, "new": percent}]
    line("undo")
    assert line("pending", "--format", "json").json == []
    for _ in range(3):
        line("redo")
    [row] = line("pending", "--format", "json").json
    assert _changes(row) == list(RAMP)


def test_it_is_applied_recorded_and_rolled_back_byte_by_byte(line: Line) -> None:
    before = line.file(KLING).read_bytes()
    _queued(line)
    assert line("apply", "--yes").code == 0
    assert line.file(KLING).read_bytes() == before + b'\n[rollout]\npercent = 50\nallow = ["ann"]\n'
    [first, *_] = line("history", "--format", "json").json
    assert _changes(first) == list(RAMP)
    [noted] = [row for row in line("history", "--audit", "--format", "json").json if row["what"] == "apply"]
    assert noted["subject"] == first["id"]
    assert line("rollback", first["id"]).code == 0
    [row] = line("pending", "--format", "json").json
    assert _changes(row) == [{"field": "rollout", "old": RAMP[0]["new"], "new": None}]
    assert line("apply", "--yes").code == 0
    assert line.file(KLING).read_bytes() == before


def test_one_field_of_it_is_rolled_back_alone(line: Line) -> None:
    _queued(line)
    line("apply", "--yes")
    [first, *_] = line("history", "--format", "json").json
    assert line("rollback", first["id"], "--field", "rollout.allow").code == 0
    assert line("apply", "--yes").code == 0
    assert line.file(KLING).read_text().endswith("\n[rollout]\npercent = 50\n")


def test_a_plan_file_of_it_is_applied_elsewhere(line: Line, tmp_path: Path) -> None:
    before, plan = line.file(KLING).read_bytes(), tmp_path / "a.plan"
    _queued(line)
    assert line("plan", "--out", str(plan)).code == 0
    line("discard", KLING)
    assert line("apply", "--plan", str(plan), "--yes").code == 0
    assert line.file(KLING).read_bytes() == before + b'\n[rollout]\npercent = 50\nallow = ["ann"]\n'


def test_what_is_made_and_taken_away_again_is_nothing(line: Line) -> None:
    assert line("set", KLING, "rollout.percent=10").code == 0
    assert line("set", KLING, "order=2", "--unset", "rollout").code == 0
    assert line("pending", "--format", "json").json == []
