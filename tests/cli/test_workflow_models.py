"""What holds a model in a workflow, and what takes its place in all of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli.chain_catalog import ANIMATE, CHAIN, FILM, IMAGE, INSTANT, chain_catalog
from cli.small import Line, write


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return chain_catalog(tmp_path / "catalog")


def test_a_model_in_a_workflow_is_not_deleted_and_the_rest_warns(modeltui: Line) -> None:
    ran = modeltui("remove", "--hard", IMAGE)
    assert ran.code == 1
    assert "workflow chain (step still) runs it" in ran.err
    for words in (["disable"], ["deprecate"], ["remove"], ["set", "active=false"], ["set", "status=deprecated"]):
        ran = modeltui(words[0], IMAGE, *words[1:])
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
    assert modeltui("rebase", "workflows/chain").code == 0, "nobody else touched the step"
    assert modeltui("apply", "--yes").code == 0
    text = (modeltui.root / "workflows/chain.toml").read_text()
    assert 'name = "Other"' in text
    assert f'model = "{INSTANT}"' in text


def test_a_step_that_somebody_moved_is_found_by_its_id(modeltui: Line) -> None:
    modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    first = f'[[steps]]\nid = "first"\nmodel = "{IMAGE}"\ninputs = {{ prompt = "x" }}\n\n'
    write(modeltui.root / "workflows/chain.toml", CHAIN.replace("[[steps]]", f"{first}[[steps]]", 1))
    assert "steps.2.model: clean" in modeltui("conflicts").out
    assert modeltui("rebase", "workflows/chain").code == 0
    assert modeltui("apply", "--yes").code == 0
    text = (modeltui.root / "workflows/chain.toml").read_text()
    assert text == CHAIN.replace("[[steps]]", f"{first}[[steps]]", 1).replace(
        f'"{IMAGE}"   # a picture', f'"{INSTANT}"   # a picture'
    )


def test_mine_is_never_put_into_another_step(modeltui: Line) -> None:
    modeltui("deprecate", IMAGE, "--replaced-by", INSTANT, "--everywhere")
    start, _, *rest = CHAIN.partition('[[steps]]\nid = "still"')
    gone = start + rest[0][rest[0].index("[[steps]]") :]
    write(modeltui.root / "workflows/chain.toml", gone)
    assert "steps: conflict" in modeltui("conflicts").out
    ran = modeltui("rebase", "workflows/chain")
    assert (ran.code, "both sides changed steps" in ran.err) == (3, True)
    assert modeltui("rebase", "workflows/chain", "--mine").code == 0
    assert modeltui("apply", "--yes").code == 0
    shown = modeltui("workflow", "show", "chain", "--format", "json").json
    assert [(step["id"], step["model"]) for step in shown["steps"]][1:] == [("still", INSTANT), ("film", ANIMATE)]


def test_everywhere_needs_to_know_by_what(modeltui: Line) -> None:
    assert modeltui("deprecate", IMAGE, "--everywhere").code == 2
    assert modeltui("remove", IMAGE, "--everywhere").code == 2


def test_a_deletion_that_a_workflow_came_to_need_is_not_applied(modeltui: Line) -> None:
    for name in ("chain", "storyboard"):
        (modeltui.root / f"workflows/{name}.toml").unlink()
    assert modeltui("remove", "--hard", IMAGE).code == 0
    write(modeltui.root / "workflows/chain.toml", CHAIN)
    ran = modeltui("apply", "--yes")
    assert (ran.code, "workflow chain (step still) runs it" in ran.err) == (1, True)
    assert modeltui.file(IMAGE).exists()


def test_a_deletion_is_not_applied_without_the_replacement_that_was_queued_with_it(modeltui: Line) -> None:
    assert modeltui("remove", "--hard", IMAGE, "--replaced-by", INSTANT, "--everywhere").code == 0
    assert modeltui("discard", "workflows/chain").code == 0
    ran = modeltui("apply", "--yes")
    assert (ran.code, "workflow chain (step still) runs it" in ran.err) == (1, True)
    assert (modeltui.file(IMAGE).exists(), "storyboard" in modeltui("pending").out) == (True, True), "nothing, not half"
    assert modeltui("undo").code == 0
    assert modeltui("apply", "--yes").code == 0
    assert not modeltui.file(IMAGE).exists()


def test_what_was_made_to_take_a_place_everywhere_goes_with_the_same_rollback(modeltui: Line) -> None:
    subprocess.run(["git", "init", "-q", str(modeltui.root)], check=True)
    before = {path: path.read_bytes() for path in modeltui.root.rglob("*.toml")}
    new = "prompt_to_image/sandbox-two"
    modeltui("duplicate", IMAGE, new)
    modeltui("deprecate", IMAGE, "--replaced-by", new, "--everywhere")
    assert modeltui("apply", "--yes").code == 0
    (record,) = modeltui("history", "--limit", "1", "--format", "json").json
    alone = modeltui("rollback", record["id"], "--model", new)
    assert (alone.code, "workflow chain (step still) runs it" in alone.err) == (1, True)
    assert "skipped" not in modeltui("rollback", record["id"]).err
    assert modeltui("apply", "--yes").code == 0
    assert {
        path: path.read_bytes() for path in modeltui.root.rglob("*.toml") if ".modeltui" not in path.parts
    } == before
