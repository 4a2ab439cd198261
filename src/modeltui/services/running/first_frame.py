"""The first picture of a file: of an image, of an animation, of a video where it can be had without a player."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO, Final

from modeltui.services.running.result_file import opened_plain

if TYPE_CHECKING:
    from PIL import Image

_MOST_PIXELS: Final = 64_000_000
"""More are not decoded: 64 megapixels take 200 MB."""
_MOST_SEARCHED: Final = 4 * 2**20
"""Bytes of an AVI file, in which its first frame begins."""
_MOST_FRAME: Final = 32 * 2**20
_JPEG: Final = b"\xff\xd8\xff"


def first_frame(path: str, media_type: str, most: tuple[int, int]) -> Image.Image | None:
    """In at most these pixels, as RGB. None where there is none to be had; never raises for what a file holds."""
    try:
        with opened_plain(path) as file:
            if media_type.startswith("image/"):
                return _decoded(file, most)
            if media_type == "video/x-msvideo":
                frame = _frame_of_avi(file)
                return _decoded(io.BytesIO(frame), most) if frame else None
    except OSError:
        return None
    return _frame_of_video(path, most) if media_type.startswith("video/") else None


def _decoded(file: BinaryIO, most: tuple[int, int]) -> Image.Image | None:
    from PIL import Image, ImageFile  # noqa: PLC0415  # 60 ms, wanted only for pictures

    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with Image.open(file) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.draft("RGB", most)
            frame = _flat(image)
            frame.thumbnail(most)
            return frame
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        return None
    except Image.DecompressionBombWarning:
        return None


def _flat(image: Image.Image) -> Image.Image:
    """What shines through is grey."""
    from PIL import Image  # noqa: PLC0415

    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, (96, 96, 96, 255))
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _frame_of_avi(file: BinaryIO) -> bytes | None:
    """The first chunk of video, if that is a JPEG: our sandbox and many cameras write such files."""
    head = file.read(_MOST_SEARCHED)
    start = head.find(b"movi")
    at = min((found for found in (head.find(b"00dc", start), head.find(b"00db", start)) if found >= 0), default=-1)
    if start < 0 or at < 0:
        return None
    size = int.from_bytes(head[at + 4 : at + 8], "little")
    if not 0 < size <= _MOST_FRAME:
        return None
    file.seek(at + 8, os.SEEK_SET)
    frame = file.read(size)
    return frame if frame.startswith(_JPEG) else None


def _frame_of_video(path: str, most: tuple[int, int]) -> Image.Image | None:
    """With PyAV, where it is installed: it is no part of modeltui."""
    try:
        import av  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    except ImportError:
        return None
    try:
        with av.open(path, mode="r") as container:
            if not container.streams.video:
                return None
            frame = next(container.decode(video=0)).to_image().convert("RGB")
    except (OSError, ValueError, StopIteration, MemoryError, av.FFmpegError):
        return None
    frame.thumbnail(most)
    return frame  # type: ignore[no-any-return,unused-ignore]
