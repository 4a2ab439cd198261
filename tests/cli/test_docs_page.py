"""docs/cli.md names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from argparse import SUPPRESS
from pathlib import Path

from modeltui.cli.arguments import Parser
from modeltui.cli.commands import ENTRIES, load

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
_GENERAL = {"--help", "--catalog"}


def _shown() -> dict[str, set[str]]:
    """The commands of the tables, each with its options."""
    shown: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`.+`) \| .+ \|$", PAGE, re.MULTILINE):
        for usage in re.findall(r"`([^`]+)`", row.replace("\\|", "/")):
            name = usage.split()[0]
            if name in ENTRIES:
                shown.setdefault(name, set()).update(re.findall(r"--[a-z-]+", usage))
    return shown


def _options(name: str) -> set[str]:
    parser = Parser(prog=name, description="")
    load(name).add_arguments(parser)
    actions = [action for action in parser._actions if action.help != SUPPRESS]
    return {option for action in actions for option in action.option_strings if option.startswith("--")}


def test_every_command_is_on_the_page() -> None:
    assert _shown().keys() == ENTRIES.keys()


def test_every_option_is_on_the_page_and_no_other() -> None:
    for name, options in _shown().items():
        assert options - {"--input"} == _options(name) - _GENERAL - {"--input"}, name
