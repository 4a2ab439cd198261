"""How long audio or video is, by its headers. Nothing is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO, Final

from modeltui.providers.media_facts import boxes, riff_chunks

_BITRATES: Final = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second of MPEG layer III, version 1 and 2."""
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the version bits."""


def seconds(content: bytes, media_type: str) -> float | None:
    """Of WAV, MP3, MP4, M4A and QuickTime; None where the headers do not tell, and for other types."""
    reader = _READERS.get(media_type)
    if reader is None:
        return None
    try:
        return reader(BytesIO(content))
    except (struct.error, IndexError, ZeroDivisionError, OverflowError, ValueError):
        return None


def _wav(file: BinaryIO) -> float | None:
    byte_rate, length = 0, None
    for name, size in riff_chunks(file):
        if name == b"fmt ":
            byte_rate = struct.unpack("<8xI", file.read(12))[0]
        elif name == b"data":
            start = file.tell()
            length = min(size, file.seek(0, os.SEEK_END) - start)
    return None if length is None else float(length / byte_rate)


def _mp4(file: BinaryIO) -> float | None:
    for name, content, _ in boxes(file, 0, file.seek(0, os.SEEK_END), (b"moov",)):
        if name == b"mvhd":
            file.seek(content)
            is_long = file.read(1) == b"\1"
            file.seek(19 if is_long else 11, os.SEEK_CUR)
            scale, length = struct.unpack(">IQ" if is_long else ">2I", file.read(12 if is_long else 8))
            return float(length / scale)
    return None


def _mp3(file: BinaryIO) -> float | None:
    """By the number of frames where the first one tells it, else by its bit rate."""
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    size = file.seek(0, os.SEEK_END)
    file.seek(start)
    frame = file.read(256)
    if frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return None
    version = frame[1] >> 3 & 3
    rate = _RATES[version][frame[2] >> 2 & 3]
    samples = 1152 if version == 3 else 576
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at > 0 and frame[at + 7] & 1:
        return float(struct.unpack_from(">I", frame, at + 8)[0] * samples / rate)
    kilobits = _BITRATES[3 if version == 3 else 2][(frame[2] >> 4) - 1]
    return (size - start) * 8 / (kilobits * 1000)


_READERS: Final[dict[str, Callable[[BinaryIO], float | None]]] = {
    "audio/mp4": _mp4,
    "audio/mpeg": _mp3,
    "audio/wav": _wav,
    "video/mp4": _mp4,
    "video/quicktime": _mp4,
}
