"""Workflows that are made and removed through the queue."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli.chain_catalog import CHAIN, CHAT, IMAGE, INSTANT, SHIPPED, chain_catalog
from cli.small import Line, write

MOVE = "image_to_video/sandbox-animate"
STEPS = (f"words={CHAT}", f"still={IMAGE}", f"film={MOVE}")


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    root = chain_catalog(tmp_path / "catalog")
    write(root / f"models/{MOVE}.toml", (SHIPPED / f"models/{MOVE}.toml").read_text())
    return root


def test_steps_are_given_what_earlier_ones_make(modeltui: Line) -> None:
    ran = modeltui("workflow", "new", "clip", *STEPS)
    assert (ran.code, "1 workflow queued" in ran.err) == (0, True)
    assert not (modeltui.root / "workflows/clip.toml").exists(), "it waits"
    assert modeltui("apply", "--yes").code == 0
    shown = modeltui("workflow", "show", "clip", "--format", "json").json
    assert (shown["active"], shown["inputs"], shown["findings"]) == (False, ["prompt"], [])
    steps = {step["id"]: step["inputs"] for step in shown["document"]["steps"]}
    assert steps == {
        "words": {"prompt": "${inputs.prompt}"},
        "still": {"prompt": "${steps.words.text}"},
        "film": {"image": "${steps.still.results[0]}"},
    }
    assert modeltui("check").code == 0
    ran = modeltui("workflow", "run", "clip", "-i", "prompt=a fox", "--yes", "--format", "json")
    assert (ran.code, ran.json["steps"][2]["files"][0]["media_type"]) == (0, "image/webp")


def test_one_is_offered_or_not_through_the_queue(modeltui: Line) -> None:
    ran = modeltui("workflow", "disable", "chain", "storyboard", "--dry-run")
    assert (ran.code, "2 of 2 would change; nothing was queued" in ran.err) == (0, True)
    assert modeltui("pending").out == ""
    assert "1 workflow queued" in modeltui("workflow", "disable", "chain").err
    assert "active: true → false" in modeltui("pending").out
    assert modeltui("apply", "--yes").code == 0
    assert (modeltui.root / "workflows/chain.toml").read_text() == CHAIN.replace("active = true", "active = false")
    assert "already" in modeltui("workflow", "disable", "chain").err
    assert modeltui("disable", INSTANT).code == 0
    assert modeltui("workflow", "new", "clip", f"film={INSTANT}").code == 0
    ran = modeltui("workflow", "enable", "clip", "workflows/chain")
    assert (ran.code, "2 workflows queued" in ran.err) == (0, True)
    assert modeltui("apply", "--yes").code == 0
    assert modeltui("workflow", "show", "clip", "--format", "json").json["active"] is True
    assert (modeltui.root / "workflows/chain.toml").read_text() == CHAIN


def test_what_is_offered_and_is_wrong_is_said(modeltui: Line) -> None:
    assert modeltui("workflow", "disable", "chain").code == 0
    assert modeltui("apply", "--yes").code == 0
    path = modeltui.file(IMAGE)
    path.write_text(path.read_text().replace("active = true", "active = false", 1))
    ran = modeltui("workflow", "enable", "chain")
    assert (ran.code, "warning: workflow chain: " in ran.err) == (0, True)


def test_a_text_of_ones_own_is_checked_first(modeltui: Line, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    write(file, CHAIN.replace("${steps.words.text}", "${steps.film.text}"))
    ran = modeltui("workflow", "new", "own", "--file", str(file))
    assert (ran.code, "film is no earlier step" in ran.err, modeltui("pending").out) == (1, True, "")
    write(file, CHAIN)
    assert modeltui("workflow", "new", "own", "--file", str(file), "--dry-run").out == CHAIN
    assert modeltui("workflow", "new", "own", "--file", str(file)).code == 0
    assert modeltui("apply", "--yes").code == 0
    assert (modeltui.root / "workflows/own.toml").read_text() == CHAIN


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("new",), 2),
        (("new", "x"), 2),
        (("new", "x", "a"), 2),
        (("new", "x", f"a={CHAT}", f"a={CHAT}"), 2),
        (("new", "X", f"a={CHAT}"), 1),
        (("new", "../x", f"a={CHAT}"), 1),
        (("new", "chain", f"a={CHAT}"), 1),
        (("new", "x", "a=chat/none"), 1),
        (("new", "x", f"A b={CHAT}"), 1),
        (("new", "x", "--file", "/nowhere"), 2),
        (("remove",), 2),
        (("enable",), 2),
        (("disable", "nowhere"), 1),
        (("remove", "chain", "nowhere"), 1),
    ],
)
def test_what_cannot_be_meant_is_refused(modeltui: Line, words: tuple[str, ...], code: int) -> None:
    assert modeltui("workflow", *words).code == code
    assert modeltui("pending").out == ""


def test_what_waits_counts(modeltui: Line) -> None:
    """A name is taken, and a model held, by a workflow that is not there yet; one that goes holds nothing."""
    assert modeltui("workflow", "new", "clip", f"film={INSTANT}").code == 0
    assert modeltui("workflow", "new", "clip", f"film={INSTANT}").code == 1
    assert "workflow clip (step film) runs it" in modeltui("remove", "--hard", INSTANT).err
    assert modeltui("workflow", "remove", "clip").code == 0
    assert modeltui("pending").out == "", "it is just not made"
    assert "1 workflow pending" in modeltui("undo").err
    assert "1 workflow discarded" in modeltui("discard", "--all").err
    assert modeltui("workflow", "remove", "chain", "storyboard").code == 0
    assert modeltui("remove", "--hard", IMAGE).code == 0
    assert modeltui("apply", "--yes").code == 0
    assert not modeltui.file(IMAGE).exists()
    assert modeltui("workflow").out == ""


def test_a_removal_is_rolled_back_byte_for_byte(modeltui: Line) -> None:
    subprocess.run(["git", "init", "-q", str(modeltui.root)], check=True)
    modeltui("workflow", "remove", "chain")
    modeltui("workflow", "new", "clip", *STEPS)
    assert modeltui("apply", "--yes").code == 0
    log = subprocess.run(
        ["git", "-C", str(modeltui.root), "log", "-1", "--format=%s"], check=True, capture_output=True, text=True
    )
    assert log.stdout == "Change 2 workflows\n"
    (record,) = modeltui("history", "--limit", "1", "--format", "json").json
    assert modeltui("rollback", record["id"]).code == 0
    assert modeltui("apply", "--yes").code == 0
    assert (modeltui.root / "workflows/chain.toml").read_text() == CHAIN
    assert not (modeltui.root / "workflows/clip.toml").exists()


def test_a_plan_file_makes_and_removes_them_under_the_same_checks(modeltui: Line, tmp_path: Path) -> None:
    modeltui("workflow", "new", "clip", *STEPS)
    modeltui("workflow", "new", "clap", *STEPS)
    modeltui("workflow", "remove", "chain")
    plan = tmp_path / "plan.json"
    assert modeltui("plan", "--out", str(plan)).code == 0
    modeltui("discard", "--all")
    text = plan.read_text()
    for old, new in (
        ("id = ", "ID = "),
        ("workflows/clip", "workflows/STORYBOARD"),
        ("workflows/clip", "workflows/CLAP"),
    ):
        plan.write_text(text.replace(old, new))
        assert modeltui("apply", "--plan", str(plan), "--yes").code == 1, new
    assert json.loads(text)["files"]
    plan.write_text(text)
    assert modeltui("apply", "--plan", str(plan), "--yes").code == 0
    assert sorted(path.stem for path in (modeltui.root / "workflows").iterdir()) == ["clap", "clip", "storyboard"]


def test_who_may_not_remove_removes_no_workflow(modeltui: Line) -> None:
    assert modeltui("--read-only", "workflow", "remove", "chain").code == 1
    assert modeltui("--read-only", "workflow", "disable", "chain").code == 1
    assert modeltui("--read-only", "workflow", "new", "clip", *STEPS).code == 1
    assert modeltui("--read-only", "workflow", "new", "clip", *STEPS, "--dry-run").code == 0
