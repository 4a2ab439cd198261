"""`workflow`: chains of models of the sandbox, and what holds a model in them."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import Line, asked_often, write

SHIPPED = Path(__file__).parents[2] / "catalog"
CHAT, IMAGE, FILM, ANIMATE, INSTANT = (
    "chat/sandbox-chat",
    "prompt_to_image/sandbox-image",
    "prompt_to_video/sandbox-video",
    "image_to_video/sandbox-animate",
    "prompt_to_image/sandbox-instant",
)
CHAIN = """\
schema = 1
name = "Chain"
active = true

# the idea
[inputs.idea]
type = "string"
required = true
not_blank = true

[inputs.mode]
type = "string"
default = "ok"

[[steps]]
id = "words"
model = "chat/sandbox-chat"
inputs = { prompt = "${inputs.idea}", max_tokens = 20 }

[[steps]]
id = "still"
model = "prompt_to_image/sandbox-image"   # a picture
inputs = { prompt = "${steps.words.text}" }

[[steps]]
id = "film"
model = "image_to_video/sandbox-animate"
inputs = { prompt = "${inputs.idea}", image = "${steps.still.results[0]}", sandbox_mode = "${inputs.mode}" }
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    root = tmp_path / "catalog"
    for name in (
        "catalog.toml",
        "providers/sandbox.toml",
        *(f"models/{key}.toml" for key in (CHAT, IMAGE, FILM, INSTANT)),
    ):
        write(root / name, asked_often((SHIPPED / name).read_bytes()))
    animate = (root / f"models/{FILM}.toml").read_text().replace("prompt_to_video", "image_to_video")
    animate = animate.replace("8e758bad", "8e758bae").replace(
        "[inputs.resolution]\n", '[inputs.image]\ntype = "image"\nrequired = true\n\n[inputs.resolution]\n', 1
    )
    body = 'prompt = "${inputs.prompt}"\n'
    write(root / f"models/{ANIMATE}.toml", animate.replace(body, f'{body}image = "${{inputs.image}}"\n'))
    write(root / "workflows/chain.toml", CHAIN)
    shutil.copytree(SHIPPED / "workflows", root / "workflows", dirs_exist_ok=True)
    (root / "workflows/radio-spot.toml").unlink()
    return root


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
    command = [sys.executable, "-m", "modeltui", "-C", str(root), "workflow", "run", "chain", "-i", "idea=x", "--yes"]
    return subprocess.Popen([*command, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def until_film(process: subprocess.Popen[str]) -> None:
    """Until the last step is asked for."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step film"):
            break
    for line in process.stderr:
        if "polling" in line:
            return


def ended(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    process.stderr.read()
    process.stderr.close()
    return process.wait(60)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_after_a_kill_it_goes_on_in_the_middle(modeltui: Line, sign: signal.Signals) -> None:
    process = started(modeltui.root, "-i", "mode=hang")
    until_film(process)
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
    process = started(modeltui.root, "-i", "mode=hang")
    until_film(process)
    (chain,) = modeltui("workflow", "runs", "--format", "json").json
    ran = modeltui("workflow", "resume", chain["id"], "--yes")
    assert (ran.code, "is at work on the chain" in ran.err) == (3, True)
    assert modeltui("workflow", "cancel", chain["id"]).code == 0
    assert ended(process) == 130
    (chain,) = modeltui("workflow", "runs", "chain", "--format", "json").json
    assert chain["state"] == "cancelled"
    assert "has ended" in modeltui("workflow", "cancel", chain["id"]).err


# What holds a model


def test_a_model_in_a_workflow_is_not_deleted_and_the_rest_warns(modeltui: Line) -> None:
    ran = modeltui("remove", "--hard", IMAGE)
    assert ran.code == 1
    assert "workflow chain (step still) runs it" in ran.err
    for words in (["disable"], ["deprecate"], ["remove"]):
        ran = modeltui(*words, IMAGE)
        assert (ran.code, "workflow chain (step still) runs" in ran.err) == (0, True), words
        modeltui("undo")
    write(modeltui.root / "workflows/chain.toml", CHAIN.replace("active = true", "active = false"))
    (modeltui.root / "workflows/storyboard.toml").unlink()
    assert "warning" not in modeltui("disable", IMAGE).err, "nobody is offered it"


def test_everywhere_is_one_step_one_apply_and_one_rollback(modeltui: Line) -> None:
    subprocess.run(["git", "init", "-q", str(modeltui.root)], check=True)
    before = {path: path.read_bytes() for path in modeltui.root.rglob("*.toml")}
    write(
        modeltui.file(FILM),
        modeltui.file(FILM)
        .read_text()
        .replace("[timing]", f'replaced_by = "{IMAGE}"\n\n[timing]', 1)
        .replace('source = "modeltui itself"\n\nreplaced', 'source = "modeltui itself"\nreplaced'),
    )
    before[modeltui.file(FILM)] = modeltui.file(FILM).read_bytes()
    ran = modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere", "--dry-run")
    assert f'steps.1.model: "{IMAGE}" → "{INSTANT}"' in ran.out
    ran = modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    assert "2 models and 2 workflows queued" in ran.err
    assert "workflow storyboard: step still: prompt_to_image/sandbox-instant has no input aspect_ratio" in ran.err
    assert "which is deprecated" not in ran.err
    modeltui("undo")
    assert modeltui("pending").out == ""
    modeltui("redo")
    assert modeltui("apply", "--yes").code == 0
    chain = (modeltui.root / "workflows/chain.toml").read_text()
    assert chain == CHAIN.replace(f'"{IMAGE}"', f'"{INSTANT}"'), "only the line of the model is another"
    log = subprocess.run(
        ["git", "-C", str(modeltui.root), "show", "--stat", "--format="], check=True, capture_output=True, text=True
    )
    assert "workflows/chain.toml" in log.stdout
    (record,) = modeltui("history", "--limit", "1", "--format", "json").json
    assert modeltui("rollback", record["id"]).code == 0
    assert modeltui("apply", "--yes").code == 0
    assert {
        path: path.read_bytes() for path in modeltui.root.rglob("*.toml") if ".modeltui" not in path.parts
    } == before


def test_a_locked_model_stays_as_it_is_and_is_named(modeltui: Line) -> None:
    text = modeltui.file(FILM).read_text().replace("[timing]", "[lock]\nlocked = true\n\n[timing]", 1)
    write(
        modeltui.file(FILM),
        text.replace('source = "modeltui itself"\n', f'source = "modeltui itself"\nreplaced_by = "{IMAGE}"\n', 1),
    )
    ran = modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    assert f"skipped {FILM}" in ran.err
    ran = modeltui("remove", "--hard", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    assert ran.code == 1
    assert f"it takes the place of {FILM}" in ran.err


def test_a_file_goes_when_another_takes_its_place_everywhere_also_through_a_plan_file(
    modeltui: Line, tmp_path: Path
) -> None:
    assert modeltui("remove", "--hard", IMAGE, "--replaced-by", INSTANT, "--everywhere").code == 0
    plan = tmp_path / "plan.json"
    assert modeltui("plan", "--out", str(plan)).code == 0
    modeltui("discard", "--all")
    document = json.loads(plan.read_text())
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps(document | {"files": [file for file in document["files"] if file["key"] == IMAGE]}))
    assert "runs it" in modeltui("apply", "--plan", str(alone), "--yes").err
    assert modeltui.file(IMAGE).exists()
    assert modeltui("apply", "--plan", str(plan), "--yes").code == 0
    assert not modeltui.file(IMAGE).exists()
    assert IMAGE not in (modeltui.root / "workflows/chain.toml").read_text()


@pytest.mark.parametrize("path", ["providers/sandbox.toml", "catalog.toml", "workflows/sub/x.toml", "../x.toml"])
def test_a_plan_writes_models_and_workflows_and_nothing_else(modeltui: Line, tmp_path: Path, path: str) -> None:
    modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    plan = tmp_path / "plan.json"
    modeltui("plan", "--out", str(plan))
    document = json.loads(plan.read_text())
    for file in document["files"]:
        if file["key"] == "workflows/chain":
            file["path"] = path
    plan.write_text(json.dumps(document))
    modeltui("discard", "--all")
    assert modeltui("apply", "--plan", str(plan), "--yes").code == 1
    assert (modeltui.root / "workflows/chain.toml").read_text() == CHAIN


def test_a_workflow_that_changed_meanwhile_is_stale_and_can_be_rebased(modeltui: Line) -> None:
    modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    write(modeltui.root / "workflows/chain.toml", CHAIN.replace('name = "Chain"', 'name = "Other"'))
    ran = modeltui("apply", "--yes")
    assert (ran.code, "workflows/chain.toml changed" in ran.err) == (3, True)
    assert modeltui("rebase", "workflows/chain", "--mine").code == 0
    assert modeltui("apply", "--yes").code == 0
    text = (modeltui.root / "workflows/chain.toml").read_text()
    assert 'name = "Other"' in text
    assert f'model = "{INSTANT}"' in text


def test_everywhere_needs_to_know_by_what(modeltui: Line) -> None:
    assert modeltui("deprecate", IMAGE, "--everywhere").code == 2
    assert modeltui("remove", IMAGE, "--everywhere").code == 2
