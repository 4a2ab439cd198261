"""What holds, and where it comes from: the argument before the environment, the file, what was chosen, the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

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
    "columns": [],
    "sort": "",
    "reasons": [],
    "keys": {},
}


@dataclass(frozen=True, slots=True)
class Option:
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
    return guesses


def _said(env: Mapping[str, str]) -> list[Option]:
    said: list[Option] = []
    if env.get("NO_COLOR"):
        said.append(Option("color", value=False, source="environment", place="NO_COLOR"))
    if theme := env.get("MODELTUI_THEME"):
        said.append(Option("theme", theme, "environment", "MODELTUI_THEME"))
    if text := env.get("MODELTUI_READ_ONLY"):
        said.append(Option("read_only", text.casefold() in _YES, "environment", "MODELTUI_READ_ONLY"))
    said += [Option("editor", env[name], "environment", name) for name in ("EDITOR", "VISUAL") if env.get(name)]
    return said


def _speaks_unicode(env: Mapping[str, str]) -> bool:
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    return env.get("TERM") != "linux" and "utf" in locale.casefold().replace("-", "")
