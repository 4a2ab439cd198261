"""Settings: the only place that reads the environment, the arguments' defaults and the system's user."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from modeltui.config_file import ConfigFile, read_config
from modeltui.effective import Option, options
from modeltui.errors import ConfigError

if TYPE_CHECKING:
    from modeltui.domain.key import SecretSource
    from modeltui.storage.key_sources import KeySources

CATALOG_FILE = "catalog.toml"


class Settings(Struct, frozen=True, kw_only=True, eq=False):
    root: str
    """Absolute path of the catalogue."""
    user: str
    """The system's name for who runs this."""
    host: str
    groups: frozenset[str] = frozenset()
    """The system's names of the groups of this process."""
    read_only: bool = False
    """Nothing is queued, applied or run."""
    mapping: str = ""
    """What a tree of others is read as: a name, or the path of a mapping file; empty for a catalogue of ours."""
    secret: SecretSource
    """Looks up a provider's key by the name of its variable."""
    key_store: Callable[[], KeySources] | None = None
    """Where keys can be kept, loaded when it is first asked for; None: nowhere."""
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
    cache: str = ""
    """The user's folder for what is known of files that did not change; empty where all are read at each start."""
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
    lowband: bool = True
    """What is sent to the terminal is the difference to what it shows, where it is one that is known to cope."""
    term: str = ""
    """The name that the terminal gives itself."""
    tmux: bool = False
    """The terminal is tmux, which takes some things only when they are wrapped."""

    def __repr__(self) -> str:
        return f"Settings({self.root!r})"


def load_settings(
    catalog: str | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    read_only: bool = False,
    mapping: str | None = None,
) -> Settings:
    """Settings for the catalogue at `catalog`, else `$MODELTUI_CATALOG`, else the nearest one above, else `./catalog`.

    mapping: what a tree of others is read as, else `$MODELTUI_AS`; then the tree is at `catalog`, else
    `$MODELTUI_CATALOG`, else here. Raises ConfigError when there is none.
    """
    env = os.environ if environment is None else environment
    mapping = env.get("MODELTUI_AS", "") if mapping is None else mapping
    named = catalog or env.get("MODELTUI_CATALOG") or None
    root = _find_tree(named) if mapping else _find_catalog(named)
    state = _state_folder(env)
    file = read_config(config_path(env))
    found = options(file, env, {"read_only": True} if read_only else {}, _chosen(state, root))
    keys = _key_sources(env, uses_keyring=found["keyring"].value)
    return Settings(
        root=root,
        user=_user_name(),
        host=os.uname().nodename,
        groups=_group_names(),
        read_only=found["read_only"].value,
        mapping=mapping,
        secret=lambda name: keys()(name),  # noqa: PLW0108  # not loaded before it is asked
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
        cache=_cache_folder(env) if found["cache"].value else "",
        pictures=found["pictures"].value,
        opener=found["opener"].value,
        lowband=found["lowband"].value,
        term=env.get("TERM", ""),
        tmux=bool(env.get("TMUX")),
    )


def effective_config(
    catalog: str | None = None, environment: Mapping[str, str] | None = None, *, read_only: bool = False
) -> tuple[ConfigFile, Mapping[str, Option]]:
    """The user's file, and every option as it holds. Where there is no catalogue, without what was chosen in one."""
    env = os.environ if environment is None else environment
    file = read_config(config_path(env))
    try:
        chosen = _chosen(_state_folder(env), _find_catalog(catalog or env.get("MODELTUI_CATALOG") or None))
    except ConfigError:
        chosen = {}
    return file, options(file, env, {"read_only": True} if read_only else {}, chosen)


def cache_folder(environment: Mapping[str, str] | None = None) -> str:
    """The user's folder for what is known of files that did not change; empty where none is to be kept."""
    env = os.environ if environment is None else environment
    keeps = options(read_config(config_path(env)), env, {}, {})["cache"].value
    return _cache_folder(env) if keeps else ""


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


def _chosen(state: str, root: str) -> Mapping[str, str]:
    """What was chosen in the console and kept: mostly nothing, which a look at the names tells."""
    try:
        if not any(name.endswith(".look.json") for name in os.listdir(state)):
            return {}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError:
        pass  # a folder that cannot be listed may have files that can be read
    from modeltui.services.looks import kept_look  # noqa: PLC0415  # 10 ms, for those who chose something
    from modeltui.storage.console_state import ConsoleState  # noqa: PLC0415

    return kept_look(ConsoleState(state, root))


def _key_sources(env: Mapping[str, str], *, uses_keyring: bool) -> Callable[[], KeySources]:
    @cache
    def made() -> KeySources:
        from modeltui.storage.key_file import KeyFile  # noqa: PLC0415  # few commands want a key
        from modeltui.storage.key_sources import KeySources  # noqa: PLC0415

        return KeySources(env, KeyFile(keys_path(env)), uses_keyring=uses_keyring)

    return made


def _find_catalog(named: str | None) -> str:
    if named is not None:
        if not os.path.lexists(os.path.join(named, CATALOG_FILE)):
            is_foreign = os.path.isdir(os.path.join(named, "providers"))
            raise ConfigError(
                f"{named!r} is not a catalogue: it has no {CATALOG_FILE}",
                hint="`--as models.dev` reads a tree of that kind" if is_foreign else _init_hint(named),
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


def _init_hint(named: str) -> str:
    return f"`modeltui init {named}` makes one there"


def _find_tree(named: str | None) -> str:
    """A folder of others has no file that tells it: it is the one that was named, or this one."""
    folder = os.path.abspath(named or os.curdir)
    if not os.path.isdir(folder):
        raise ConfigError(f"{named!r} is not a folder", hint="name the top folder of the tree with -C")
    return folder


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


def _cache_folder(env: Mapping[str, str]) -> str:
    """Empty for a user without a home."""
    named, home = env.get("XDG_CACHE_HOME", ""), os.path.expanduser("~")
    cache = named if os.path.isabs(named) else os.path.join(home, ".cache")
    return os.path.join(cache, "modeltui") if os.path.isabs(cache) else ""


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
