"""Running many models at once from a table of them: as a batch, or a few side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from modeltui.tui.work_messages import OpenBatchForm

MANY_BINDINGS: Final[list[BindingType]] = [
    Binding("R", "many('run_many')", "Batch…", id="model.batch", tooltip="run the marked models, else all shown"),
    Binding(
        "equals_sign",
        "many('compare_many')",
        "Compare…",
        id="model.compare",
        tooltip="2 to 6 marked models side by side, with the same inputs",
        show=False,
    ),
]
MANY_VERBS: Final = ("run_many", "compare_many")
MOST_COMPARED: Final = 6


def why_not_many(verb: str, marked: int, shown: int) -> str | None:
    if verb == "compare_many":
        if marked < 2:
            return "mark 2 to 6 models with space, then compare them"
        return (
            None if marked <= MOST_COMPARED else f"{marked} are marked, and {MOST_COMPARED} at most stand side by side"
        )
    return None if marked or shown else "no model is shown"


def ask_for_batch(screen: Screen[Any], verb: str, keys: Sequence[str], query: str | None) -> None:
    """query: what chose the models; None where they were marked."""
    screen.post_message(OpenBatchForm(tuple(keys), query, is_comparison=verb == "compare_many"))
