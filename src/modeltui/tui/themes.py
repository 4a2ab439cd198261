"""Colours: two themes of our own, and the roles that every theme gives to text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from textual.app import App
from textual.theme import Theme

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
    """Start with the theme that is wanted, else with one that the terminal can show.

    A terminal with 16 colours, or none, gets its own ones: they are readable on its own background.
    """
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    if wanted in app.available_themes:
        app.theme = wanted
    elif has_color and app.console.color_system in ("256", "truecolor"):
        app.theme = LIGHT.name if is_light else DARK.name
    else:
        app.theme = "ansi-light" if is_light else "ansi-dark"
