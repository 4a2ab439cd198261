"""What is asked before a batch is sent, gone on with, stopped; and where its report goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from modeltui.domain.batch import BatchPlan, BatchReport, Tally
from modeltui.domain.batch_formats import BY_SUFFIX
from modeltui.domain.money import totals_text
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.present.batch import MANY, counted, plan_head
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.type_in import TypeIn


def ask_to_send(screen: Screen[Any], plan: BatchPlan, send: Callable[[], None]) -> None:
    """Once, with numbers. Many runs want their number typed; what costs nothing, and is little, is sent at once."""
    count = len(plan.items)
    is_free = not plan.unpriced and not any(plan.totals.values())
    lines = plan_head(plan)
    if plan.skipped:
        lines.append(line(f"{counted(len(plan.skipped), 'model')} skipped", "warn"))

    def answered(answer: bool | str | None) -> None:
        if answer:
            send()

    if count > MANY:
        title = f"Send {counted(count)}?"
        dialog = TypeIn(title, lines, label=f"type {count} to send them", check=lambda text: _matches(text, count))
        screen.app.push_screen(dialog, answered)
    elif is_free:
        send()
    else:
        title = f"Send {counted(count)} for {safe(totals_text(plan.totals))}?"
        screen.app.push_screen(Confirm(title, lines, yes="Send"), answered)


def _matches(text: str, count: int) -> None:
    if text != str(count):
        raise UsageError(f"type {count}, or leave with escape")


def ask_to_go_on(screen: Screen[Any], tally: Tally, go_on: Callable[[], None]) -> None:
    """A batch that nobody is at work on: what is left of it may cost."""
    left = tally.total - tally.done - tally.running
    lines: list[Line] = [line(f"{tally.done} of {counted(tally.total)} have ended; nothing is sent twice.")]
    if tally.running:
        lines.append(line(f"{counted(tally.running)} that were sent are asked for."))
    if not left:
        go_on()
        return
    lines.append(line(f"{counted(left)} that were not sent yet are sent now, and cost.", "warn"))

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            go_on()

    screen.app.push_screen(Confirm("Go on with this batch?", lines, yes="Go on"), answered)


def ask_to_stop(screen: Screen[Any], tally: Tally, stop: Callable[[], None], *, is_now: bool) -> None:
    lines: list[Line] = []
    if is_now:
        lines.append(line(f"{counted(tally.running)} at work are cancelled; what they did may be billed.", "warn"))
    else:
        lines.append(line(f"{counted(tally.running)} at work come to their end."))
    if tally.queued:
        lines.append(line(f"{counted(tally.queued)} to come stay queued; space goes on with them later."))

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            stop()

    title, yes = ("Stop it now?", "Stop now") if is_now else ("Stop this batch?", "Stop")
    screen.app.push_screen(Confirm(title, lines, yes=yes), answered)


def ask_retry(screen: Screen[Any], plan: BatchPlan, send: Callable[[], None]) -> None:
    """The failed ones once more, as a batch of their own."""
    if len(plan.items) > MANY:
        ask_to_send(screen, plan, send)
        return

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            send()

    if plan.fetches and not plan.items:
        said = [line(f"{plan.fetches} failed here, and can be fetched without paying again.")]
        screen.app.push_screen(Confirm("Fetch the results?", said, yes="Fetch"), answered)
        return
    lines = [*plan_head(plan), BLANK, line("They are a batch of their own.")]
    if plan.fetches:
        lines.append(line(f"Before that, {plan.fetches} more are fetched without paying again."))
    screen.app.push_screen(Confirm(f"Run {counted(len(plan.items))} again?", lines, yes="Run again"), answered)


def ask_where(screen: Screen[Any], report: BatchReport, save: Callable[[str, bool], None]) -> None:
    """Where a report is saved; its kind is that of the name. What is there is replaced only after a yes."""

    def answered(text: str | None) -> None:
        if text is None:
            return
        path = os.path.abspath(os.path.expanduser(text))
        if not os.path.lexists(path):
            save(path, False)
            return

        def replaced(is_sure: bool | None) -> None:
            if is_sure:
                save(path, True)

        screen.app.push_screen(Confirm("Replace this file?", [line(path)], yes="Replace"), replaced)

    kinds = ", ".join((*BY_SUFFIX, ".txt"))
    dialog = TypeIn(
        "Save the report",
        label=f"file: {kinds} (JUnit is .xml)",
        value=f"batch-{report.id[:8]}.md",
        check=_check_name,
    )
    screen.app.push_screen(dialog, answered)


def _check_name(text: str) -> None:
    if os.path.splitext(text)[1].casefold() not in (*BY_SUFFIX, ".txt"):
        raise UsageError(f"a report ends with {', '.join(BY_SUFFIX)} or .txt")
    if not os.path.isdir(os.path.dirname(os.path.abspath(os.path.expanduser(text)))):
        raise UsageError("there is no such folder")
