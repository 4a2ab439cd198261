"""`plan --out` and `apply --plan`, and `recover` on what was interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import FLUX, KLING, Line


@pytest.fixture
def plan(modeltui: Line, tmp_path: Path) -> str:
    """A plan that disables kling; the queue is empty again."""
    path = str(tmp_path / "plan.json")
    modeltui("disable", KLING)
    assert modeltui("plan", "--out", path).code == 0
    modeltui("discard", "--all")
    return path


def test_a_plan_is_readable_json(modeltui: Line, plan: str) -> None:
    document = json.loads(Path(plan).read_text())
    assert (document["modeltui_plan"], document["catalog"]) == (1, "catalog")
    [file] = document["files"]
    assert (file["key"], file["action"]) == (KLING, "update")
    assert file["edits"] == [{"field": ["active"], "old": True, "new": False}]
    modeltui("disable", KLING)
    assert json.loads(modeltui("plan").out)["files"] == [file]


def test_nothing_pending_is_no_plan(modeltui: Line, tmp_path: Path) -> None:
    ran = modeltui("plan", "--out", str(tmp_path / "p"))
    assert (ran.code, ran.err) == (0, "nothing is pending, so there is no plan\n")
    assert not (tmp_path / "p").exists()


def test_applying_a_plan_leaves_the_queue_alone(modeltui: Line, plan: str) -> None:
    modeltui("enable", FLUX)
    ran = modeltui("apply", "--plan", plan, "--yes", "--reason", "reviewed", "--format", "json")
    assert (ran.code, ran.json["files"]) == (0, [f"models/{KLING}.toml"])
    assert "active = false" in modeltui.file(KLING).read_text()
    assert [row["key"] for row in modeltui("pending", "--format", "json").json] == [FLUX]
    assert modeltui("history", "--format", "json").json[0]["reason"] == "reviewed"


def test_a_dry_run_of_a_plan_writes_nothing(modeltui: Line, plan: str) -> None:
    before = modeltui.file(KLING).read_bytes()
    ran = modeltui("apply", "--plan", plan, "--dry-run")
    assert ran.code == 0
    assert "+active = false     # on or off" in ran.out.splitlines()
    assert modeltui.file(KLING).read_bytes() == before


def test_a_stale_plan_is_exit_3(modeltui: Line, plan: str) -> None:
    modeltui.file(KLING).write_text(modeltui.file(KLING).read_text() + "# later\n")
    for words in (["--yes"], ["--dry-run"]):
        assert modeltui("apply", "--plan", plan, *words).code == 3
    assert "active = true" in modeltui.file(KLING).read_text()


def test_a_crafted_plan_is_exit_1_and_no_plan_exit_2(modeltui: Line, plan: str) -> None:
    text = Path(plan).read_text()
    Path(plan).write_text(text.replace('"active"', '"uid"'))
    ran = modeltui("apply", "--plan", plan, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "uid" in ran.err
    assert modeltui("apply", "--plan", plan + ".none", "--yes").code == 2


def test_a_plan_asks_like_any_apply(modeltui: Line, plan: str, typed: Callable[[str], None]) -> None:
    assert modeltui("apply", "--plan", plan).code == 2
    typed("why\nn\n")
    assert modeltui("apply", "--plan", plan).code == 1
    typed("why\ny\n")
    assert modeltui("apply", "--plan", plan).code == 0
    assert modeltui("history", "--format", "json").json[0]["reason"] == "why"


def test_recover_says_that_all_is_well(modeltui: Line) -> None:
    assert modeltui("recover", "--details").out == "idle: no apply is in progress, and none was interrupted\n"
    found = modeltui("recover", "--format", "json").json
    assert (found["state"], found["files"], found["outcome"]) == ("idle", [], None)
    assert modeltui("recover", "--forward", "--back").code == 2


@pytest.fixture
def interrupted(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """An apply that died between its commit point and the first file."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    modeltui("disable", KLING)
    with monkeypatch.context() as patched:
        patched.setattr("modeltui.storage.applying.moves.Moves.forward", die)
        assert modeltui("apply", "--yes").code == 130
    return modeltui


def test_details_of_an_interrupted_apply_change_nothing(interrupted: Line) -> None:
    for _ in range(2):
        lines = interrupted("recover", "--details").out.splitlines()
        assert lines[0].startswith("interrupted: apply ")
        assert lines[1] == f"    models/{KLING}.toml"
    assert "active = true" in interrupted.file(KLING).read_text()


@pytest.mark.parametrize(
    ("words", "outcome", "active"),
    [([], "finished", "false"), (["--forward"], "finished", "false"), (["--back"], "undone", "true")],
)
def test_recover_goes_the_way_that_is_asked(interrupted: Line, words: list[str], outcome: str, active: str) -> None:
    ran = interrupted("recover", *words, "--format", "json")
    assert (ran.code, ran.json["state"], ran.json["outcome"]) == (0, "interrupted", outcome)
    assert ran.json["files"] == [f"models/{KLING}.toml"]
    assert f"active = {active}" in interrupted.file(KLING).read_text()
    assert interrupted("recover", "--format", "json").json["state"] == "idle"
