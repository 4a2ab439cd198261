"""What files are, and what they say of themselves, by their first bytes and headers."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from modeltui.providers.media_facts import facts
from modeltui.providers.media_types import EXTENSIONS, UNKNOWN, extension, sniff


def picture(kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(content, kind, **options)
    return content.getvalue()


def film(kind: str) -> bytes:
    frames = [Image.new("RGB", (30, 20), (40 * number, 0, 0)) for number in range(5)]
    content = io.BytesIO()
    frames[0].save(content, kind, save_all=True, append_images=frames[1:], duration=200, loop=0)
    return content.getvalue()


def sound() -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 12_000))
    return content.getvalue()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(width: int, height: int, seconds: int, *, is_long: bool = False) -> bytes:
    times = (
        struct.pack(">B3xQQIQ", 1, 0, 0, 600, 600 * seconds)
        if is_long
        else struct.pack(">B3xIIII", 0, 0, 0, 600, 600 * seconds)
    )
    head = box(b"mvhd", times + bytes(80))
    track = box(b"trak", box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16)))
    silent = box(b"trak", box(b"tkhd", bytes(84)))
    return box(b"ftyp", b"isom\0\0\2\0") + box(b"free", b"") + box(b"moov", head + silent + track)


SAMPLES = [
    (picture("PNG"), "image/png", "30 × 20"),
    (picture("JPEG"), "image/jpeg", "30 × 20"),
    (picture("JPEG", progressive=True), "image/jpeg", "30 × 20"),
    (picture("GIF"), "image/gif", "30 × 20"),
    (film("GIF"), "image/gif", "30 × 20, 1.0 s, 5 frames"),
    (picture("WEBP"), "image/webp", "30 × 20"),
    (picture("WEBP", lossless=True), "image/webp", "30 × 20"),
    (film("WEBP"), "image/webp", "30 × 20, 1.0 s, 5 frames"),
    (sound(), "audio/wav", "1.5 s, 8,000 Hz"),
    (mp4(1280, 720, 8), "video/mp4", "1280 × 720, 8.0 s"),
    (mp4(1280, 720, 8, is_long=True), "video/mp4", "1280 × 720, 8.0 s"),
]


@pytest.mark.parametrize(("content", "media_type", "expected"), SAMPLES)
def test_type_and_facts(tmp_path: Path, content: bytes, media_type: str, expected: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniff(content[:64]) == media_type
    assert facts(str(path), media_type) == expected


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xf1\x50", "audio/aac"),
        (b"OggS\0", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x20ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"glTF\2", "model/gltf-binary"),
        (b"  <!DOCTYPE HTML>", "text/html"),
        (b"<html>", "text/html"),
        (b"<svg xmlns", "image/svg+xml"),
        (b'<?xml version="1.0"?>', "text/xml"),
        (b'{"a": 1}', "application/json"),
        (b"[]", "application/json"),
        (b"hello", UNKNOWN),
        (b"RIFFxxxxJUNK", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_other_types(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type
    assert extension(media_type) == EXTENSIONS[media_type]


@pytest.mark.parametrize(("content", "media_type", "expected"), SAMPLES)
def test_a_file_that_breaks_off_is_no_reason_to_fail(
    tmp_path: Path, content: bytes, media_type: str, expected: str
) -> None:
    path = tmp_path / "file"
    for length in range(0, min(len(content), 400), 7):
        path.write_bytes(content[:length])
        assert isinstance(facts(str(path), media_type), str)


@given(st.binary(max_size=300), st.sampled_from(sorted({media_type for _, media_type, _ in SAMPLES})))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, tail: bytes, media_type: str) -> None:
    start = next(content for content, kind, _ in SAMPLES if kind == media_type)[:24]
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(start + tail)
    assert isinstance(facts(str(path), media_type), str)
