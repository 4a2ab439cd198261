"""What pages about one model share: the keys that edit all of it."""

from __future__ import annotations

from modeltui.tui.commands import explained
from modeltui.tui.messages import OpenForm, OpenText
from modeltui.tui.screens.page import Page


class ModelPage(Page):
    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def why_not(self, action: str) -> str | None:
        """Why a key does nothing now."""
        raise NotImplementedError(action)

    @explained
    def action_edit_form(self) -> None:
        self.post_message(OpenForm(self._key))

    @explained
    def action_edit_text(self) -> None:
        self.post_message(OpenText(self._key))
