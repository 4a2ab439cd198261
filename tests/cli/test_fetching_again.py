"""Runs that were accepted and failed on our side: fetched without paying again, and never sent twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.small import Line, asked_often

SHIPPED = Path(__file__).parents[2] / "catalog"
PICTURE = "prompt_to_image/sandbox-image"
CREDIT = {"amount": "1", "currency": "credits"}


@pytest.fixture
def sandbox(modeltui: Line) -> Line:
    for name in ("providers/sandbox.toml", f"models/{PICTURE}.toml"):
        target = modeltui.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(asked_often((SHIPPED / name).read_bytes()))
    return modeltui


def spell(line: Line, *, right: bool) -> None:
    """The model file as it ships, or with a `select` that finds nothing."""
    path = line.root / "models" / f"{PICTURE}.toml"
    words = ('select = "outputs"', 'select = "output"')
    path.write_text(path.read_text().replace(words[not right], words[right]))


def submits(line: Line) -> int:
    """Jobs that were ever begun: each was sent once."""
    return len(line("jobs", "--format", "json").json)


def test_a_mended_model_file_fetches_what_was_paid(sandbox: Line) -> None:
    spell(sandbox, right=False)
    ran = sandbox("run", PICTURE, "-i", "prompt=a", "--yes", "--format", "json")
    assert (ran.code != 0, ran.json["state"], ran.json["fetchable"]) == (True, "failed", True)
    assert ran.json["cost"] == ran.json["estimate"] == CREDIT
    job_id = ran.json["id"]
    assert f"`modeltui jobs resume {job_id[:8]}` fetches it without paying again" in ran.json["hint"]
    (row,) = sandbox("jobs", "--format", "json").json
    assert (row["fetchable"], row["cost"]) == (True, CREDIT)
    assert "failed (fetchable)" in sandbox("jobs").out
    assert sandbox("jobs", "resume", job_id[:8]).code != 0
    assert sandbox("jobs", "show", job_id, "--format", "json").json["fetchable"] is True
    spell(sandbox, right=True)
    ran = sandbox("jobs", "resume", job_id[:8])
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    (row,) = sandbox("jobs", "--format", "json").json
    assert (row["state"], row["fetchable"], row["error"], submits(sandbox)) == ("succeeded", False, None, 1)
    steps = sandbox("jobs", "show", job_id, "--format", "json").json["steps"]
    assert [step["state"] for step in steps].count("submitting") == 1


@pytest.mark.parametrize("mode", ["fail", "moderated"])
def test_what_failed_by_the_providers_word_costs_nothing_and_is_not_asked_for_again(sandbox: Line, mode: str) -> None:
    ran = sandbox("run", PICTURE, "-i", "prompt=a", "-i", f"sandbox_mode={mode}", "--yes", "--format", "json")
    assert (ran.json["state"], ran.json["cost"], ran.json["estimate"]) == ("failed", None, CREDIT)
    (row,) = sandbox("jobs", "--format", "json").json
    assert (row["fetchable"], row["cost"]) == (False, None)
    ran = sandbox("jobs", "resume", ran.json["id"])
    assert (ran.code, "the job has ended" in ran.err) == (1, True)


def test_a_batch_fetches_what_it_can_and_sends_only_the_rest(sandbox: Line) -> None:
    spell(sandbox, right=False)
    inputs = '{"prompt": "a"}'
    sandbox("batch", f"key:{PICTURE}", "--inputs", inputs, "--repeat", "2", "--yes", "--format", "json")
    (batch,) = sandbox("batch", "--list", "--format", "json").json
    spell(sandbox, right=True)
    ran = sandbox("batch", "--retry-failed", batch["id"], "--dry-run", "--format", "json")
    assert (ran.code, ran.json["runs"], ran.json["fetches"]) == (0, 0, 2)
    ran = sandbox("batch", "--retry-failed", batch["id"], "--format", "json")
    assert (ran.code, ran.json["id"], ran.json["tally"]["succeeded"]) == (0, batch["id"], 2)
    assert "2 results can be fetched without paying again" in ran.err
    assert submits(sandbox) == 2
    assert len(sandbox("batch", "--list", "--format", "json").json) == 1


def test_where_the_result_is_to_go_is_tried_before_anything_is_sent(sandbox: Line, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    ran = sandbox("run", PICTURE, "-i", "prompt=a", "--out", str(taken), "--yes")
    assert (ran.code, "nothing was sent" in ran.err, str(taken) in ran.err) == (1, True, True)
    assert sandbox("jobs", "--format", "json").json == []


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused_before(sandbox: Line, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o500)
    ran = sandbox("run", PICTURE, "-i", "prompt=a", "--out", str(tmp_path / "theirs"), "--yes")
    assert (ran.code, "nothing was sent" in ran.err) == (1, True)


def test_the_folder_that_was_tried_is_left_empty_until_there_is_a_result(sandbox: Line, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    sandbox("run", PICTURE, "-i", "prompt=a", "-i", "sandbox_mode=fail", "--out", str(out), "--yes")
    assert list(out.iterdir()) == []


def test_cancelling_what_has_ended_says_how_it_ended(sandbox: Line) -> None:
    ran = sandbox("run", PICTURE, "-i", "prompt=a", "--yes", "--format", "json")
    ran = sandbox("jobs", "cancel", ran.json["id"])
    assert ran.code == 1
    assert "the job has ended: it succeeded" in ran.err
