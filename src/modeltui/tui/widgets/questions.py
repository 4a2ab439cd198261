"""The question before an apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import on
from textual.message import Message
from textual.widgets import Input

from modeltui.domain.pending.plan import Plan
from modeltui.services.apply import PlanLimits
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.present.pending import apply_lines, files
from modeltui.tui.widgets.ask import Ask

_TYPED_ABOVE: Final = 50
"""An apply of more files than this wants their number typed."""
_LOOKING: Final[Sequence[Line]] = [(("Looking at what the commit would take along …", "muted"),)]


class ApplyQuestion(Ask):
    """Asks why, with the plan in numbers. No answer goes before what git has to say is known, and shown."""

    class Foreseen(Message):
        """What should be known before the apply; nothing where all is well."""

        def __init__(self, lines: Sequence[Line]) -> None:
            super().__init__()
            self.lines = lines

    def __init__(
        self,
        plan: Plan,
        *,
        is_reason_needed: bool,
        is_looking: bool,
        limits: PlanLimits | None = None,
        reasons: Sequence[str] = (),
    ) -> None:
        """With `is_looking`, `Foreseen` will come. `reasons` are offered as one types."""
        count = len(plan.files)
        said = limits.said if limits is not None else ()
        is_large = count > _TYPED_ABOVE or (limits is not None and limits.files is not None)
        super().__init__(
            f"Apply {count} {files(count)}",
            [*(line(f"! {each}", "warn") for each in said), *([BLANK] if said else []), *apply_lines(plan)],
            label="why" if is_reason_needed else "why (may stay empty)",
            does="apply",
            is_needed=is_reason_needed,
            confirm=str(count) if is_large else "",
            offers=reasons,
        )
        self._is_looking = is_looking
        self._given: str | None = None
        """An answer that came before we knew."""

    def on_mount(self) -> None:
        if self._is_looking:
            self.note(_LOOKING)

    def answer(self, text: str) -> None:
        if self._is_looking:
            self._given = text
            self.refuse("one moment: git is being looked at")
        else:
            self.dismiss(text)

    @on(Input.Changed)
    def _think_again(self) -> None:
        self._given = None

    @on(Foreseen)
    def _tell(self, event: Foreseen) -> None:
        self._is_looking = False
        self.note(event.lines)
        if self._given is None:
            return
        if event.lines:
            self.refuse("see above; enter once more to apply")
        else:
            self.dismiss(self._given)
