"""What terminals are known to do, by the name that they give themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Traits:
    erases_in_color: bool = True
    """What is erased gets the background that is set (`bce`)."""
    repeats: bool = False
    """REP prints the last character again. Used for ASCII only: tmux repeats no other."""
    scrolls: bool = True
    """SU and SD move the lines of a scroll region."""


_EXACT: Final[Mapping[str, Traits]] = {
    "tmux": Traits(repeats=True),
    "xterm": Traits(),
    "alacritty": Traits(repeats=True),
    "foot": Traits(repeats=True),
    "kitty": Traits(repeats=True),
    "wezterm": Traits(repeats=True),
    "ghostty": Traits(),
    "contour": Traits(),
    "konsole": Traits(),
    "gnome": Traits(),
    "vte": Traits(),
    "iterm": Traits(),
    "iterm2": Traits(),
    "mintty": Traits(),
    "ms-terminal": Traits(),
    "putty": Traits(),
    "rio": Traits(),
    "rxvt": Traits(),
    "st": Traits(),
    "screen": Traits(erases_in_color=False, scrolls=False),
}


def traits_of(term: str, *, in_tmux: bool = False) -> Traits | None:
    """Of a terminal by its TERM; None where nobody knows what it copes with, as with `dumb` and `linux`."""
    if in_tmux and term.startswith(("screen", "tmux")):
        return _EXACT["tmux"]
    name = term.removeprefix("xterm-") if term.startswith(("xterm-kitty", "xterm-ghostty")) else term
    while name and name not in _EXACT:
        name = name.rpartition("-")[0]
    return _EXACT.get(name)
