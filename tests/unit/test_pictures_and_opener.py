"""What the environment lets us suppose of pictures, and of the system's opener."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from modeltui.config_file import ConfigFile
from modeltui.effective import options


def chosen(env: Mapping[str, str], **file: str) -> tuple[str, str]:
    found = options(ConfigFile("config.toml", values=file), env, {}, {})
    return found["pictures"].value, found["opener"].value


@pytest.mark.parametrize(
    ("env", "pictures"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "blocks"),
        ({"TERM": "xterm-256color"}, "blocks"),
        ({}, "blocks"),
    ],
)
def test_how_a_terminal_takes_pictures(env: Mapping[str, str], pictures: str) -> None:
    assert chosen(env)[0] == pictures
    assert chosen(env, pictures="sixel")[0] == "sixel"


def test_an_opener_where_somebody_sits_in_front_of_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert chosen({"DISPLAY": ":0"})[1] == "xdg-open"
    assert chosen({"WAYLAND_DISPLAY": "w"})[1] == "xdg-open"
    assert chosen({"SSH_CONNECTION": "x"})[1] == ""
    assert chosen({}, opener="mine")[1] == "mine"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chosen({})[1] == "open"
    assert chosen({"SSH_CONNECTION": "x"})[1] == ""
