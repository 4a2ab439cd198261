"""Files of this machine as inputs: type by first bytes, size, length; all before anything is sent."""

from __future__ import annotations

import base64
import io
import os
import struct
import wave
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.errors import InvalidValueError, UsageError
from modeltui.providers.media_length import seconds
from modeltui.services.running.local_files import measured, with_files

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def wav(length_s: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(1000)
        sound.writeframes(b"\x80" * int(1000 * length_s))
    return file.getvalue()


def mp4(length_s: float) -> bytes:
    header = struct.pack(">I4s4xII2I", 8 + 24, b"mvhd", 0, 0, 1000, int(length_s * 1000))
    header = struct.pack(">I", len(header)) + header[4:]
    return b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + struct.pack(">I4s", 8 + len(header), b"moov") + header


def mp3(length_s: float) -> bytes:
    """MPEG 1 layer III at 128 kbit/s and 44,100 Hz, behind a tag."""
    return b"ID3\4\0\0\0\0\0\x05hello" + b"\xff\xfb\x90\x00" + b"\0" * int(length_s * 16_000 - 4)


def specs(**inputs: Any) -> tuple[InputSpec, ...]:
    return read_inputs({"inputs": inputs})


TAKES = specs(
    image={"type": "image", "max_mb": 0.001},
    voice={"type": "audio", "max_seconds": 5},
    film={"type": "video"},
    many={"type": "array", "items": {"type": "image"}},
    prompt={"type": "string"},
)


def data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def write(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("image", PNG, "image/png"),
        ("voice", wav(1), "audio/wav"),
        ("voice", mp4(1), "video/mp4"),
        ("film", mp4(1), "video/mp4"),
    ],
)
def test_a_file_becomes_a_data_url_of_its_true_type(tmp_path: Path, name: str, content: bytes, media_type: str) -> None:
    path = write(tmp_path, "misleading.txt", content)
    assert with_files({"prompt": "a"}, [(name, path)], TAKES) == {"prompt": "a", name: data_url(content, media_type)}


def test_several_files_make_a_list_in_their_order(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a", PNG), write(tmp_path, "b", PNG + b"!")
    found = with_files({}, [("many", first), ("many", second)], TAKES)
    assert found == {"many": [data_url(PNG, "image/png"), data_url(PNG + b"!", "image/png")]}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("image", PNG + b"\0" * 1000, "has 0.0 MB, and 0.001 is the most"),
        ("image", b"<html>", "is text/html, and image takes image"),
        ("image", mp4(1), "is video/mp4"),
        ("image", b"", "is empty"),
        ("voice", wav(6), "has 6.0 seconds, and 5 is the most"),
        ("film", wav(1), "is audio/wav"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message) as raised:
        with_files({}, [(name, write(tmp_path, "file", content))], TAKES)
    assert "nothing was sent" in (raised.value.hint or "")


def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (("pipe", "no ordinary file"), (".", "no ordinary file"), ("none", "No such file")):
        with pytest.raises(InvalidValueError, match=message):
            with_files({}, [("image", str(tmp_path / name))], TAKES)
    with pytest.raises(InvalidValueError, match="no ordinary file"):
        with_files({}, [("image", "/dev/zero")], TAKES)
    with pytest.raises(InvalidValueError, match="cannot be read"):
        with_files({}, [("image", "a\0b")], TAKES)


@pytest.mark.parametrize("name", ["prompt", "nothing"])
def test_an_input_that_takes_no_file_says_who_does(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="takes no file") as raised:
        with_files({}, [(name, write(tmp_path, "a", PNG))], TAKES)
    assert raised.value.hint == "files go to image, voice, film, many"


def test_one_input_takes_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a", PNG)
    with pytest.raises(UsageError, match="takes one file"):
        with_files({}, [("image", path), ("image", path)], TAKES)


@pytest.mark.parametrize(
    ("inputs", "length", "problems"),
    [
        ({"prompt": "data:text/plain,hello"}, None, []),
        ({"image": "https://example.com/a.png"}, None, []),
        ({"voice": data_url(wav(2), "audio/wav"), "film": data_url(mp4(3), "video/mp4")}, 3.0, []),
        ({"voice": data_url(wav(6), "text/plain")}, 6.0, [("voice", "has 6.0 seconds, and 5 is the most")]),
        ({"image": data_url(PNG * 40, "image/png")}, None, [("image", "has 0.0 MB, and 0.001 is the most")]),
        ({"image": "data:image/png;base64,%%%"}, None, [("image", "is a data URL that cannot be decoded")]),
        ({"image": 7, "many": [1, None, "data:"]}, None, [("many", "is no data URL")]),
    ],
)
def test_data_urls_are_held_to_the_same(inputs: dict[str, Any], length: float | None, problems: list[Any]) -> None:
    found = measured(TAKES, inputs)
    assert found.seconds == length
    assert [(each.input, each.message) for each in found.problems] == problems


@pytest.mark.parametrize("length_s", [0.5, 2, 61])
def test_the_length_is_measured(length_s: float) -> None:
    assert seconds(wav(length_s), "audio/wav") == length_s
    assert seconds(mp4(length_s), "video/mp4") == length_s
    assert seconds(mp3(length_s), "audio/mpeg") == pytest.approx(length_s, abs=0.01)


@pytest.mark.parametrize("media_type", ["audio/wav", "video/mp4", "audio/mpeg", "video/webm"])
@pytest.mark.parametrize("content", [b"", b"ID3", b"RIFF", b"\xff\xfb", b"\0" * 100, b"\xff" * 300, wav(1)[:30]])
def test_broken_headers_tell_nothing(media_type: str, content: bytes) -> None:
    assert seconds(content, media_type) is None
