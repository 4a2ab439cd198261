"""What a code says: how grave it is, what it means, and how it is mended."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.finding import Severity

Shown: TypeAlias = Literal["model", "situation"]


class Code(Struct, frozen=True):
    severity: Severity
    means: str
    """What it says. Whole sentences, as all texts here."""
    why: str
    """Why it matters."""
    mend: str
    """What to do."""
    wrong: str
    """An example: lines of a model file that have this finding, or a situation in words."""
    right: str = ""
    """The same lines without it; empty for a situation."""
    fix: str = ""
    """What `check --fix` queues, where one mending is the only possible one."""

    @property
    def shown(self) -> Shown:
        """What the example is."""
        return "model" if self.right else "situation"
