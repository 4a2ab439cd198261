"""`presets`, `new`, `duplicate`, and `show` of what is not written yet."""

from __future__ import annotations

import json

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line

NEW = "prompt_to_image/my-own"


def test_presets_are_listed_and_shown(modeltui: Line) -> None:
    listed = modeltui("presets")
    assert "kie-jobs" in listed.out
    assert "! the catalogue has no providers/openai.toml" in listed.out
    shown = modeltui("presets", "kie-jobs")
    assert shown.out.startswith("schema = 1\n")
    assert shown.err == ""
    assert "no model can be made of it" in modeltui("presets", "openai-chat").err
    rows = {row["id"]: row for row in modeltui("presets", "--format", "json").json}
    assert rows["kie-jobs"] == {
        "id": "kie-jobs",
        "name": "KIE.ai job",
        "description": rows["kie-jobs"]["description"],
        "provider": "kie_ai",
        "content_type": None,
        "origin": "shipped",
        "asks": ["cost.base"],
        "problem": None,
    }
    assert modeltui("presets", "kie-jobs", "--format", "json").json["text"] == shown.out
    assert modeltui("presets", "nothing").code == 1


def test_a_new_model_waits_is_shown_and_written(modeltui: Line) -> None:
    ran = modeltui("new", NEW, "--from", "kie-jobs", "name=Mine", "model_id=mine/1", "cost.base=7", 'tags=["a"]')
    assert (ran.code, ran.out) == (0, "")
    assert "1 model queued" in ran.err
    shown = modeltui("show", NEW)
    assert "is not written yet" in shown.err
    assert 'name = "Mine"\n' in shown.out
    assert 'base = "7"' in shown.out
    assert json.loads(modeltui("show", NEW, "--format", "json").out)["model_id"] == "mine/1"
    assert not modeltui.file(NEW).exists()
    assert modeltui("apply", "--yes").code == 0
    assert modeltui.file(NEW).read_text() == shown.out
    assert modeltui("show", NEW).err == ""


def test_what_is_not_said_is_guessed_and_noted(modeltui: Line) -> None:
    ran = modeltui("new", NEW, "--from", "kie-jobs")
    assert ran.code == 0
    assert "model_id was not said; 'my-own' is a guess from the key" in ran.err
    assert '`cost.base` is still that of the preset: "1"' in ran.err
    assert 'name = "My Own"' in modeltui("show", NEW).out


def test_a_dry_run_prints_the_text_and_queues_nothing(modeltui: Line) -> None:
    ran = modeltui("new", NEW, "--from", "kie-jobs", "--dry-run")
    assert 'name = "My Own"' in ran.out
    assert "nothing was queued" in ran.err
    assert modeltui("duplicate", VEO, "--dry-run").out.startswith("# Veo 3.1, kept by hand\n")
    assert modeltui("pending", "--format", "json").json == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("new", NEW), 2, "--from"),
        (("new", NEW, "--from", "nothing"), 1, "there is no preset"),
        (("new", NEW, "--from", "openai-chat"), 1, "no providers/openai.toml"),
        (("new", KLING, "--from", "kie-jobs"), 1, "there is a model prompt_to_video/kling already"),
        (("new", "no-key", "--from", "kie-jobs"), 1, "is no key for a new model"),
        (("new", NEW, "--from", "kie-jobs", "colour=red"), 1, "colour"),
        (("new", NEW, "--from", "kie-jobs", "active"), 2, "is not FIELD=VALUE"),
        (("duplicate", "nobody"), 1, "no model"),
        (("duplicate", BROKEN), 1, "broken.toml"),
        (("duplicate", FLUX, KLING), 1, "there is a model"),
    ],
)
def test_what_is_refused_queues_nothing(modeltui: Line, words: tuple[str, ...], code: int, said: str) -> None:
    ran = modeltui(*words)
    assert ran.code == code
    assert said in ran.err
    assert modeltui("pending", "--format", "json").json == []


def test_a_locked_default_is_duplicated_as_neither(modeltui: Line) -> None:
    assert modeltui("duplicate", VEO).code == 0
    copy = json.loads(modeltui("show", f"{VEO}-copy", "--format", "json").out)
    assert (copy["name"], copy["active"], copy["default"]) == ("Veo 3.1 (Copy)", False, False)
    assert "lock" not in copy
    assert modeltui("duplicate", VEO).code == 0
    assert [row["key"] for row in modeltui("pending", "--format", "json").json] == [f"{VEO}-copy", f"{VEO}-copy-2"]
    assert modeltui("duplicate", f"{VEO}-copy", "prompt_to_image/other").code == 0
    other = json.loads(modeltui("show", "prompt_to_image/other", "--format", "json").out)
    assert other["content_type"] == "prompt_to_image"
    for _ in range(3):
        modeltui("undo")
    assert modeltui("pending", "--format", "json").json == []
