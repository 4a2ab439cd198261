"""Local files that inputs name, and folders to choose them from."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from PIL import Image

from modeltui.domain.inputs.specs import InputSpec
from modeltui.errors import InvalidValueError, UsageError
from modeltui.services.folders import completion, entries
from modeltui.services.running.chosen_files import FileReader, chosen_files, is_local, sendable

IMAGE = InputSpec(name="start", type="image")
SOUND = InputSpec(name="voice", type="audio", max_seconds=1)
LIST = InputSpec(name="refs", type="array", items=InputSpec(name="item", type="image"))


@pytest.fixture
def png(tmp_path: Path) -> str:
    Image.new("RGB", (40, 20)).save(tmp_path / "fox.png")
    return str(tmp_path / "fox.png")


@pytest.mark.parametrize(
    ("text", "is_path"),
    [("https://a/b.png", False), ("data:image/png;base64,", False), ("/a", True), ("~/a", True), ("a.png", True)],
)
def test_what_is_a_path(text: str, is_path: bool) -> None:
    assert is_local(text) is is_path


def test_a_file_is_looked_at_and_something_short_stands_for_it(png: str) -> None:
    chosen = chosen_files([IMAGE, LIST], {"start": png, "refs": ["https://a/b.png", png], "other": 1})
    (file,) = chosen.files["start"]
    assert (file.media_type, file.facts, file.problem) == ("image/png", "40 × 20", None)
    assert chosen.values["start"] == file.stand_in
    assert chosen.values["refs"] == ["https://a/b.png", file.stand_in]
    assert chosen.values["other"] == 1
    assert len(file.stand_in) < 60
    assert chosen.problems == {}


def test_what_is_sent_begins_as_what_stood_for_it(png: str) -> None:
    chosen = chosen_files([IMAGE, LIST], {"refs": ["https://a/b.png", png]})
    sent = sendable([IMAGE, LIST], {"refs": ["https://a/b.png", png]})
    assert sent["refs"][0] == "https://a/b.png"
    assert sent["refs"][1].startswith(chosen.values["refs"][1])
    with pytest.raises(InvalidValueError):
        sendable([SOUND], {"voice": png})


def test_a_sound_that_is_too_long_is_named_and_its_length_known(tmp_path: Path, png: str) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 1000, 0, "NONE", ""))
        file.writeframes(bytes(4000))
    chosen = chosen_files([SOUND], {"voice": str(tmp_path / "a.wav")})
    assert chosen.seconds == 2.0
    assert chosen.problems == {"voice": "has 2.0 seconds, and 1 is the most"}
    assert chosen_files([SOUND], {"voice": png}).problems == {"voice": "this file is image/png, and no audio"}
    assert "no file" in chosen_files([SOUND], {"voice": str(tmp_path)}).problems["voice"]


def test_a_folder_shows_folders_and_files_of_a_kind(tmp_path: Path, png: str) -> None:
    (tmp_path / "Sub").mkdir()
    for name in ("a.txt", "B.PNG", ".hidden.png"):
        (tmp_path / name).write_bytes(b"12")
    assert [each.name for each in entries(str(tmp_path), "image")] == ["Sub", "B.PNG", "fox.png"]
    assert [each.name for each in entries(str(tmp_path), hidden=True)][1] == ".hidden.png"
    assert entries(str(tmp_path), "image")[1].size == 2
    with pytest.raises(UsageError):
        entries(str(tmp_path / "none"))


def test_a_path_is_completed_as_it_was_typed(tmp_path: Path, png: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completion("~/f", "image") == "~/fox.png"
    assert completion(f"{tmp_path}/s") == f"{tmp_path}/sub/"
    assert completion(f"{tmp_path}/") is None
    assert completion("a\0b") is None


def test_a_file_that_is_asked_for_again_is_read_again_only_when_it_changed(png: str) -> None:
    read = FileReader()
    first = sendable([IMAGE], {"start": png}, read)["start"]
    assert sendable([IMAGE, LIST], {"start": png, "refs": [png]}, read)["start"] is first
    Image.new("RGB", (41, 20)).save(png)
    again = sendable([IMAGE], {"start": png}, read)["start"]
    assert again != first
    assert again == sendable([IMAGE], {"start": png})["start"]
    with pytest.raises(InvalidValueError):
        sendable([SOUND], {"voice": png}, read)
