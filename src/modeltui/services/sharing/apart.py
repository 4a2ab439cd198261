"""How far the branch is from the one that it follows, as far as this clone knows: no other machine is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.errors import ModeltuiError
from modeltui.history.work_tree import refs_stamp

if TYPE_CHECKING:
    from modeltui.history.remotes import Apart

__all__ = ["ApartService"]


class ApartService:
    def __init__(self, root: str) -> None:
        self._root = root

    def stamp(self) -> object:
        """Another value once branches may have moved; None where no branch of another machine is known.

        A few looks at files: it may be asked often.
        """
        return refs_stamp(self._root)

    def known(self) -> Apart | None:
        """None where the branch follows nothing, or git cannot tell."""
        from modeltui.history.remotes import Remotes  # noqa: PLC0415  # where there is something to count only

        try:
            return Remotes(self._root).known_apart()
        except ModeltuiError:
            return None
