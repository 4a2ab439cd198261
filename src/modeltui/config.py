"""Settings: the only place that reads the environment, the arguments' defaults and the system's user."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from modeltui.errors import ConfigError

CATALOG_FILE = "catalog.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    root: str
    """Absolute path of the catalogue."""
    user: str
    """The system's name for who runs this."""
    host: str
    secret: Callable[[str], str | None] = field(repr=False)
    """Looks up a provider's key by the name of its variable."""
    log_file: str
    """Where the traceback of a bug goes."""
    mouse: bool = True
    """Off over SSH, where the terminal's own selection is worth more."""
    ascii: bool = False
    """Signs in ASCII only, for terminals that know no other."""
    color: bool = True
    theme: str = ""
    """Name of a theme of the console; empty where the console chooses."""
    live: bool = True
    """The console follows what others change on disk."""
    light: bool = False
    """The terminal's background is light, as far as it says so without being asked."""


def load_settings(catalog: str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings for the catalogue at `catalog`, else `$MODELTUI_CATALOG`, else the nearest one above, else `./catalog`.

    Raises ConfigError when there is none.
    """
    env = os.environ if environment is None else environment
    return Settings(
        root=_find_catalog(catalog or env.get("MODELTUI_CATALOG") or None),
        user=_user_name(),
        host=socket.gethostname(),
        secret=env.get,
        log_file=log_file(env),
        mouse="SSH_CONNECTION" not in env,
        ascii=not _speaks_unicode(env),
        color=not env.get("NO_COLOR"),
        theme=env.get("MODELTUI_THEME", ""),
        light=env.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"},
    )


def log_file(environment: Mapping[str, str] | None = None) -> str:
    """Path of the log below the user's state folder (XDG base directories)."""
    env = os.environ if environment is None else environment
    state = env.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(state, "modeltui", "modeltui.log")


def is_dumb_terminal(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the terminal says that it cannot place text."""
    env = os.environ if environment is None else environment
    return env.get("TERM", "dumb") in {"", "dumb"}


def _find_catalog(named: str | None) -> str:
    if named is not None:
        if not os.path.lexists(os.path.join(named, CATALOG_FILE)):
            raise ConfigError(
                f"{named!r} is not a catalogue: it has no {CATALOG_FILE}",
                hint=f"`modeltui init {named}` makes one there",
            )
        return os.path.abspath(named)
    here = os.getcwd()
    for folder in _upwards(here):
        if os.path.lexists(os.path.join(folder, CATALOG_FILE)):
            return folder
    below = os.path.join(here, "catalog")
    if os.path.lexists(os.path.join(below, CATALOG_FILE)):
        return below
    raise ConfigError(
        "no catalogue here, in a folder above or in ./catalog",
        hint="name one with -C DIR or $MODELTUI_CATALOG, or make one with `modeltui init DIR --sample`",
    )


def _upwards(folder: str) -> list[str]:
    found = [folder]
    while (parent := os.path.dirname(folder)) != folder:
        found.append(parent)
        folder = parent
    return found


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid-{os.geteuid()}"


def _speaks_unicode(env: Mapping[str, str]) -> bool:
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    return env.get("TERM") != "linux" and "utf" in locale.casefold().replace("-", "")
