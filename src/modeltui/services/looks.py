"""How the console looks, as its user chose it there."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.errors import ModeltuiError
from modeltui.storage.console_state import ConsoleState


class LookService:
    def __init__(self, state: ConsoleState) -> None:
        self._state = state

    def keep_theme(self, name: str) -> bool:
        """Remember a theme for the next start; False where that cannot be."""
        try:
            self._state.write("look", {"theme": name})
        except ModeltuiError:
            return False
        return self._state.is_kept


def kept_look(state: ConsoleState) -> Mapping[str, str]:
    """Options that were chosen in the console: `theme`, if any. What cannot be read was not chosen."""
    try:
        theme = state.read("look").get("theme")
    except ModeltuiError:
        return {}
    return {"theme": theme} if isinstance(theme, str) and theme else {}
