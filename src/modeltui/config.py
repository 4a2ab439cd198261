"""Settings: the only place that reads the environment, the arguments' defaults and the system's user."""

from __future__ import annotations

import grp
import os
import pwd
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from modeltui.config_file import ConfigFile, read_config
from modeltui.domain.key import SecretSource
from modeltui.effective import Option, options
from modeltui.errors import ConfigError
from modeltui.services.looks import kept_look
from modeltui.storage.console_state import ConsoleState
from modeltui.storage.key_file import KeyFile
from modeltui.storage.key_sources import KeySources

CATALOG_FILE = "catalog.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    root: str
    """Absolute path of the catalogue."""
    user: str
    """The system's name for who runs this."""
    host: str
    groups: frozenset[str] = frozenset()
    """The system's names of the groups of this process."""
    read_only: bool = False
    """Nothing is queued, applied or run."""
    secret: SecretSource = field(repr=False)
    """Looks up a provider's key by the name of its variable."""
    key_store: KeySources | None = field(default=None, repr=False)
    """Where keys can be kept; None: nowhere."""
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
    editor: str = ""
    """The user's own, as a command with arguments; empty where none is named."""
    light: bool = False
    """The terminal's background is light, as far as it says so without being asked."""
    state: str = ""
    """The user's folder for what the console remembers; empty where it shall remember nothing."""
    fresh: bool = False
    """The console does not go back to where the user stood."""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Keys of the user's own, by the id of what they do, such as `apply.open`."""
    columns: Sequence[str] = ()
    """Of the table where no view says any; none for the usual ones."""
    sort: str = ""
    """Of the table where no view says any."""
    reasons: Sequence[str] = ()
    """Templates for the reason of an apply."""
    problems: Sequence[str] = ()
    """What of the user's config.toml is not taken, with its line."""
    pictures: str = "blocks"
    """How the terminal takes pictures: `kitty`, `sixel`, `blocks` or `none`."""
    opener: str = ""
    """The system's program that opens a file; empty where nobody would see what it opens."""
    tmux: bool = False
    """The terminal is tmux, which takes some things only when they are wrapped."""


def load_settings(
    catalog: str | None = None, environment: Mapping[str, str] | None = None, *, read_only: bool = False
) -> Settings:
    """Settings for the catalogue at `catalog`, else `$MODELTUI_CATALOG`, else the nearest one above, else `./catalog`.

    Raises ConfigError when there is none.
    """
    env = os.environ if environment is None else environment
    root = _find_catalog(catalog or env.get("MODELTUI_CATALOG") or None)
    state = _state_folder(env)
    file = read_config(config_path(env))
    found = options(file, env, {"read_only": True} if read_only else {}, kept_look(ConsoleState(state, root)))
    keys = KeySources(env, KeyFile(keys_path(env)), uses_keyring=found["keyring"].value)
    return Settings(
        root=root,
        user=_user_name(),
        host=socket.gethostname(),
        groups=_group_names(),
        read_only=found["read_only"].value,
        secret=keys,
        key_store=keys,
        log_file=log_file(env),
        mouse=found["mouse"].value,
        ascii=found["ascii"].value,
        color=found["color"].value,
        theme=found["theme"].value,
        editor=found["editor"].value,
        light=found["background"].value == "light",
        keys=found["keys"].value,
        columns=tuple(found["columns"].value),
        sort=found["sort"].value,
        reasons=tuple(found["reasons"].value),
        problems=file.said,
        state=state,
        pictures=found["pictures"].value,
        opener=found["opener"].value,
        tmux=bool(env.get("TMUX")),
    )


def effective_config(
    catalog: str | None = None, environment: Mapping[str, str] | None = None, *, read_only: bool = False
) -> tuple[ConfigFile, Mapping[str, Option]]:
    """The user's file, and every option as it holds. Where there is no catalogue, without what was chosen in one."""
    env = os.environ if environment is None else environment
    file = read_config(config_path(env))
    try:
        root = _find_catalog(catalog or env.get("MODELTUI_CATALOG") or None)
        chosen = kept_look(ConsoleState(_state_folder(env), root))
    except ConfigError:
        chosen = {}
    return file, options(file, env, {"read_only": True} if read_only else {}, chosen)


def config_path(environment: Mapping[str, str] | None = None) -> str:
    """Where the user's file is (XDG base directories)."""
    env = os.environ if environment is None else environment
    folder = env.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(folder, "modeltui", "config.toml")


def keys_path(environment: Mapping[str, str] | None = None) -> str:
    """Where the user's file of keys is."""
    env = os.environ if environment is None else environment
    return env.get("MODELTUI_KEYS") or os.path.join(os.path.dirname(config_path(env)), "keys.env")


def log_file(environment: Mapping[str, str] | None = None) -> str:
    """Path of the log below the user's state folder (XDG base directories)."""
    return os.path.join(_state_folder(os.environ if environment is None else environment), "modeltui.log")


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


def _state_folder(env: Mapping[str, str]) -> str:
    """The XDG base directories say that a relative path counts as none."""
    named = env.get("XDG_STATE_HOME", "")
    state = named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(state, "modeltui")


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid-{os.geteuid()}"


def _group_names() -> frozenset[str]:
    """Of the groups that the kernel grants, which is what counts; one without a name has none to be permitted by."""
    names: set[str] = set()
    for gid in {os.getegid(), *os.getgroups()}:
        with suppress(KeyError):
            names.add(grp.getgrgid(gid).gr_name)
    return frozenset(names)
