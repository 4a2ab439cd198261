"""`pick`."""

from __future__ import annotations

import base64
import wave
from pathlib import Path

import pytest

from cli.small import BROKEN, FLUX, KLING, SETTINGS, VEO, Line, model_text, write
from cli.test_tested import keep
from modeltui.domain.job import JobState
from modeltui.storage.documents import DocumentCache

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
UNITS = '\n[units]\ncredits_per_usd = "50"\n'


@pytest.fixture
def priced(modeltui: Line, catalog: Path) -> Line:
    write(catalog / "catalog.toml", SETTINGS + UNITS)
    rate = '\n[cost.rate]\nper = "second"\nof = "inputs.seconds"\nprice = "2"\n'
    write(modeltui.file(KLING), model_text(KLING, "Kling 2.6", seconds=180, cost="2") + rate)
    return modeltui


def keys(ran: object) -> list[str]:
    return [each["model"] for each in ran.json["models"]]  # type: ignore[attr-defined]


def test_models_that_take_the_inputs_are_ranked_by_what_these_cost(priced: Line) -> None:
    found = priced("pick", "type:prompt_to_video", "-i", "duration=10", "--format", "json")
    assert (found.code, keys(found)) == (0, [KLING, VEO])
    assert found.json["models"][0] | {"uid": ""} == {
        "model": KLING,
        "uid": "",
        "name": "Kling 2.6",
        "active": True,
        "inputs": {"seconds": 10},
        "missing": ["prompt"],
        "unsent": [],
        "cost": {"amount": "20", "currency": "credits"},
        "usd": "0.4",
        "credits": "20",
        "price": {"usd": "0.4", "credits": "20"},
        "estimate": False,
        "assumed": [],
        "seconds": 180.0,
        "measured": False,
        "success": None,
        "runs": 0,
    }
    assert keys(priced("pick", "type:prompt_to_video", "--by", "time", "--format", "json")) == [VEO, KLING]


def test_the_table_says_it_in_every_money(priced: Line) -> None:
    ran = priced("pick", "type:prompt_to_video", "-i", "seconds=10", "--limit", "1")
    assert [line.split() for line in ran.out.splitlines()][1] == [KLING, "0.4", "20", "~180s", "prompt"]
    assert "the best 1 of 2 that take it; 2 models asked" in ran.err


def test_only_active_models_unless_the_query_says_otherwise(priced: Line) -> None:
    assert keys(priced("pick", "--format", "json")) == [KLING, VEO]
    assert keys(priced("pick", "active:no", "--format", "json")) == [FLUX]
    assert keys(priced("pick", "active:yes,no", "--by", "name", "--format", "json")) == [FLUX, KLING, VEO]
    left = {each["message"]: each["models"] for each in priced("pick", "--format", "json").json["left_out"]}
    assert left["is not active"] == [FLUX]
    assert any(models == [BROKEN] for models in left.values())


def test_why_the_others_do_not(priced: Line) -> None:
    ran = priced("pick", "type:prompt_to_video", "-i", "seconds=7", "--why")
    assert ran.code == 1
    assert ran.out.splitlines()[1].split(maxsplit=1)[0] == "2"
    assert "seconds: 5 or 10; 7 is not among them" in ran.out
    assert "none of 2 models takes it" in ran.err
    plain = priced("pick", "type:prompt_to_video", "-i", "seconds=7")
    assert plain.out == ""
    assert "2: seconds: 5 or 10; 7 is not among them" in plain.err


def test_a_run_with_these_inputs_alone(priced: Line) -> None:
    assert priced("pick", "type:prompt_to_video", "--complete").code == 1
    words = ("pick", "type:prompt_to_video", "--complete", "--inputs", '{"prompt": "a fox"}', "--format", "json")
    assert keys(priced(*words)) == [KLING, VEO]


def test_needs(priced: Line) -> None:
    text = model_text(VEO, "Veo 3.1") + "\n[capabilities]\naudio = true\n"
    write(priced.file(VEO), text)
    assert keys(priced("pick", "--needs", "audio,prompt", "--format", "json")) == [VEO]


