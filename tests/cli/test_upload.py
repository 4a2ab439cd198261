"""`run --upload`: a file of this machine as an input, priced by its length, refused before anything is sent."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest

from cli.small import Line

SHIPPED = str(Path(__file__).parents[2] / "catalog")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PICTURES = "image_to_video/hailuo-02-standard"
VOICE = "speech_to_text/elevenlabs-speech-to-text"


def wav(folder: Path, length_s: int) -> str:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(100)
        sound.writeframes(b"\x80" * 100 * length_s)
    (folder / "voice.wav").write_bytes(file.getvalue())
    return str(folder / "voice.wav")


def test_a_file_stands_in_the_request(modeltui: Line, tmp_path: Path) -> None:
    (tmp_path / "fox.png").write_bytes(PNG)
    words = ["run", PICTURES, "-C", SHIPPED, "-i", "prompt=run", "--upload", f"image_url={tmp_path}/fox.png"]
    ran = modeltui(*words, "--dry-run", "--format", "json")
    assert (ran.code, ran.json["valid"]) == (0, True)
    assert ran.json["request"]["body"]["input"]["image_url"].startswith("data:image/png;base64,")


def test_the_measured_length_prices_the_run(modeltui: Line, tmp_path: Path) -> None:
    words = ["run", VOICE, "-C", SHIPPED, "--dry-run", "--format", "json"]
    known = modeltui(*words, "--upload", f"audio_url={wav(tmp_path, 600)}").json
    other = modeltui(*words, "--upload", f"audio_url={wav(tmp_path, 60)}").json
    assert float(known["cost"]["amount"]) == pytest.approx(10 * float(other["cost"]["amount"]))


@pytest.mark.parametrize(
    ("word", "code", "message"),
    [
        ("prompt=fox.png", 2, "prompt takes no file"),
        ("image_url=none.png", 1, "No such file"),
        ("image_url=/dev/null", 1, "is no ordinary file"),
        ("image_url", 2, "is not FIELD=VALUE"),
    ],
)
def test_what_cannot_be_uploaded_is_told(modeltui: Line, word: str, code: int, message: str) -> None:
    ran = modeltui("run", PICTURES, "-C", SHIPPED, "-i", "prompt=run", "--upload", word, "--dry-run")
    assert message in ran.err
    assert ran.code == code


def test_lines_of_json_take_no_files(modeltui: Line) -> None:
    assert modeltui("run", "--dry-run", "--jsonl", "-", "--upload", "a=b").code == 2
