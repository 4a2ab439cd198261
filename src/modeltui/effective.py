"""What holds, and where it comes from: the argument before the environment, the file, what was chosen, the default."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from modeltui.config_file import ConfigFile

Source: TypeAlias = Literal["default", "chosen", "file", "environment", "argument"]

_YES: Final = frozenset({"1", "yes", "true", "on"})
_DEFAULTS: Final[Mapping[str, Any]] = {
    "theme": "",
    "background": "dark",
    "color": True,
    "ascii": False,
    "mouse": True,
    "read_only": False,
    "editor": "",
    "opener": "",
    "cache": True,
    "keyring": False,
    "pictures": "blocks",
    "lowband": True,
    "columns": [],
    "sort": "",
    "reasons": [],
    "keys": {},
}


class Option(Struct, frozen=True):
    name: str
    value: Any
    source: Source
    place: str = ""
    """The variable, argument or file that says so; of a default, what it was guessed from."""


def options(
    file: ConfigFile, environment: Mapping[str, str], arguments: Mapping[str, Any], chosen: Mapping[str, Any]
) -> dict[str, Option]:
    """Every option by its name. `chosen`: what was chosen in the console before, and kept."""
    found = {name: Option(name, value, "default") for name, value in _DEFAULTS.items()}
    found.update({option.name: option for option in _guesses(environment)})
    found.update({name: Option(name, value, "chosen", "the console") for name, value in chosen.items()})
    found.update({name: Option(name, value, "file", file.path) for name, value in file.values.items()})
    found.update({option.name: option for option in _said(environment)})
    found.update(
        {name: Option(name, value, "argument", f"--{name.replace('_', '-')}") for name, value in arguments.items()}
    )
    return found


def _guesses(env: Mapping[str, str]) -> list[Option]:
    """What the environment lets us suppose; whoever says something knows better."""
    guesses: list[Option] = []
    if "SSH_CONNECTION" in env:
        guesses.append(Option("mouse", value=False, source="default", place="over SSH"))
    if not _speaks_unicode(env):
        guesses.append(Option("ascii", value=True, source="default", place="the locale or terminal knows no other"))
    if env.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}:
        guesses.append(Option("background", "light", "default", "COLORFGBG"))
    if "TMUX" not in env and (terminal := _draws_as_kitty(env)):
        guesses.append(Option("pictures", "kitty", "default", f"the terminal is {terminal}"))
    guesses += _openers(env)
    return guesses


def _draws_as_kitty(env: Mapping[str, str]) -> str | None:
    """The terminal, where it says that it is one that takes pictures for placeholders (kitty graphics protocol)."""
    names = {env.get("TERM", "").removeprefix("xterm-"), env.get("TERM_PROGRAM", "").casefold()}
    if "KITTY_WINDOW_ID" in env:
        names.add("kitty")
    return next((name for name in ("kitty", "ghostty") if name in names), None)


def _openers(env: Mapping[str, str]) -> list[Option]:
    """The system's program that opens a file, where somebody sits in front of a screen."""
    if sys.platform == "darwin":
        return [] if "SSH_CONNECTION" in env else [Option("opener", "open", "default", "macOS")]
    names = (name for name in ("WAYLAND_DISPLAY", "DISPLAY") if env.get(name))
    return [Option("opener", "xdg-open", "default", name) for name in names][:1]


def _said(env: Mapping[str, str]) -> list[Option]:
    said: list[Option] = []
    if env.get("NO_COLOR"):
        said.append(Option("color", value=False, source="environment", place="NO_COLOR"))
    if theme := env.get("MODELTUI_THEME"):
        said.append(Option("theme", theme, "environment", "MODELTUI_THEME"))
    if text := env.get("MODELTUI_READ_ONLY"):
        said.append(Option("read_only", text.casefold() in _YES, "environment", "MODELTUI_READ_ONLY"))
    if text := env.get("MODELTUI_CACHE"):
        said.append(Option("cache", text.casefold() in _YES, "environment", "MODELTUI_CACHE"))
    said += [Option("editor", env[name], "environment", name) for name in ("EDITOR", "VISUAL") if env.get(name)]
    return said


def _speaks_unicode(env: Mapping[str, str]) -> bool:
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    return env.get("TERM") != "linux" and "utf" in locale.casefold().replace("-", "")
