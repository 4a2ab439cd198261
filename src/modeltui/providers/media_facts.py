"""What a media file says about itself in its headers: size in pixels, frames, seconds. Nothing is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

_Facts: TypeAlias = list[str]

_MAX_CHUNKS = 100_000
_MAX_BLOCKS = 2_000_000
"""Of all frames of a GIF: 500 MB."""
_MAX_DEPTH = 8
_JPEG_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def facts(path: str, media_type: str) -> str:
    """Such as `512 × 512` or `4.0 s, 48 frames`; empty for what cannot be read."""
    reader = _READERS.get(media_type)
    if reader is None:
        return ""
    try:
        with open(path, "rb") as file:
            return ", ".join(reader(file))
    except (struct.error, IndexError, ZeroDivisionError, OverflowError, ValueError, OSError):
        return ""


def _png(file: BinaryIO) -> _Facts:
    width, height = struct.unpack(">16x2I", file.read(24))
    return [_pixels(width, height)]


def _gif(file: BinaryIO) -> _Facts:
    width, height, flags = struct.unpack("<6x2HB2x", file.read(13))
    _skip_colours(file, flags)
    frames, hundredths = 0, 0
    blocks = iter(range(_MAX_BLOCKS))
    for _ in range(_MAX_CHUNKS):
        match file.read(1):
            case b"!":
                if file.read(1) == b"\xf9":
                    hundredths += struct.unpack("<2xHx", file.read(5))[0]
                _skip_blocks(file, blocks)
            case b",":
                frames += 1
                _skip_colours(file, struct.unpack("<8xB", file.read(9))[0])
                file.seek(1, os.SEEK_CUR)
                _skip_blocks(file, blocks)
            case _:
                break
    return [_pixels(width, height), *_animation(frames, hundredths / 100)]


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), os.SEEK_CUR)


def _skip_blocks(file: BinaryIO, left: Iterator[int]) -> None:
    while size := file.read(1)[0]:
        if next(left, None) is None:
            raise ValueError
        file.seek(size, os.SEEK_CUR)


def _webp(file: BinaryIO) -> _Facts:
    size, frames, milliseconds = "", 0, 0
    for name, length in riff_chunks(file):
        start = file.read(min(length, 16))
        if name == b"VP8X":
            size = _pixels(_u24(start, 4) + 1, _u24(start, 7) + 1)
        elif name == b"VP8 " and not size:
            width, height = struct.unpack("<6x2H", start[:10])
            size = _pixels(width & 0x3FFF, height & 0x3FFF)
        elif name == b"VP8L" and not size:
            bits = struct.unpack("<xI", start[:5])[0]
            size = _pixels((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif name == b"ANMF":
            frames += 1
            milliseconds += _u24(start, 12)
    return [size, *_animation(frames, milliseconds / 1000)]


def _wav(file: BinaryIO) -> _Facts:
    byte_rate, hertz, length, comment = 0, 0, 0, ""
    for name, size in riff_chunks(file):
        if name == b"fmt ":
            hertz, byte_rate = struct.unpack("<4x2I", file.read(12))
        elif name == b"data":
            length = size
        elif name == b"LIST":
            comment = _comment(file.read(min(size, 1024)))
    found = [_seconds(length / byte_rate), f"{hertz:,} Hz"]
    return [*found, comment] if comment else found


def _comment(content: bytes) -> str:
    start = content.find(b"ICMT")
    if start < 0:
        return ""
    length = struct.unpack_from("<I", content, start + 4)[0]
    return content[start + 8 : start + 8 + length].rstrip(b"\0").decode("utf-8", "replace")


def riff_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Name and length of each chunk, with the file standing at its content."""
    position = 12
    for _ in range(_MAX_CHUNKS):
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return
        name, length = struct.unpack("<4sI", header)
        yield name, length
        position += 8 + length + length % 2


def _jpeg(file: BinaryIO) -> _Facts:
    file.seek(2)
    for _ in range(_MAX_CHUNKS):
        marker, length = struct.unpack(">xBH", file.read(4))
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack(">x2H", file.read(5))
            return [_pixels(width, height)]
        file.seek(length - 2, os.SEEK_CUR)
    return []


def _mp4(file: BinaryIO) -> _Facts:
    """Seconds from the movie header, pixels from the first track that has any."""
    found: _Facts = []
    size = ""
    for name, content, end in boxes(file, 0, file.seek(0, os.SEEK_END), (b"moov", b"trak")):
        file.seek(content)
        if name == b"mvhd":
            is_long = file.read(1) == b"\1"
            file.seek(19 if is_long else 11, os.SEEK_CUR)
            scale, length = struct.unpack(">IQ" if is_long else ">2I", file.read(12 if is_long else 8))
            found.append(_seconds(length / scale))
        elif name == b"tkhd" and not size:
            file.seek(end - 8)
            width, height = struct.unpack(">2I", file.read(8))
            size = _pixels(width >> 16, height >> 16) if width and height else ""
    return [size, *found] if size else found


def boxes(
    file: BinaryIO, start: int, end: int, enter: tuple[bytes, ...], depth: int = 0
) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box; those named in `enter` give what is inside them.

    Raises ValueError where they are inside each other without end.
    """
    if depth > _MAX_DEPTH:
        raise ValueError
    for _ in range(_MAX_CHUNKS):
        file.seek(start)
        header = file.read(16)
        if start + 8 > end or len(header) < 8:
            return
        length, name = struct.unpack(">I4s", header[:8])
        content = start + 8
        if length == 1:
            length, content = struct.unpack(">8xQ", header)[0], start + 16
        stop = end if length == 0 else start + length
        if stop <= content - 1 or stop > end:
            return
        if name in enter:
            yield from boxes(file, content, stop, enter, depth + 1)
        else:
            yield name, content, stop
        start = stop


def _u24(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 3], "little")


def _pixels(width: int, height: int) -> str:
    return f"{width} × {height}"


def _animation(frames: int, seconds: float) -> _Facts:
    return [_seconds(seconds), f"{frames} frames"] if frames > 1 else []


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


_READERS: dict[str, Callable[[BinaryIO], _Facts]] = {
    "audio/mp4": _mp4,
    "audio/wav": _wav,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "video/mp4": _mp4,
    "video/quicktime": _mp4,
}
