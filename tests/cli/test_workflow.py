"""`workflow`: chains of models of the sandbox, and what holds a model in them."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.chain_catalog import ANIMATE, CHAIN, FILM, IMAGE, INSTANT, chain_catalog
from cli.small import Line, write

HANGING = ("workflow", "run", "chain", "-i", "idea=x", "-i", "mode=hang", "--yes")


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return chain_catalog(tmp_path / "catalog")


def run(modeltui: Line, *words: str) -> Any:
    """The chain that comes of it."""
    return modeltui("workflow", "run", "chain", "-i", "idea=a fox", "--yes", "--format", "json", *words)


# Looking


def test_all_and_one_are_shown(modeltui: Line) -> None:
    ran = modeltui("workflow")
    assert ran.code == 0
    assert "words > still > film" in ran.out
    rows = modeltui("workflow", "list", "--format", "json").json
    assert next((row["name"], row["active"], row["inputs"]) for row in rows) == ("chain", True, ["idea", "mode"])
    shown = modeltui("workflow", "show", "chain", "--format", "json").json
    assert shown["findings"] == []
    assert shown["cost"]["totals"] == [{"amount": "3", "currency": "credits"}]
    assert "still: prompt_to_image/sandbox-image (active, 1 credit)" in modeltui("workflow", "show", "chain").out


def test_what_cannot_be_used_is_shown_as_broken(modeltui: Line) -> None:
    write(modeltui.root / "workflows/odd.toml", 'name = "\x1b[31m')
    write(modeltui.root / "workflows/sub/deep.toml", CHAIN)
    (modeltui.root / "workflows/link.toml").symlink_to("/etc/passwd")
    out = modeltui("workflow", "list").out
    assert out.count("broken:") == 3
    assert "\x1b" not in out
    ran = modeltui("workflow", "run", "odd", "--yes")
    assert (ran.code, "workflows/odd.toml" in ran.err) == (1, True)
    assert modeltui("check").out.count("workflows/") >= 3
    assert modeltui("workflow", "show", "nowhere").code == 1
    assert "did you mean chain?" in modeltui("workflow", "show", "chian").err


def test_list_reads_no_workflow(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    from modeltui.storage.store import Store

    def refuse(_: Store) -> None:
        raise AssertionError("workflows were read")

    monkeypatch.setattr(Store, "workflows", refuse)
    assert modeltui("list").code == 0
    assert modeltui("set", IMAGE, "name=Other").code == 0
    assert modeltui("apply", "--yes").code == 0


# Cost


def test_the_cost_is_summed_and_what_is_not_known_is_said(modeltui: Line) -> None:
    found = modeltui("workflow", "cost", "chain", "-i", "idea=x", "--format", "json").json
    assert [step["cost"]["amount"] for step in found["steps"]] == ["0", "1", "2"]
    assert (found["usd"], found["credits"], found["price"]["usd"]) == ("0.06", "3", "0.0792")
    text = modeltui.file(IMAGE).read_text().replace('currency = "credits"', 'currency = "EUR"')
    write(modeltui.file(IMAGE), text + '\n[cost.rate]\nper = "1000_characters"\nof = "inputs.prompt"\nprice = "1"\n')
    found = modeltui("workflow", "cost", "chain", "-i", "idea=x", "--format", "json").json
    assert found["totals"] == [{"amount": "2", "currency": "credits"}, {"amount": "1", "currency": "EUR"}]
    assert (found["usd"], found["estimate"]) == (None, True), "nothing says what a euro is"
    assert "prompt is not given" in found["steps"][1]["assumed"][0]
    modeltui.file(IMAGE).unlink()
    assert modeltui("workflow", "cost", "chain", "--format", "json").json["unpriced"] == ["still"]
    assert modeltui("workflow", "cost", "chain", "-i", "idea=").code == 1


# Running


def test_a_dry_run_marks_what_is_not_there_yet_and_sends_nothing(modeltui: Line) -> None:
    ran = modeltui("workflow", "run", "chain", "-i", "idea=x", "--dry-run")
    bodies = {step: request["body"] for step, request in ran.json.items()}
    assert bodies["words"]["messages"][0]["content"] == "x"
    assert bodies["still"]["prompt"] == "${steps.words.text}"
    assert bodies["film"]["image"] == "${steps.still.results[0]}"
    assert not (modeltui.root / ".modeltui/jobs.db").exists()
    assert modeltui("--read-only", "workflow", "run", "chain", "-i", "idea=x", "--dry-run").code == 0


def test_results_go_from_step_to_step(modeltui: Line, tmp_path: Path) -> None:
    ran = run(modeltui, "--out", str(tmp_path / "made"))
    assert (ran.code, ran.json["state"]) == (0, "succeeded")
    words, still, film = ran.json["steps"]
    assert Path(film["files"][0]["path"]).parent == tmp_path / "made/film"
    jobs = {step["id"]: modeltui("jobs", "show", step["job"], "--format", "json").json for step in (words, still, film)}
    assert jobs["still"]["inputs"]["prompt"] == words["text"]
    assert jobs["film"]["request"]["body"]["image"].startswith("data:image/png;base64,"), "a file goes in as an upload"
    assert ran.json["spent"] == [{"amount": "3", "currency": "credits"}]
    assert ran.json["outputs"] == {}, "the file says none"
    ran = modeltui("workflow", "run", "storyboard", "-i", "idea=x", "--yes", "--format", "json")
    assert ran.json["outputs"]["film"] == ran.json["steps"][2]["files"][0]["path"]
    assert "workflow" in (modeltui.root / ".modeltui/audit.jsonl").read_text()


def test_nothing_is_sent_without_a_yes_or_beyond_a_budget(modeltui: Line, typed: Callable[[str], None]) -> None:
    typed("n\n")
    ran = modeltui("workflow", "run", "chain", "-i", "idea=x")
    assert ran.code == 1
    assert "Run Chain, 3 steps, for 3 credits?" in ran.err
    assert "beyond the budget" in modeltui("workflow", "run", "chain", "-i", "idea=x", "--budget", "2credits").err
    assert "read-only" in modeltui("--read-only", "workflow", "run", "chain", "-i", "idea=x", "--yes").err
    for words in (["-i", "wrong=1"], ["-i", "idea="], []):
        assert modeltui("workflow", "run", "chain", "--yes", *words).code == 1
    assert modeltui("workflow", "runs", "--format", "json").json == []


def test_what_would_surely_end_early_is_refused_before_the_first_step(modeltui: Line) -> None:
    text = CHAIN.replace("prompt_to_image/sandbox-image", "prompt_to_image/sandbox-imago")
    write(modeltui.root / "workflows/chain.toml", text)
    ran = run(modeltui)
    assert ran.code == 1
    assert "names the model prompt_to_image/sandbox-imago" in ran.err
    assert modeltui("jobs", "--format", "json").json == []


def test_a_failed_step_ends_the_chain_and_resume_pays_for_nothing_twice(modeltui: Line) -> None:
    ran = run(modeltui, "-i", "mode=fail")
    assert (ran.code, ran.json["state"]) == (4, "failed")
    assert "step film failed" in ran.err
    assert [step["state"] for step in ran.json["steps"]] == ["succeeded", "succeeded", "failed"]
    first = {step["id"]: step["job"] for step in ran.json["steps"]}
    write(modeltui.root / "workflows/chain.toml", CHAIN.replace('id = "film"', 'id = "other"'))
    mend(modeltui, "ok")
    ran = modeltui("workflow", "resume", ran.json["id"][:8], "--yes", "--format", "json")
    assert (ran.code, ran.json["state"]) == (0, "succeeded"), "it goes on by the workflow as it was"
    now = {step["id"]: step["job"] for step in ran.json["steps"]}
    assert (now["words"], now["still"]) == (first["words"], first["still"])
    assert now["film"] != first["film"]
    assert len(modeltui("jobs", "--format", "json").json) == 4
    assert "every step of this chain is done" in modeltui("workflow", "resume", ran.json["id"], "--yes").err


def mend(modeltui: Line, mode: str) -> None:
    """As if what made the step fail had been put right: the inputs of a chain stay."""
    with sqlite3.connect(modeltui.root / ".modeltui/jobs.db") as db:
        ((chain, plan),) = db.execute("SELECT id, plan FROM chains").fetchall()
        document = json.loads(plan)
        document["inputs"]["mode"] = mode
        db.execute("UPDATE chains SET plan = ? WHERE id = ?", (json.dumps(document), chain))
    db.close()


def test_a_step_beyond_the_budget_is_not_begun(modeltui: Line) -> None:
    text = modeltui.file(IMAGE).read_text()
    ran = run(modeltui, "--budget", "3credits", "-i", "mode=fail")
    assert ran.json["state"] == "failed"
    write(modeltui.file(ANIMATE), modeltui.file(ANIMATE).read_text().replace('base = "2"', 'base = "2.5"'))
    ran = modeltui("workflow", "resume", ran.json["id"], "--yes", "--format", "json")
    assert (ran.code, "beyond the budget of 3 credits" in ran.err) == (4, True)
    assert text == modeltui.file(IMAGE).read_text()
    assert modeltui("workflow", "resume", ran.json["id"], "--yes", "--no-budget").code == 4, "it fails as it did before"


def started(root: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "modeltui", *words, "-C", str(root)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def until(process: subprocess.Popen[str], *told: str) -> None:
    """Until it has told one after the other."""
    assert process.stderr is not None
    for wanted in told:
        assert any(wanted in line for line in process.stderr), f"it ended without {wanted!r}"


def ended(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    process.stderr.read()
    process.stderr.close()
    return process.wait(60)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_after_a_kill_it_goes_on_in_the_middle(modeltui: Line, sign: signal.Signals) -> None:
    process = started(modeltui.root, *HANGING)
    until(process, "step film", "polling")
    process.send_signal(sign)
    assert ended(process) == -sign
    (chain,) = modeltui("workflow", "runs", "--format", "json").json
    assert (chain["state"], [step["state"] for step in chain["steps"]]) == (
        "interrupted",
        ["succeeded", "succeeded", "polling"],
    )
    ran = modeltui("workflow", "resume", chain["id"], "--yes", "--format", "json")
    assert ran.code == 4, "the sandbox died with its process, and its job with it"
    assert ran.json["steps"][2]["job"] == chain["steps"][2]["job"], "asked for, and not sent again"
    assert "--send-again" in ran.err
    mend(modeltui, "ok")
    ran = modeltui("workflow", "resume", chain["id"], "--yes", "--send-again", "--format", "json")
    assert (ran.code, ran.json["state"]) == (0, "succeeded")
    assert [step["job"] for step in ran.json["steps"]][:2] == [step["job"] for step in chain["steps"]][:2]


def test_another_process_cancels_it(modeltui: Line) -> None:
    process = started(modeltui.root, *HANGING)
    until(process, "step film", "polling")
    (chain,) = modeltui("workflow", "runs", "--format", "json").json
    ran = modeltui("workflow", "resume", chain["id"], "--yes")
    assert (ran.code, "is at work on the chain" in ran.err) == (3, True)
    assert modeltui("workflow", "cancel", chain["id"]).code == 0
    assert ended(process) == 130
    (chain,) = modeltui("workflow", "runs", "chain", "--format", "json").json
    assert chain["state"] == "cancelled"
    assert "has ended" in modeltui("workflow", "cancel", chain["id"]).err


def test_it_waits_for_a_job_that_somebody_else_took_up(modeltui: Line) -> None:
    """A console does that when it starts, before anybody asks for the chain."""
    step = f'[[steps]]\nid = "film"\nmodel = "{FILM}"\ninputs = {{ prompt = "x", sandbox_mode = "hang" }}\n'
    write(modeltui.root / "workflows/chain.toml", f'schema = 1\nname = "Chain"\n\n{step}')
    process = started(modeltui.root, "workflow", "run", "chain", "--yes")
    until(process, "step film", "polling")
    process.kill()
    ended(process)
    (chain,) = modeltui("workflow", "runs", "--format", "json").json
    other = started(modeltui.root, "jobs", "resume", chain["steps"][0]["job"])
    until(other, "polling")
    process = started(modeltui.root, "workflow", "resume", chain["id"], "--yes")
    until(process, "step film", "polling")
    assert modeltui("workflow", "runs", "--format", "json").json[0]["state"] == "running"
    assert modeltui("workflow", "cancel", chain["id"]).code == 0
    assert (ended(process), ended(other)) == (130, 130)
    (job,) = modeltui("jobs", "--format", "json").json
    assert job["state"] == "cancelled", "the one job, and no other"


def test_chains_that_ended_are_forgotten_when_somebody_says_so(modeltui: Line, typed: Callable[[str], None]) -> None:
    first = run(modeltui).json
    failed = run(modeltui, "-i", "mode=fail").json
    with sqlite3.connect(modeltui.root / ".modeltui/jobs.db") as db:
        db.execute("UPDATE chains SET started_at = '2020-01-01T00:00:00.000000+00:00' WHERE id = ?", (first["id"],))
    db.close()
    assert modeltui("workflow", "runs", "--prune", "-1").code == 2
    assert "no chain has ended" in modeltui("workflow", "runs", "--prune", "9" * 9).err
    assert modeltui("workflow", "runs", "--prune", "30", "--dry-run", "--format", "json").json[0]["id"] == first["id"]
    typed("n\n")
    assert modeltui("workflow", "runs", "--prune", "30").code == 1
    assert modeltui("--read-only", "workflow", "runs", "--prune", "30", "--yes").code == 1
    assert "no chain has ended" in modeltui("workflow", "runs", "other", "--prune", "0", "--yes").err
    assert len(modeltui("workflow", "runs", "--format", "json").json) == 2
    (gone,) = modeltui("workflow", "runs", "--prune", "30", "--yes", "--format", "json").json
    (left,) = modeltui("workflow", "runs", "--format", "json").json
    assert (gone["id"], left["id"]) == (first["id"], failed["id"])
    job = modeltui("jobs", "show", first["steps"][2]["job"], "--format", "json").json
    assert Path(job["files"][0]["path"]).exists()
    with sqlite3.connect(modeltui.root / ".modeltui/jobs.db") as db:
        assert {row[0] for row in db.execute("SELECT chain FROM chain_jobs")} == {failed["id"]}
    db.close()


def test_an_interrupted_chain_is_never_forgotten(modeltui: Line) -> None:
    process = started(modeltui.root, *HANGING)
    until(process, "step film", "polling")
    assert "no chain has ended" in modeltui("workflow", "runs", "--prune", "0", "--yes").err
    process.kill()
    ended(process)
    assert "no chain has ended" in modeltui("workflow", "runs", "--prune", "0", "--yes").err
    assert len(modeltui("workflow", "runs", "--format", "json").json) == 1


def test_who_may_not_write_reads_a_database_of_before_chains(modeltui: Line) -> None:
    assert modeltui("run", INSTANT, "-i", "prompt=x", "--yes").code == 0
    with sqlite3.connect(modeltui.root / ".modeltui/jobs.db") as db:
        db.executescript("DROP TABLE chain_jobs; DROP TABLE chains; PRAGMA user_version = 1;")
    db.close()
    assert len(modeltui("--read-only", "jobs", "--format", "json").json) == 1
    assert modeltui("--read-only", "workflow", "runs", "--format", "json").json == []
    assert modeltui("--read-only", "workflow", "resume", "abc", "--yes").code == 1
    assert run(modeltui).code == 0
    assert len(modeltui("--read-only", "workflow", "runs", "--format", "json").json) == 1
