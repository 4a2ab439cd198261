"""A landscape that follows from a prompt: sky, sun or moon, hills behind hills."""

from __future__ import annotations

import math
from typing import Self, TypeAlias

from msgspec import Struct
from PIL import Image, ImageColor, ImageDraw

from modeltui.providers.sandbox.dice import Dice

_Colour: TypeAlias = tuple[int, ...]

_PALETTES = (
    # sky above, sky at the horizon, light, far hill, near hill, has stars
    ("#1b2a49", "#f08a5d", "#ffe8c2", "#8e4162", "#171124", False),
    ("#0b1026", "#3b4a8c", "#f4f1de", "#2d3a6e", "#070a18", True),
    ("#6fb7e9", "#fdf0d5", "#fffbe6", "#8fb996", "#1f4e3d", False),
    ("#341f58", "#ff7f9f", "#fff0c9", "#7b3f7d", "#1c0f33", True),
    ("#0f3443", "#7ad7c6", "#f7ffe5", "#2f8f83", "#0a2530", False),
    ("#f6c667", "#ffefcf", "#ffffff", "#d98c5f", "#6b3e2e", False),
    ("#12121f", "#51407a", "#dfe7fd", "#3b2f63", "#0a0a14", True),
    ("#4a6fa5", "#f7d6e0", "#fff7d6", "#8e7dbe", "#2b2d5b", False),
)
_HILLS = 5
_FADE = [max(181 - level, 0) ** 2 // 300 for level in range(256)]
"""From the centre of a radial gradient (0) to the middle of its sides (181)."""


class Scene(Struct, frozen=True):
    """Everything that stays the same from frame to frame."""

    sky: tuple[_Colour, _Colour]
    light: _Colour
    far: _Colour
    near: _Colour
    light_at: tuple[float, float]
    light_size: float
    stars: tuple[tuple[float, float, float], ...]
    waves: tuple[tuple[tuple[int, float, float], ...], ...]
    """For each hill: whole waves across the picture, height, and shift."""

    @classmethod
    def of(cls, prompt: str) -> Self:
        dice = Dice(prompt)
        above, horizon, light, far, near, has_stars = dice.pick(_PALETTES)
        return cls(
            sky=(_rgb(above), _rgb(horizon)),
            light=_rgb(light),
            far=_rgb(far),
            near=_rgb(near),
            light_at=(dice.between(0.2, 0.8), dice.between(0.2, 0.5)),
            light_size=dice.between(0.05, 0.11),
            stars=tuple((dice.number(), dice.between(0, 0.5), dice.number()) for _ in range(70 * has_stars)),
            waves=tuple(_waves(dice, hill) for hill in range(_HILLS)),
        )

    def draw(self, width: int, height: int, moment: float = 0.0) -> Image.Image:
        """The scene at `moment` (0 to 1, where 1 is 0 again), hills drifting by, the near ones faster."""
        picture = self._sky(width, height)
        pen = ImageDraw.Draw(picture)
        for x, y, brightness in self.stars:
            twinkle = 0.6 + 0.4 * math.sin(math.tau * (moment + brightness))
            colour = _mix(self.sky[0], self.light, brightness * twinkle)
            size = max(1.0, width / 500) * (0.5 + brightness)
            pen.ellipse((x * width, y * height, x * width + size, y * height + size), fill=colour)
        self._shine(picture, moment)
        for hill in range(_HILLS):
            colour = _mix(self.far, self.near, hill / (_HILLS - 1))
            pen.polygon(self._ridge(hill, width, height, moment), fill=colour)
        return picture

    def _sky(self, width: int, height: int) -> Image.Image:
        above, horizon = (Image.new("RGB", (width, height), colour) for colour in self.sky)
        return Image.composite(horizon, above, Image.linear_gradient("L").resize((width, height)))

    def _shine(self, picture: Image.Image, moment: float) -> None:
        """A disc with a glow that fades to nothing."""
        width, height = picture.size
        x, y = self.light_at[0] * width, (self.light_at[1] + 0.02 * math.sin(math.tau * moment)) * height
        radius = self.light_size * width
        glow = int(radius * 7)
        mask = Image.radial_gradient("L").point(_FADE).resize((glow, glow))
        picture.paste(Image.new("RGB", (glow, glow), self.light), (int(x - glow / 2), int(y - glow / 2)), mask)
        ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), fill=self.light)

    def _ridge(self, hill: int, width: int, height: int, moment: float) -> list[tuple[float, float]]:
        base = 0.52 + 0.11 * hill
        steps = max(width // 6, 2)
        line = []
        for step in range(steps + 1):
            across = step / steps
            rise = sum(
                size * math.sin(math.tau * (count * across + shift + (hill > 1) * moment))
                for count, size, shift in self.waves[hill]
            )
            line.append((across * width, (base - rise) * height))
        return [(0.0, float(height)), *line, (float(width), float(height))]


def _waves(dice: Dice, hill: int) -> tuple[tuple[int, float, float], ...]:
    roughness = 0.055 - 0.006 * hill
    return tuple(
        (count, dice.between(0.5, 1.0) * roughness / (index + 1), dice.number())
        for index, count in enumerate((1 + hill % 2, 3, 7))
    )


def _rgb(colour: str) -> _Colour:
    return ImageColor.getrgb(colour)


def _mix(one: _Colour, other: _Colour, part: float) -> _Colour:
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
