"""The user's config.toml: what is taken, what is told, and where each option comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.config import config_path, effective_config, load_settings
from modeltui.config_file import read_config
from modeltui.services.looks import LookService
from modeltui.storage.console_state import ConsoleState

_GOOD = """\
theme = "modeltui-light"
mouse = false
ascii = true
color = false
background = "light"
read_only = true
editor = "nano -w"
cache = false
lowband = false
columns = ["name", "cost"]
sort = "-cost"
reasons = ["price list"]

[keys]
"apply.open" = "ctrl+a"
"row.first" = ["g g", "home"]
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    root = tmp_path / "catalogue"
    root.mkdir()
    (root / "catalog.toml").write_text("schema = 1\n")
    return {
        "MODELTUI_CATALOG": str(root),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "LANG": "C.UTF-8",
    }


def _write(env: dict[str, str], text: str | bytes) -> Path:
    path = Path(config_path(env))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_no_file_is_no_problem(env: dict[str, str]) -> None:
    file, options = effective_config(environment=env)
    assert (file.is_there, file.problems) == (False, ())
    assert {option.source for option in options.values()} == {"default"}


def test_what_the_file_says_holds(env: dict[str, str]) -> None:
    path = _write(env, _GOOD)
    settings = load_settings(environment=env)
    assert (settings.theme, settings.mouse, settings.ascii, settings.color) == ("modeltui-light", False, True, False)
    assert (settings.light, settings.read_only, settings.editor) == (True, True, "nano -w")
    assert (settings.columns, settings.sort, settings.reasons) == (("name", "cost"), "-cost", ("price list",))
    assert settings.keys == {"apply.open": ("ctrl+a",), "row.first": ("g g", "home")}
    assert (settings.problems, settings.cache) == ((), "")
    _, options = effective_config(environment=env)
    said = [option for name, option in options.items() if name not in {"keyring", "opener", "pictures"}]
    assert {(option.source, option.place) for option in said} == {("file", str(path))}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("mouse = 1\n", 1, "`mouse` = '1' is ignored: it takes true or false"),
        ('\ntheme = ""\n', 2, "`theme` = '' is ignored"),
        ('theme = "x\\u001b[2J"\n', 1, "it takes the name of a theme"),
        ("# note\ncolour = true\n", 2, "`colour` is no field, and ignored"),
        ('background = "blue"\n', 1, '"light" or "dark"'),
        ("columns = [1]\n", 1, "a list of columns"),
        ("keys = 3\n", 1, "`keys` is ignored"),
        ('[keys]\n"apply.open" = []\n', 2, "it takes a key or a list of keys"),
        ("mouse = \n", 1, "the file is ignored"),
        (b"\xff\xfe", 1, "the file is ignored"),
        ("x = " + "[" * 500 + "]" * 500, 1, "the file is ignored"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_rest_holds(
    env: dict[str, str], text: str | bytes, line: int, said: str
) -> None:
    path = _write(env, text)
    (problem,) = load_settings(environment=env).problems
    assert problem.startswith(f"{path}:{line}: ")
    assert said in problem


def test_one_bad_line_leaves_the_others(env: dict[str, str]) -> None:
    _write(env, 'mouse = "no"\nascii = true\n')
    settings = load_settings(environment=env)
    assert (settings.mouse, settings.ascii, len(settings.problems)) == (True, True, 1)


def test_a_folder_or_a_large_file_is_said(env: dict[str, str]) -> None:
    path = Path(config_path(env))
    path.mkdir(parents=True)
    assert read_config(str(path)).problems
    path.rmdir()
    _write(env, b"# " + b"x" * 300_000)
    assert "too large" in read_config(str(path)).problems[0].message


def test_who_says_it_last_and_where_from(env: dict[str, str]) -> None:
    look = LookService(ConsoleState(env["XDG_STATE_HOME"] + "/modeltui", env["MODELTUI_CATALOG"]))
    assert look.keep_theme("nord")
    _, options = effective_config(environment=env)
    assert (options["theme"].value, options["theme"].source) == ("nord", "chosen")
    _write(env, 'theme = "dracula"\nread_only = false\neditor = "ed"\ncolor = true\nmouse = true\n')
    said = {"MODELTUI_THEME": "gruvbox", "NO_COLOR": "1", "VISUAL": "vim", "EDITOR": "ed", "SSH_CONNECTION": "x"}
    _, options = effective_config(environment=env)
    assert (options["theme"].value, options["theme"].source) == ("dracula", "file")
    _, options = effective_config(environment={**env, **said}, read_only=True)
    found = {name: (options[name].value, options[name].source, options[name].place) for name in options}
    assert found["theme"] == ("gruvbox", "environment", "MODELTUI_THEME")
    assert found["color"] == (False, "environment", "NO_COLOR")
    assert found["editor"] == ("vim", "environment", "VISUAL")
    assert found["read_only"] == (True, "argument", "--read-only")
    assert found["mouse"][:2] == (True, "file"), "a guess from SSH_CONNECTION yields to what somebody wrote"


@pytest.mark.parametrize(("text", "is_on"), [("1", True), ("yes", True), ("0", False), ("false", False)])
def test_read_only_by_the_environment(env: dict[str, str], text: str, is_on: bool) -> None:
    assert load_settings(environment={**env, "MODELTUI_READ_ONLY": text}).read_only is is_on


def test_what_was_chosen_and_cannot_be_read_was_not_chosen(env: dict[str, str]) -> None:
    state = ConsoleState(env["XDG_STATE_HOME"] + "/modeltui", env["MODELTUI_CATALOG"])
    LookService(state).keep_theme("nord")
    Path(state.path("look")).write_text("{")
    assert load_settings(environment=env).theme == ""
