"""What a run left on disk: first pictures, shapes of sounds, texts, and copies."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import pytest
from PIL import Image

from modeltui.errors import NotFoundError, RefusedError, UsageError
from modeltui.services.running.results import MOST_TEXT, ResultService, Text, Tree, parsed

SERVICE = ResultService()
BIG = (1000, 1000)


def avi(frame: bytes) -> bytes:
    """As far as its first frame."""
    return b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrl" + b"LIST\0\0\0\0movi00dc" + struct.pack("<I", len(frame)) + frame


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 32), (250, 0, 0)).save(file, "JPEG")
    return file.getvalue()


def sound(path: Path, samples: list[int], width: int = 2, channels: int = 1) -> str:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, 1000, 0, "NONE", ""))
        data = b"".join(
            bytes([(sample >> 8) + 128])
            if width == 1
            else sample.to_bytes(2, "little", signed=True).rjust(width, b"\0")
            for sample in samples
        )
        file.writeframes(data)
    return str(path)


def test_the_first_picture_of_a_film(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    path.write_bytes(avi(jpeg()))
    frame = SERVICE.frame(str(path), "video/x-msvideo", BIG)
    assert frame is not None
    assert frame.size == (64, 32)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/png"),
        (b"\x89PNG\r\n\x1a\n torn", "image/png"),
        (avi(b"no picture"), "video/x-msvideo"),
        (avi(jpeg())[:40], "video/x-msvideo"),
        (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"{}", "application/json"),
    ],
)
def test_what_has_no_picture_gives_none(tmp_path: Path, content: bytes, media_type: str) -> None:
    path = tmp_path / "it"
    path.write_bytes(content)
    assert SERVICE.frame(str(path), media_type, BIG) is None
    assert SERVICE.frame(str(tmp_path / "none"), media_type, BIG) is None


def test_a_picture_that_is_far_too_large_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (9000, 9000)).save(path)
    assert SERVICE.frame(str(path), "image/png", BIG) is None


def test_an_animation_shows_its_first_picture_and_what_shines_through_is_grey(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    first, second = Image.new("RGB", (8, 8), (255, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 255))
    first.save(path, save_all=True, append_images=[second])
    frame = SERVICE.frame(str(path), "image/gif", BIG)
    assert frame is not None
    assert frame.getpixel((0, 0)) == (255, 0, 0)
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    frame = SERVICE.frame(str(tmp_path / "clear.png"), "image/png", BIG)
    assert frame is not None
    assert frame.getpixel((0, 0)) == (96, 96, 96)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_the_shape_of_a_sound_is_that_of_its_samples(tmp_path: Path, width: int) -> None:
    path = sound(tmp_path / "a.wav", [0] * 100 + [16384, -16384] * 50 + [-32768] * 100, width)
    shape = SERVICE.waveform(path, 3)
    assert shape is not None
    assert shape.peaks == pytest.approx((0.0, 0.5, 1.0), abs=0.01)
    assert (shape.seconds, shape.rate, shape.channels) == (0.3, 1000, 1)


def test_a_short_sound_has_no_more_columns_than_samples(tmp_path: Path) -> None:
    shape = SERVICE.waveform(sound(tmp_path / "a.wav", [1000, -2000]), 80)
    assert shape is not None
    assert len(shape.peaks) == 2
    assert SERVICE.waveform(sound(tmp_path / "none.wav", []), 80) is None


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0WAVE", b"ID3 packed", b"RIFF\xff\xff\xff\xffWAVEfmt \0\0\0\0"])
def test_what_is_no_sound_has_no_shape(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    assert SERVICE.waveform(str(tmp_path / "a.wav"), 10) is None


def test_texts_and_trees(tmp_path: Path) -> None:
    assert parsed('{"a": 1}') == Tree({"a": 1})
    assert parsed("[broken") == Text("[broken")
    assert parsed('"text"') == Text('"text"')
    assert isinstance(parsed("[" * 100_000), Text)
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * (MOST_TEXT + 1) + b"\xff")
    assert SERVICE.text(str(path)) == Text("x" * MOST_TEXT, is_cut=True)
    assert SERVICE.text(str(tmp_path)) is None


def test_a_copy_is_never_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "result.png"
    path.write_bytes(b"made")
    (tmp_path / "to").mkdir()
    assert SERVICE.save(str(path), str(tmp_path / "to")) == str(tmp_path / "to" / "result.png")
    with pytest.raises(UsageError, match="there already"):
        SERVICE.save(str(path), str(tmp_path / "to"))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        SERVICE.save(str(path), str(tmp_path / "link"))
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(UsageError, match="cannot write"):
        SERVICE.save(str(path), str(tmp_path / "no" / "such"))
    with pytest.raises(NotFoundError):
        SERVICE.save(str(tmp_path / "gone"), str(tmp_path / "new"))
    assert (tmp_path / "to" / "result.png").read_bytes() == b"made"


def test_nothing_is_opened_where_nobody_would_see_it(tmp_path: Path) -> None:
    path = tmp_path / "result-1.png"
    path.write_bytes(b"")
    with pytest.raises(RefusedError, match="no screen here"):
        SERVICE.open(str(path))
    with pytest.raises(RefusedError, match="there is no nonesuch-opener"):
        ResultService(opener="nonesuch-opener").open(str(path))
    with pytest.raises(NotFoundError):
        ResultService(opener="true").open(str(tmp_path / "gone.png"))
    with pytest.raises(NotFoundError):
        ResultService(opener="true").open("--help")
    with pytest.raises(RefusedError, match="ended with 1"):
        ResultService(opener="false").open(str(path))
    ResultService(opener="true").open(str(path))
