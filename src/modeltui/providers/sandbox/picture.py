"""Pictures and films of the scene that a prompt gives."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFont, ImageOps

from modeltui.providers.sandbox.scene import Scene

FRAMES = 48
FRAMES_PER_S = 12
_LARGEST = 2048
_ROOM = 1.15
"""How much larger a picture is than the film of it, which the camera has to move in."""
_SMALL = (368, 368)
_SMALLEST = 2100
_MOST_PIXELS = 64_000_000


def png(prompt: str, seed: str, width: int, height: int) -> bytes:
    """A picture that follows from `seed`, with the prompt as its caption. Sides are kept within 64 and 2048 pixels."""
    width, height = _side(width), _side(height)
    picture = Scene.of(seed).draw(width * 2, height * 2).resize((width, height), Image.Resampling.LANCZOS)
    _caption(picture, prompt)
    return _written(picture, "PNG", optimize=False)


def film(prompt: str, seed: str, *, width: int, height: int, kind: str) -> bytes:
    """Four seconds that repeat without a seam, as animated WebP or GIF."""
    width, height = _side(width), _side(height)
    scene = Scene.of(seed)
    return _film((scene.draw(width, height, number / FRAMES) for number in range(FRAMES)), prompt, kind)


def moved(picture: bytes, prompt: str, *, width: int, height: int, kind: str) -> bytes:
    """A film of a picture: a camera that goes once around within it. Raises ValueError for what is no picture."""
    width, height = _side(width), _side(height)
    with _opened(picture) as given:
        whole = ImageOps.fit(given.convert("RGB"), (round(width * _ROOM), round(height * _ROOM)))
    right, down = whole.width - width, whole.height - height
    turns = [math.tau * number / FRAMES for number in range(FRAMES)]
    corners = [(round(right * (1 - math.cos(turn)) / 2), round(down * (1 + math.sin(turn)) / 2)) for turn in turns]
    return _film((whole.crop((x, y, x + width, y + height)) for x, y in corners), prompt, kind)


def small(picture: bytes) -> bytes:
    """A copy of at most 2,100 bytes, as WebP. Raises ValueError for what is no picture."""
    with _opened(picture) as given:
        copy = given.convert("RGB")
    copy.thumbnail(_SMALL)
    for quality in (60, 40, 20, 5, 0):
        if len(content := _written(copy, "WEBP", quality=quality, method=4)) <= _SMALLEST:
            return content
    copy.thumbnail((_SMALL[0] // 4, _SMALL[1] // 4))
    return _written(copy, "WEBP", quality=0, method=4)


def _opened(picture: bytes) -> Image.Image:
    try:
        found = Image.open(io.BytesIO(picture))
        if found.width * found.height > _MOST_PIXELS:
            raise ValueError("the picture is too large")
        found.load()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("this is no picture") from error
    return found


def _film(drawn: Iterable[Image.Image], prompt: str, kind: str) -> bytes:
    frames = list(drawn)
    for frame in frames:
        _caption(frame, prompt)
    first, *others = frames
    pause = round(1000 / FRAMES_PER_S)
    if kind == "gif":
        return _written(first, "GIF", save_all=True, append_images=others, duration=pause, loop=0)
    return _written(first, "WEBP", save_all=True, append_images=others, duration=pause, loop=0, quality=70, method=0)


def _side(pixels: int) -> int:
    return min(max(pixels, 64), _LARGEST)


def _caption(picture: Image.Image, prompt: str) -> None:
    """The prompt on a dark band at the foot, cut where it does not fit."""
    width, height = picture.size
    text, margin = _plain(prompt), height // 40
    if not text:
        return
    font = ImageFont.load_default(size=max(10, height // 24))
    pen = ImageDraw.Draw(picture, "RGBA")
    while len(text) > 4 and pen.textlength(text, font) > width - 2 * margin:
        text = text[: int(len(text) * 0.95) - 4].rstrip(" .") + "..."
    band = height // 24 + 2 * margin
    pen.rectangle((0, height - band, width, height), fill=(0, 0, 0, 120))
    pen.text((margin, height - band / 2), text, font=font, fill=(255, 255, 255, 235), anchor="lm")


def _plain(prompt: str) -> str:
    """The prompt in the letters that the built-in font has."""
    decomposed = unicodedata.normalize("NFKD", " ".join(prompt.split()))
    return decomposed.encode("ascii", "ignore").decode().strip()[:400]


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()
