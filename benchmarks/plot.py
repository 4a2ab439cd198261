"""A plot of a few curves with both axes logarithmic, as SVG: no script, no font, readable in light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 780, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 98, 118, 48, 56
_LIGHT: Final = ("#3465a4", "#b3541e", "#4d7c0f", "#8b3fa0", "#0e7c7b", "#b3261e")
_DARK: Final = ("#82b1ff", "#ffb074", "#a8d873", "#d9a3ec", "#63d2cf", "#ff8a80")
_DASHES: Final = ("", "8 3", "2 3", "10 3 2 3", "5 5", "1 4")
_APART = 16
"""Pixels between the names at the ends of the curves."""


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    points: tuple[tuple[float, float], ...]
    """From left to right, all above zero."""


@dataclass(frozen=True, slots=True)
class _Axes:
    left: float
    right: float
    low: int
    high: int

    def x(self, value: float) -> float:
        share = (math.log10(value) - self.left) / ((self.right - self.left) or 1)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def log_log(title: str, across: str, up: str, curves: Sequence[Curve]) -> str:
    """The picture. Every curve has points; each is told by its colour, its dashes and its name at the end.

    A thin dotted line shows the slope of what grows linearly.
    """
    xs = [x for curve in curves for x, _ in curve.points]
    ys = [y for curve in curves for _, y in curve.points]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    axes = _Axes(math.log10(min(xs)), math.log10(max(xs)), low, max(high, low + 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        _style(len(curves)),
        f'<text class="title" x="{_LEFT}" y="26">{escape(title)}</text>',
        *_grid(axes, sorted(set(xs)), across, up),
        *_slope(axes, min(xs), max(xs)),
        *_drawn(axes, curves),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _style(count: int) -> str:
    def colours(chosen: Sequence[str]) -> str:
        return " ".join(
            f".c{at} {{ stroke: {chosen[at % len(chosen)]}; }} .n{at} {{ fill: {chosen[at % len(chosen)]}; }}"
            for at in range(count)
        )

    return f"""<style>
text {{ font: 13px system-ui, sans-serif; fill: #444; }}
.title {{ font-size: 15px; font-weight: 600; fill: #222; }}
.grid {{ stroke: #ccc; stroke-width: 1; }} .slope {{ stroke: #888; stroke-width: 1; stroke-dasharray: 1 3; }}
path {{ fill: none; stroke-width: 2; }} circle {{ stroke-width: 2; fill: none; }}
{colours(_LIGHT)}
@media (prefers-color-scheme: dark) {{
text {{ fill: #bbb; }} .title {{ fill: #eee; }} .grid {{ stroke: #444; }}
{colours(_DARK)}
}}
</style>"""


def _grid(axes: _Axes, xs: Sequence[float], across: str, up: str) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for power in range(axes.low, axes.high + 1):
        y = axes.y(10.0**power)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g} {escape(up)}</text>')
    for value in xs:
        x = axes.x(value)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{value:,.0f}</text>')
    middle = (_LEFT + right) / 2
    return [*parts, f'<text x="{middle:.0f}" y="{_HEIGHT - 12}" text-anchor="middle">{escape(across)}</text>']


def _slope(axes: _Axes, first: float, last: float) -> list[str]:
    """What grows linearly from the lowest line on, as far as it stays inside."""
    most = min(last, first * 10.0 ** (axes.high - axes.low))
    low = 10.0**axes.low
    ends = (axes.x(first), axes.y(low), axes.x(most), axes.y(low * most / first))
    x1, y1, x2, y2 = (f"{each:.1f}" for each in ends)
    return [f'<line class="slope" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>']


def _drawn(axes: _Axes, curves: Sequence[Curve]) -> list[str]:
    parts = []
    heights = _apart([axes.y(curve.points[-1][1]) for curve in curves])
    for at, (curve, height) in enumerate(zip(curves, heights, strict=True)):
        places = [(axes.x(x), axes.y(y)) for x, y in curve.points]
        line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path class="c{at}" stroke-dasharray="{_DASHES[at % len(_DASHES)]}" d="{line}"/>')
        parts += [f'<circle class="c{at}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
        parts.append(
            f'<text class="n{at}" x="{places[-1][0] + 10:.1f}" y="{height + 4:.1f}">{escape(curve.name)}</text>'
        )
    return parts


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights, moved down where two would be written over each other."""
    moved = list(heights)
    last = -math.inf
    for at in sorted(range(len(heights)), key=heights.__getitem__):
        moved[at] = last = max(heights[at], last + _APART)
    return moved
