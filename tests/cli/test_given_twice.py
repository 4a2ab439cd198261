"""`-i NAME=VALUE` twice for an input that takes one value."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.chain_catalog import CHAIN, chain_catalog
from cli.small import FLUX, KLING, VEO, Line, model_text, write

TWICE = ("-i", "prompt=a", "-i", "prompt=b")
SAID = "prompt takes one value, and was given 2"
LIST = '[inputs.prompt]\ntype = "array"\nitems = { type = "string" }'


@pytest.fixture
def listed(modeltui: Line) -> Line:
    """flux takes several prompts."""
    text = model_text(FLUX, "Flux", active="true", cost="5")
    text = text.replace('[inputs.prompt]\ntype = "string"\nrequired = true\nmax_length = 20', LIST)
    write(modeltui.file(FLUX), text)
    return modeltui


@pytest.mark.parametrize("words", [("run", KLING, "--dry-run"), ("run", KLING, "--yes"), ("cost", KLING)])
def test_it_is_refused(modeltui: Line, words: tuple[str, ...]) -> None:
    ran = modeltui(*words, *TWICE)
    assert (ran.code, ran.out) == (1, "")
    assert f"error: {SAID}" in ran.err


def test_a_list_collects(listed: Line) -> None:
    ran = listed("run", FLUX, *TWICE, "--dry-run", "--format", "json")
    assert ran.json["request"]["body"]["prompt"] == ["a", "b"]
    assert listed("cost", FLUX, *TWICE).code == 0


def test_of_many_models_those_that_take_one_value_say_so(listed: Line) -> None:
    ran = listed("pick", *TWICE, "--format", "json")
    assert [each["model"] for each in ran.json["models"]] == [FLUX]
    assert {each["message"]: each["models"] for each in ran.json["left_out"]}[SAID] == [KLING, VEO]
    assert listed("pick", "type:prompt_to_video", *TWICE).code == 1
    ran = listed("supports", "type:prompt_to_video,prompt_to_image", *TWICE, "--format", "json")
    said = {each["model"]: each["supported"] for each in ran.json}
    assert (said[FLUX], said[KLING], said[VEO]) == (True, False, False)
    ran = listed("batch", "key:*", *TWICE, "--dry-run", "--format", "json")
    assert [each["model"] for each in ran.json["items"]] == [FLUX]
    assert f"skipped {KLING}, {VEO}: {SAID}" in ran.err
    assert listed("batch", f"key:{KLING}", *TWICE, "--yes").code == 1


def test_what_is_no_input_is_no_hindrance_to_a_batch_and_answered_by_limits(listed: Line) -> None:
    twice = ("-i", "seconds=5", "-i", "colour=red", "-i", "colour=blue")
    text = listed.file(VEO).read_text().split("[lock]")[0]
    write(listed.file(VEO), text.replace("[request]\n", '[inputs.colour]\ntype = "array"\n\n[request]\n'))
    ran = listed("batch", "type:prompt_to_video", "-i", "prompt=x", *twice, "--dry-run", "--format", "json")
    assert [each["model"] for each in ran.json["items"]] == [KLING, VEO], ran.err
    write(listed.file(FLUX), listed.file(FLUX).read_text() + "\n[limits]\nqualities = ['low', 'high']\n")
    assert listed("supports", FLUX, "-i", "quality=low").code == 0
    assert listed("supports", FLUX, "-i", "quality=low", "-i", "quality=high").code == 1


def test_a_workflow(modeltui: Line) -> None:
    root: Path = chain_catalog(modeltui.root)
    write(root / "workflows" / "chain.toml", CHAIN)
    line = Line(root, modeltui._capsys)
    for words in (("cost",), ("run", "--yes"), ("run", "--dry-run")):
        ran = line("workflow", words[0], "chain", *words[1:], "-i", "idea=x", "-i", "idea=y")
        assert (ran.code, "error: idea takes one value, and was given 2" in ran.err) == (1, True), ran.err


@pytest.mark.parametrize("option", ["--need", "--needs"])
def test_needs_are_taken_in_either_spelling(modeltui: Line, option: str) -> None:
    write(modeltui.file(VEO), model_text(VEO, "Veo 3.1") + "\n[capabilities]\naudio = true\n")
    found = modeltui("pick", option, "audio,prompt", option, "seconds", "--format", "json").json
    assert [each["model"] for each in found["models"]] == [VEO]
    for words in ((option, "audio,prompt"), (option, "audio", option, "prompt")):
        assert (modeltui("supports", VEO, *words).code, modeltui("supports", KLING, *words).code) == (0, 1)


@pytest.mark.parametrize(
    ("command", "told", "hidden"), [("pick", "--needs", "--need "), ("supports", "--need", "--needs")]
)
def test_one_spelling_is_told(modeltui: Line, command: str, told: str, hidden: str) -> None:
    said = modeltui(command, "--help").out
    assert told in said
    assert hidden not in said
