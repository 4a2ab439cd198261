"""The frame that all questions share: a small box over the screen, which escape leaves."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT]):
    """Leaving gives None. Subclasses compose a container with the id `box`."""

    BINDING_GROUP_TITLE = "Dialog"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="dialog.leave", tooltip="nothing is done"),
    ]
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 50%;
        & > #box {
            width: 64;
            max-width: 96%;
            height: auto;
            max-height: 90%;
            padding: 1 2;
            background: $surface;
            border: round $muted;
            border-title-color: $foreground;
            border-title-style: bold;
            border-subtitle-color: $muted;
        }
        Static { height: auto; }
        .label { color: $muted; margin-top: 1; }
        .problem { color: $error; margin-top: 1; display: none; }
        .problem.-shown { display: block; }
        &:ansi {
            background: transparent;
            & > #box { background: ansi_default; }
        }
    }
    """

    def action_leave(self) -> None:
        self.dismiss(None)
