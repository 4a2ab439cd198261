"""What the sandbox makes, by itself."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import wave
from array import array
from importlib.util import find_spec

import pytest
from PIL import Image

from modeltui.providers.sandbox import picture, sound, speech
from modeltui.providers.sandbox.dice import Dice


def test_dice_follow_from_the_text() -> None:
    one, same, other = Dice("a"), Dice("a"), Dice("b")
    numbers = [one.number() for _ in range(20)]
    assert numbers == [same.number() for _ in range(20)]
    assert numbers != [other.number() for _ in range(20)]
    assert all(0 <= number < 1 for number in numbers)
    assert {Dice(str(number)).pick("xyz") for number in range(30)} == set("xyz")


def test_a_picture_has_the_size_that_was_asked_for_within_bounds() -> None:
    assert Image.open(io.BytesIO(picture.png("a", "a", 200, 100))).size == (200, 100)
    assert Image.open(io.BytesIO(picture.png("a", "a", 1, 1))).size == (64, 64)


@pytest.mark.parametrize("prompt", ["", "\n\t", "日本語", "\x1b[31m\u202e", "x" * 5000, "\ud800"])
def test_no_prompt_breaks_the_caption(prompt: str) -> None:
    assert picture.png(prompt, prompt, 96, 64).startswith(b"\x89PNG")


def test_a_film_is_animated() -> None:
    film = Image.open(io.BytesIO(picture.film("a", "a", width=96, height=64, kind="webp")))
    assert (film.format, getattr(film, "n_frames", 1)) == ("WEBP", picture.FRAMES)


def samples(content: bytes) -> array[int]:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, sound.HERTZ)
        return array("h", file.readframes(file.getnframes()))


def test_a_melody_is_heard_and_not_clipped() -> None:
    levels = samples(sound.melody("a fox", 2))
    assert len(levels) == 2 * sound.HERTZ
    assert 5_000 < max(levels) < 32_000


def test_a_wave_file_with_a_comment_can_still_be_played() -> None:
    content = sound.spelled("hi there", "tones")
    assert len(samples(content)) > 0
    assert b"LIST" in content
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_without_the_extra_speech_is_tones_that_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "find_spec", lambda _: None)
    content = speech.spoken("hello", "en")
    assert b"tones, not speech: install modeltui[speech]" in content


def test_a_library_that_does_not_start_leaves_tones_that_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "find_spec", lambda _: True)
    monkeypatch.setattr(speech, "_PROGRAM", "modeltui.no_such_program")
    assert b"espeak-ng did not start" in speech.spoken("hello", "en")


def test_the_speaking_process_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def run(arguments: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        given.update(options, arguments=arguments)
        return subprocess.CompletedProcess(arguments, 0, b"RIFF", b"")

    monkeypatch.setattr(speech, "find_spec", lambda _: True)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("REPLICATE_API_TOKEN", "secret")
    assert speech.spoken("hello; rm -rf /", "en") == b"RIFF"
    assert given["env"] == {"PYTHONPATH": ":".join(filter(None, sys.path))}
    assert "hello" not in str(given["arguments"])


@pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="the extra [speech] is not installed")
def test_speech_is_spoken_and_the_same_each_time() -> None:
    one, other = speech.spoken("Hello, this is a test.", "en"), speech.spoken("Hello, this is a test.", "en")
    assert one == other
    assert b"tones" not in one
    assert max(samples(one)) > 5_000


def test_a_small_copy_is_small_whatever_the_picture_is() -> None:
    noise = Image.frombytes("RGB", (700, 500), random.Random(1).randbytes(700 * 500 * 3))
    for given in (noise, Image.new("RGBA", (10, 3000), (1, 2, 3, 4)), Image.new("1", (1, 1)), noise.convert("P")):
        content = io.BytesIO()
        given.save(content, "PNG")
        copy = picture.small(content.getvalue())
        assert len(copy) <= 2100
        film = Image.open(io.BytesIO(picture.moved(copy, "", width=96, height=64, kind="gif")))
        assert film.size == (96, 64)


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(30), picture.png("a", "a", 64, 64)[:200], b"<svg/>"])
def test_what_is_no_picture_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="no picture"):
        picture.small(content)
