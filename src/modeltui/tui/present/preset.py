"""A preset in a line, and all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Piece, cut, fit, folded, line
from modeltui.tui.present.toml import numbered

if TYPE_CHECKING:
    from modeltui.domain.presets import Preset

_ID = 20
_PROVIDER = 11


def preset_line(preset: Preset, reason: str | None, width: int) -> Line:
    """`kie-veo   kie_ai   prompt_to_video   KIE.ai Veo`; muted with the reason where none can be made of it."""
    start: tuple[Piece, ...] = (
        (" ", "plain"),
        (fit(safe(preset.id), _ID), "muted" if reason else "plain"),
        (" ", "plain"),
        (fit(safe(preset.provider or "any"), _PROVIDER), "muted"),
        (" ", "plain"),
    )
    end: Line = line(f"! {reason}", "warn") if reason else line(preset.content_type or "any type", "muted")
    return cut((*start, *end), width)


def described_lines(preset: Preset, reason: str | None, width: int) -> list[Line]:
    lines: list[Line] = [((f" {safe(preset.name)}", "strong"),)]
    lines += [((f" {part}", "muted"),) for part in folded(safe(preset.description), max(width - 2, 20)) if part]
    if reason:
        lines.append(line(f" ! {reason}", "bad"))
    return [*lines, BLANK, *numbered(preset.text)]
