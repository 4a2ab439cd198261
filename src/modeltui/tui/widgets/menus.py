"""The palette and the help: the same commands, made from the live bindings, to find, read and run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.cells import cell_len

from modeltui.domain.text import safe
from modeltui.tui.commands import Command, matching
from modeltui.tui.present.line import Line, Piece, fit
from modeltui.tui.widgets.chooser import Chooser, Option

_MOVES = ("row.", "column.", "choice.")


def palette(commands: Sequence[Command]) -> Chooser:
    """Everything but moving about, with the key that would have done it."""
    acts = [command for command in commands if not command.id.startswith((*_MOVES, "palette."))]
    return Chooser("Commands", partial(_palette_options, acts), has_filter=True, hint="enter runs it; the key does too")


def help_menu(commands: Sequence[Command], place: str) -> Chooser:
    """Every key that works here, by what it belongs to."""
    chooser = Chooser(
        f"Keys: {place}",
        partial(_help_options, commands),
        has_filter=True,
        hint="type to find, enter runs it, esc closes",
    )
    return chooser.add_class("-wide")


def _palette_options(commands: Sequence[Command], text: str) -> list[Option]:
    width = _title_width(commands)
    return [_palette_option(command, width) for command in matching(commands, text)]


def _palette_option(command: Command, width: int) -> Option:
    keys: Line = ((", ".join(command.keys[:2]), "accent"),)
    title: Piece = (fit(command.title, width), "muted" if command.why_not else "plain")
    return Option(command.id, (title, (safe(command.why_not or command.tooltip), "muted")), keys)


def _title_width(commands: Sequence[Command]) -> int:
    """Cells of the column of titles, with the gap after it."""
    return max((cell_len(command.title) for command in commands), default=0) + 2


def _help_options(commands: Sequence[Command], text: str) -> list[Option]:
    found = matching(commands, text)
    width = _title_width(commands)
    groups = list(dict.fromkeys(command.group for command in found))
    return [
        Option(
            command.id,
            (
                (fit(" ".join(command.keys), 18), "accent"),
                (fit(command.title, width), "plain"),
                (command.tooltip, "muted"),
            ),
            ((group, "muted"),),
        )
        for group in groups
        for command in found
        if command.group == group
    ]
