"""Colours: four themes of our own, and the roles that every theme gives to text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.theme import Theme

if TYPE_CHECKING:
    from modeltui.tui.widgets.chooser import Option

DARK: Final = Theme(
    name="modeltui-dark",
    dark=True,
    primary="#6fb1d6",
    secondary="#8a93a3",
    accent="#6fb1d6",
    foreground="#cfd4dc",
    background="#13161b",
    surface="#191d24",
    panel="#212731",
    success="#8fbf85",
    warning="#dcb36a",
    error="#e27a7f",
    variables={
        "muted": "#848d9b",
        "faint": "#2b323d",
        "cursor": "#26303d",
        "cursor-dim": "#1d232c",
        "cursor-cell": "#34465a",
        "input-cursor-background": "#cfd4dc",
        "input-cursor-foreground": "#13161b",
        "input-selection-background": "#34465a",
    },
)

LIGHT: Final = Theme(
    name="modeltui-light",
    dark=False,
    primary="#0b62a3",
    secondary="#5b6675",
    accent="#0b62a3",
    foreground="#23282f",
    background="#fcfcfa",
    surface="#f3f4f1",
    panel="#e9ebe7",
    success="#2c7434",
    warning="#8a5d00",
    error="#b3323b",
    variables={
        "muted": "#626c78",
        "faint": "#d8dbd6",
        "cursor": "#dfe8f0",
        "cursor-dim": "#eceeeb",
        "cursor-cell": "#bfd5e8",
        "input-cursor-background": "#23282f",
        "input-cursor-foreground": "#fcfcfa",
        "input-selection-background": "#bfd5e8",
    },
)

_CONTRAST_VARIABLES: Final = {
    "muted": "#d0d0d0",
    "faint": "#707070",
    "cursor": "#0040a0",
    "cursor-dim": "#303030",
    "cursor-cell": "#0060f0",
    "input-cursor-background": "#ffffff",
    "input-cursor-foreground": "#000000",
    "input-selection-background": "#0060f0",
}
CONTRAST: Final = Theme(
    name="modeltui-contrast",
    dark=True,
    primary="#5ad1ff",
    secondary="#d0d0d0",
    accent="#5ad1ff",
    foreground="#ffffff",
    background="#000000",
    surface="#101010",
    panel="#202020",
    success="#60ff60",
    warning="#ffd840",
    error="#ff8080",
    variables=_CONTRAST_VARIABLES,
)

CONTRAST_LIGHT: Final = Theme(
    name="modeltui-contrast-light",
    dark=False,
    primary="#003a8c",
    secondary="#303030",
    accent="#003a8c",
    foreground="#000000",
    background="#ffffff",
    surface="#f0f0f0",
    panel="#e0e0e0",
    success="#005a10",
    warning="#6a4000",
    error="#a00010",
    variables={
        "muted": "#303030",
        "faint": "#808080",
        "cursor": "#b8d8ff",
        "cursor-dim": "#e0e0e0",
        "cursor-cell": "#80b8ff",
        "input-cursor-background": "#000000",
        "input-cursor-foreground": "#ffffff",
        "input-selection-background": "#80b8ff",
    },
)

AUTO: Final = "auto"
_OURS: Final[Mapping[str, str]] = {
    AUTO: "what the terminal can show, on its background",
    DARK.name: "for a dark background",
    LIGHT.name: "for a light background",
    CONTRAST.name: "high contrast, dark",
    CONTRAST_LIGHT.name: "high contrast, light",
    "ansi-dark": "the terminal's own 16 colours, dark",
    "ansi-light": "the terminal's own 16 colours, light",
}

_ANSI: Final = {
    "muted": "ansi_default",
    "faint": "ansi_bright_black",
    "cursor": "ansi_default",
    "cursor-dim": "ansi_default",
    "cursor-cell": "ansi_default",
    "role-muted": "dim",
    "role-strong": "bold",
    "role-accent": "bold",
    "role-good": "ansi_green",
    "role-warn": "ansi_yellow",
    "role-bad": "ansi_red",
    "role-added": "ansi_green",
    "role-removed": "ansi_red",
    "role-chosen": "reverse",
}


def with_roles(variables: Mapping[str, str], *, is_ansi: bool) -> dict[str, str]:
    """A theme's variables and those that our own styles use, which other themes do not know.

    `role-…` are whole styles for pieces of text: in the terminal's own colours secondary text is dim, not grey.
    """
    if is_ansi:
        return {**variables, **_ANSI}
    ours = {
        "muted": variables["foreground-muted"],
        "faint": variables["panel-lighten-1"],
        "cursor": variables["panel"],
        "cursor-dim": variables["surface"],
        "cursor-cell": variables["panel-lighten-2"],
    }
    known = {**ours, **variables}
    return {
        **known,
        "role-muted": known["muted"],
        "role-strong": "bold",
        "role-accent": known["accent"],
        "role-good": known["success"],
        "role-warn": known["warning"],
        "role-bad": known["error"],
        "role-added": known["success"],
        "role-removed": known["error"],
        "role-chosen": f"bold {known['foreground']} on {known['cursor-cell']}",
    }


def choose_theme(app: App[Any], wanted: str, *, is_light: bool, has_color: bool) -> None:
    """Wear the theme that is wanted, else one that the terminal can show.

    A terminal with 16 colours, or none, gets its own ones: they are readable on its own background.
    """
    for theme in (DARK, LIGHT, CONTRAST, CONTRAST_LIGHT):
        app.register_theme(theme)
    if wanted in app.available_themes:
        app.theme = wanted
    elif has_color and app.console.color_system in ("256", "truecolor"):
        app.theme = LIGHT.name if is_light else DARK.name
    else:
        app.theme = "ansi-light" if is_light else "ansi-dark"


def theme_options(names: Iterable[str]) -> list[Option]:
    """The themes to choose from: ours with what they are for, then the others."""
    from modeltui.tui.widgets.chooser import Option

    ours = [Option(name, ((f"{name:<25}", "plain"), (what, "muted"))) for name, what in _OURS.items()]
    return [*ours, *(Option(name, ((name, "plain"),)) for name in sorted(names) if name not in _OURS)]
