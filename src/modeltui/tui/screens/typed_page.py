"""A page with a form: what is typed is meant for it, whatever has the focus."""

from __future__ import annotations

from textual import on
from textual.binding import ActiveBinding
from textual.events import Key
from textual.widgets import Input

from modeltui.tui.commands import shown_key
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.choice import Choice


class TypedPage(Page):
    def on_key(self, event: Key) -> None:
        """What is typed here is meant for the form, whatever has focus: keys that write do nothing elsewhere."""
        found = super().active_bindings.get(event.key)
        if event.is_printable and found is not None and found.node is self.app:
            event.stop()
            event.prevent_default()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """As they act here: the hints and the help name no key that does nothing."""
        found = super().active_bindings
        return {key: each for key, each in found.items() if each.node is not self.app or len(shown_key(key)) > 1}

    @on(Choice.Changed)
    def _changed(self) -> None:
        self.chosen_otherwise()

    @on(Input.Changed)
    def _renamed(self, event: Input.Changed) -> None:
        self.typed_otherwise(event.input)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.submitted(event.input)

    def chosen_otherwise(self) -> None:
        """A choice of the form has another value."""

    def typed_otherwise(self, field: Input) -> None:
        """A field of the form has another text."""

    def submitted(self, field: Input) -> None:
        """Enter was pressed in a field."""
