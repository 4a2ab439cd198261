"""What a command loads is what its user waits for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CATALOG = Path(__file__).parents[2] / "catalog"
IMAGE = "prompt_to_image/sandbox-image"

CONSOLE = ("textual", "rich", "PIL", "watchfiles", "textual_image")
RUNS = ("httpx", "jmespath", "sqlite3", "asyncio")
SLOW = ("pydantic", "tomlkit", "keyring", "multiprocessing", "concurrent.futures", "importlib.metadata", "email")
ASIDE = ("subprocess", "socket", "pathlib", "shutil", "csv", "traceback", "difflib", "secrets")
"""Of the standard library: a few milliseconds each, wanted in few cases."""

NEVER = ("hashlib", "inspect", "locale", "tokenize", "typing_extensions")
"""What libraries load where nobody keeps them from it, 14 ms together: nothing that a table or an apply needs."""

OF_TROUBLE = (
    "modeltui.history.commits",
    "modeltui.history.committing",
    "modeltui.history.git",
    "modeltui.history.preflight",
    "modeltui.storage.toml.diagnosis",
    "modeltui.storage.applying.hard_links",
    "modeltui.storage.lock_holder",
    "modeltui.storage.applying.restoration",
)
"""For git, broken files, locks that are held, and all else that a plain apply does not meet."""

OF_MANY = ("modeltui.storage.toml.fast_toml", "rtoml", "concurrent.futures")

MOST_OF_LIST = 168
"""Modules, those of the standard library too."""
MOST_OF_APPLY = 205


def _loaded(code: str) -> set[str]:
    """The names of all modules that `code` loads in a fresh interpreter."""
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split("\n")[-2].split())


def _by_command(root: Path, *words: str) -> set[str]:
    code = f"from modeltui.cli.main import main\nassert main(['-C', {str(root)!r}, *{words!r}]) == 0"
    return _loaded(code)


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Small, and none of git's."""
    root = tmp_path / "catalog"
    for name in ("catalog.toml", f"models/{IMAGE}.toml", "providers/sandbox.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CATALOG / name, root / name)
    return root


def test_the_package_loads_nothing() -> None:
    assert {name for name in _loaded("import modeltui") if name.startswith("modeltui.")} == set()


def test_programs_read_a_catalogue_without_what_shows_or_sends_it(catalog: Path) -> None:
    code = f"from modeltui import open_catalog\nassert open_catalog({str(catalog)!r}).get({IMAGE!r})"
    assert _loaded(code) & {*CONSOLE, *RUNS, *SLOW, "argparse", "modeltui.cli"} == set()


@pytest.mark.parametrize("module", ["modeltui.cli.main", "modeltui.services.workspace", "modeltui.bootstrap"])
def test_no_front_end_is_paid_for_before_it_is_used(module: str) -> None:
    assert _loaded(f"import {module}") & {*CONSOLE, *RUNS, *SLOW, *ASIDE} == set()


def test_help_and_version_load_no_catalogue() -> None:
    for words in (["--version"], ["--help"], ["list", "--help"]):
        loaded = _loaded(f"from modeltui.cli.main import main\nassert main({words!r}) == 0")
        assert {name for name in loaded if name.startswith(("modeltui.services", "modeltui.storage"))} == set(), words


def test_reading_commands_load_what_they_need(catalog: Path) -> None:
    for words in (["list"], ["list", "--format", "json"], ["show", IMAGE], ["pending"]):
        assert _by_command(catalog, *words) & {*CONSOLE, *RUNS, *SLOW, *ASIDE} == set(), words


def test_a_change_and_its_apply_load_what_they_need(catalog: Path) -> None:
    for words in (
        ["disable", IMAGE],
        ["list"],
        ["undo"],
        ["redo"],
        ["apply", "--yes"],
        ["list", "active:no"],
        ["history"],
    ):
        assert _by_command(catalog, *words) & {*CONSOLE, *RUNS, *SLOW, *ASIDE} == set(), words


def test_an_apply_of_one_loads_what_it_needs(catalog: Path) -> None:
    _by_command(catalog, "disable", IMAGE)
    loaded = _by_command(catalog, "apply", "--yes")
    assert loaded & {*NEVER, *OF_TROUBLE, *OF_MANY} == set()
    assert len(loaded) <= MOST_OF_APPLY, sorted(loaded)


def test_what_is_kept_from_a_library_is_there_for_all_others(catalog: Path) -> None:
    code = f"from modeltui.cli.main import main\nassert main(['-C', {str(catalog)!r}, 'list']) == 0\n"
    assert "typing_extensions" in _loaded(f"{code}import typing_extensions\ntyping_extensions.TypedDict")


def test_a_value_is_checked_without_what_shows_or_sends_it(catalog: Path) -> None:
    assert _by_command(catalog, "set", IMAGE, "order=7") & {*CONSOLE, *RUNS, "tomlkit", "keyring"} == set()


def test_the_table_of_models_stays_small(catalog: Path) -> None:
    _by_command(catalog, "disable", IMAGE)
    loaded = _by_command(catalog, "list")
    assert len(loaded) <= MOST_OF_LIST, sorted(loaded)
    assert not any(name.startswith(("modeltui.jobs", "modeltui.providers", "modeltui.tui")) for name in loaded)
    beside = (
        "modeltui.storage.applying.applier",
        "modeltui.services.apply",
        "modeltui.domain.query.parser",
        "modeltui.domain.browse.views",
    )
    assert loaded.isdisjoint((*beside, *NEVER, *OF_TROUBLE))
