"""What is asked before a chain is gone on with, cancelled or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from textual.screen import Screen

from modeltui.domain.chain.progress import ChainProgress, ChainState
from modeltui.domain.job import JobState
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.present.line import Line, line
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.type_in import TypeIn

_DAYS: Final = 90
_MOST_DAYS: Final = 36_500


def can_go_on(chain: ChainProgress) -> bool:
    """Whether nobody is at work on it, and something is left."""
    return chain.state in (ChainState.FAILED, ChainState.CANCELLED, ChainState.INTERRUPTED)


def may_be_billed(chain: ChainProgress) -> bool:
    """Whether it stopped at a step that is run anew only where somebody says so."""
    job = chain.current.job if chain.current is not None else None
    return job is not None and (job.state is JobState.UNCERTAIN or job.is_fetchable)


def ask_to_go_on(
    screen: Screen[Any], chain: ChainProgress, go_on: Callable[[], object], *, sends_again: bool = False
) -> None:
    lines = [
        line(f"{chain.done} of {len(chain.steps)} steps are done, and are not paid again."),
        line(f"{len(chain.steps) - chain.done} left."),
    ]
    if sends_again:
        lines.append(line("The one whose end is not known is sent anew,", "bad"))
        lines.append(line("and may be billed twice.", "bad"))
    _ask(screen, f"Go on with {safe(chain.name)}?", lines, "Send again" if sends_again else "Go on", go_on)


def ask_to_cancel(screen: Screen[Any], chain: ChainProgress, cancel: Callable[[], object]) -> None:
    lines = [line("What was made is kept; what the provider did until it stops may be billed.")]
    _ask(screen, f"Cancel this chain of {safe(chain.name)}?", lines, "Cancel it", cancel)


def ask_days(screen: Screen[Any], slug: str, look: Callable[[int], object]) -> None:
    """`look` is told how old, in days."""

    def answered(text: str | None) -> None:
        if text is not None:
            look(_days(text))

    title = f"Forget old chains of {safe(slug)}"
    label = "that ended, and were begun more than so many days ago"
    screen.app.push_screen(TypeIn(title, label=label, value=str(_DAYS), check=_days), answered)


def ask_to_forget(screen: Screen[Any], found: Sequence[ChainProgress], forget: Callable[[], object]) -> None:
    if not found:
        screen.notify("no chain has ended that is so old", severity="warning")
        return
    begun = f"{found[-1].started_at:%Y-%m-%d} to {found[0].started_at:%Y-%m-%d}"
    lines = [line(f"They were begun from {begun}."), line("Their jobs, files and statistics stay.")]
    many = "1 chain" if len(found) == 1 else f"{len(found):,} chains"
    _ask(screen, f"Forget {many}?", lines, "Forget", forget)


def _ask(screen: Screen[Any], title: str, lines: list[Line], yes: str, do: Callable[[], object]) -> None:
    def answered(is_sure: bool | None) -> None:
        if is_sure:
            do()

    screen.app.push_screen(Confirm(title, lines, yes=yes), answered)


def _days(text: str) -> int:
    """Raises UsageError."""
    if not text.isdecimal() or not text.isascii() or len(text) > len(str(_MOST_DAYS)) or int(text) > _MOST_DAYS:
        raise UsageError(f"{text!r} is no number of days", hint=f"from 0 to {_MOST_DAYS}")
    return int(text)