def test_success_of_runs_ranks_and_is_told(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    keep(modeltui.root, KLING, JobState.SUCCEEDED, JobState.FAILED)
    keep(modeltui.root, VEO, *[JobState.SUCCEEDED] * 3)
    found = modeltui("pick", "type:prompt_to_video", "--by", "success", "--format", "json").json["models"]
    assert [(each["model"], each["success"], each["runs"]) for each in found] == [(VEO, 100.0, 3), (KLING, 50.0, 2)]
    assert (found[0]["seconds"], found[0]["measured"]) == (20.0, True)


def test_currencies_that_nothing_converts_are_said(modeltui: Line) -> None:
    text = model_text(VEO, "Veo 3.1", cost="1").replace('currency = "credits"', 'currency = "EUR"')
    write(modeltui.file(VEO), text)
    ran = modeltui("pick", "type:prompt_to_video")
    assert "credits and EUR are ranked apart" in ran.err
    assert "1 EUR" in ran.out


def test_only_the_files_of_the_query_are_read(priced: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    document = DocumentCache.document

    def noted(self: DocumentCache, path: str, digest: str) -> object:
        read.append(path)
        return document(self, path, digest)

    monkeypatch.setattr(DocumentCache, "document", noted)
    priced("pick", "type:prompt_to_video", "-i", "seconds=10")
    assert set(read) == {f"models/{KLING}.toml", f"models/{VEO}.toml"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no_such_word",), "no model matches"),
        (("--limit", "0"), "--limit takes a number"),
        (("--limit", "x"), "--limit takes a number"),
        (("--by", "taste"), "invalid choice"),
        (("-i", "seconds"), "'seconds' is not NAME=VALUE"),
        (("--upload", "image"), "'image' is not NAME=VALUE"),
        (("--upload", "image=/nothing/here.png"), "it is no file"),
        (("--inputs", "[1]"), "object"),
        (("nope:1",), "unknown field"),
        (("--media-seconds", "-1"), "not negative"),
    ],
)
def test_what_cannot_be_meant_is_refused(priced: Line, words: tuple[str, ...], said: str) -> None:
    ran = priced("pick", *words)
    assert ran.code in (1, 2, 4)
    assert ran.out == ""
    assert said in ran.err


def test_text_of_a_file_is_escaped(priced: Line) -> None:
    text = model_text(KLING, "Kling").replace("enum = [5, 10]", 'enum = [5, 10]\nhelp = "x"')
    write(priced.file(KLING), text.replace("[inputs.prompt]", '[inputs."a\\u001b[31m"]'))
    ran = priced("pick", "type:prompt_to_video", "-i", "x=1", "--why")
    assert "\x1b" not in ran.out + ran.err


# Files

IMAGES = """
[inputs.frames]
type = "array"
required = true
items = { type = "image", max_mb = 0.001 }
"""
CLIP = """
[inputs.clip]
type = "audio"
required = true
max_seconds = 5

[cost.rate]
per = "second"
of = "media"
price = "2"
"""


@pytest.fixture
def media(modeltui: Line) -> Line:
    """Kling takes pictures, Veo a clip that it is paid for by the second."""
    write(modeltui.file(KLING), model_text(KLING, "Kling 2.6") + IMAGES)
    write(modeltui.file(VEO), model_text(VEO, "Veo 3.1") + CLIP)
    return modeltui


def _sound(path: Path, seconds: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8000 * seconds))
    return path


def test_a_file_is_asked_for_by_what_it_is(media: Line, tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    picture.write_bytes(PICTURE)
    for words in (("--upload", f"image={picture}"), ("--upload", f"frames={picture}")):
        found = media("pick", "type:prompt_to_video", *words, "--format", "json")
        assert keys(found) == [KLING], words
        assert found.json["models"][0]["inputs"] == {"frames": [str(picture)]}
        assert found.json["models"][0]["missing"] == ["prompt"]
    found = media("pick", "type:prompt_to_video", "-i", "image=https://example.com/a.png", "--format", "json")
    assert found.json["models"][0]["inputs"] == {"frames": ["https://example.com/a.png"]}


def test_size_and_length_of_a_file_count(media: Line, tmp_path: Path) -> None:
    sound = _sound(tmp_path / "a.wav", 4)
    (found,) = media("pick", "type:prompt_to_video", "--upload", f"audio={sound}", "--format", "json").json["models"]
    assert (found["model"], found["cost"]["amount"], found["estimate"]) == (VEO, "8.0", False)
    _sound(sound, 6)
    ran = media("pick", "type:prompt_to_video", "--upload", f"audio={sound}", "--why")
    assert ran.code == 1
    assert "clip: has 6.0 seconds, and 5 is the most" in ran.out
    ran = media("pick", "type:prompt_to_video", "--upload", f"image={sound}", "--why")
    assert "frames: this file is audio/wav, and no image" in ran.out
    large = tmp_path / "large.png"
    large.write_bytes(PICTURE + bytes(2000))
    ran = media("pick", "type:prompt_to_video", "--upload", f"image={large}", "--why")
    assert "frames: has 0.0 MB, and 0.001 is the most" in ran.out


def test_what_takes_no_file_says_so(media: Line, tmp_path: Path) -> None:
    sound = _sound(tmp_path / "a.wav", 1)
    ran = media("pick", "type:prompt_to_video", "--upload", f"prompt={sound}")
    assert "prompt takes no file" in ran.err
    ran = media("pick", "type:prompt_to_video", "--upload", f"audio={sound}", "--upload", f"audio={sound}", "--why")
    assert "audio takes one file" in ran.out


def test_a_path_is_none_without_saying_so(media: Line, tmp_path: Path) -> None:
    sound = _sound(tmp_path / "a.wav", 1)
    ran = media("pick", "type:prompt_to_video", "-i", f"audio={sound}", "--why")
    assert "clip: must be the URL of an audio" in ran.out


def test_amounts_without_a_margin_are_said(priced: Line, catalog: Path) -> None:
    (catalog / "catalog.toml").write_text(SETTINGS + "x = [")
    ran = priced("pick", "type:prompt_to_video")
    assert "note: catalog.toml:5: a value is missing; margin and credits are not known" in ran.err
