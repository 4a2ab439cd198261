"""What is asked before a request is sent, and what of a run can be copied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from textual.screen import Screen

from modeltui.domain.call import Cost
from modeltui.domain.job import Job
from modeltui.domain.json_text import json_pretty
from modeltui.domain.model import Model
from modeltui.domain.text import cut, safe
from modeltui.domain.units import Units
from modeltui.services.workspace import Workspace
from modeltui.tui.present.line import Line
from modeltui.tui.present.run import is_retired, price_text, request_text, units_lines, warning_of
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.confirm import Confirm

_LOOKED_AT = 2_000
"""Characters of what can be copied of which some are shown."""
_MOST_FOR_TERMINAL = 74_000
"""Bytes that terminals take into a clipboard."""


def ask_to_send(
    screen: Screen[Any],
    model: Model | None,
    cost: Cost | None,
    units: Units,
    start: Callable[[], None],
) -> None:
    """What costs nothing is sent at once; a model that is retired wants a yes of its own."""

    def then(is_sure: bool | None) -> None:
        if is_sure:
            _ask_cost(screen, cost, units, start)

    today = datetime.now(UTC).date()
    if model is None or not is_retired(model, today):
        then(True)
        return
    lines: list[Line] = [
        (("This model is ", "plain"), (warning_of(model, today), "warn"), (".", "plain")),
        (("Its provider may refuse it, or bill it and fail.", "muted"),),
    ]
    screen.app.push_screen(Confirm("Run a retired model?", lines, yes="Run it all the same"), then)


def _ask_cost(screen: Screen[Any], cost: Cost | None, units: Units, start: Callable[[], None]) -> None:
    if cost is not None and cost.amount == 0:
        start()
        return

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            start()

    lines: list[Line] = [(("cost  ", "muted"), (safe(price_text(cost, units)), "strong")), *units_lines(units)]
    screen.app.push_screen(Confirm("Send this request?", lines, yes="Send"), answered)


def copy_options(
    screen: Screen[Any],
    workspace: Workspace,
    request: Mapping[str, Any] | None,
    inputs: Mapping[str, Any],
    job: Job | None,
) -> None:
    """A menu of what can be copied."""
    texts = _texts(request, inputs, job)
    options = [
        Option(name, ((f"{name:<10}", "plain"), (safe(cut(" ".join(text[:_LOOKED_AT].split()), 60)), "muted")))
        for name, text in texts.items()
    ]

    def answered(name: str | None) -> None:
        if name is not None:
            screen.run_worker(_copy(screen, workspace, name, texts[name]), group="copy")

    if options:
        screen.app.push_screen(Chooser("Copy", within(options)), answered)


def _texts(request: Mapping[str, Any] | None, inputs: Mapping[str, Any], job: Job | None) -> dict[str, str]:
    texts: dict[str, str] = {}
    if job is not None:
        paths = [file.path for file in job.files]
        texts |= {"path" if len(paths) == 1 else f"path {number}": path for number, path in enumerate(paths, 1)}
        texts |= {name: text for name, text in (("text", job.text), ("error", job.error), ("job", job.id)) if text}
    if request is not None:
        texts["request"] = request_text(request)
    if inputs:
        texts["inputs"] = json_pretty(dict(inputs))
    return texts


async def _copy(screen: Screen[Any], workspace: Workspace, name: str, text: str) -> None:
    """Into the clipboard of the terminal, and into a file: no terminal says whether it took it."""
    path = await asyncio.to_thread(workspace.views.keep_copy, text)
    is_small = len(text.encode("utf-8", errors="replace")) <= _MOST_FOR_TERMINAL
    if is_small:
        screen.app.copy_to_clipboard(text)
    what = f"{name} " if "\n" in text else f"{cut(text, 80)} "
    where = f"(also in {path})" if is_small else f"to {path}: too much for a clipboard"
    screen.notify(safe(f"copied {what}{where if path else ''}".rstrip()), markup=False)
