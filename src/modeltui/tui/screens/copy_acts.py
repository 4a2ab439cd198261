"""Copying what a model says: one of its names, a cell, the whole of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.domain.document import plain
from modeltui.domain.json_text import json_pretty
from modeltui.domain.text import cut, safe
from modeltui.errors import ModeltuiError
from modeltui.tui.widgets.chooser import Chooser, Option, within

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.services.workspace import Workspace

_MOST_FOR_TERMINAL: Final = 74_000
"""Bytes that terminals take into a clipboard."""
_WIDTH: Final = 12


class CopyActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._workspace = workspace

    def ask(self, model: Model, cell: tuple[str, str] | None = None) -> None:
        """A menu of what can be copied; cell: the title of the column under the cursor, and what stands there."""
        names = {"key": model.key, "model_id": model.model_id, "uid": model.uid, "name": model.name, "path": model.path}
        texts: dict[str, Callable[[], str]] = {}
        options: list[Option] = []
        for name, text in names.items():
            if text:
                texts[name] = lambda text=text: text  # type: ignore[misc]
                options.append(_option(name, text))
        if cell is not None and cell[1]:
            texts["cell"] = lambda: cell[1]
            options.append(_option("cell", f"{cell[0]}: {cell[1]}"))
        if not model.is_broken:
            texts["as JSON"] = lambda: json_pretty(plain(self._workspace.browsing.document(model.key)))
            options.append(_option("as JSON", "the whole model"))
        if model.digest:
            texts["as TOML"] = lambda: self._workspace.catalog.source(model.key)
            options.append(_option("as TOML", "the file as it is"))

        def answered(name: str | None) -> None:
            if name is not None:
                self._screen.run_worker(self._copy(name, texts[name]), group="copy")

        self._screen.app.push_screen(Chooser("Copy", within(options)), answered)

    async def _copy(self, name: str, text_of: Callable[[], str]) -> None:
        """Into the clipboard of the terminal, and into a file: no terminal says whether it took it."""
        try:
            text = await asyncio.to_thread(text_of)
        except ModeltuiError as error:
            self._screen.notify(safe(error.message), severity="warning", markup=False)
            return
        path = await asyncio.to_thread(self._workspace.views.keep_copy, text)
        is_small = len(text.encode("utf-8", errors="replace")) <= _MOST_FOR_TERMINAL
        if is_small:
            self._screen.app.copy_to_clipboard(text)
        what = f"{name} " if "\n" in text else f"{cut(text, 80)} "
        where = f"(also in {path})" if is_small else f"to {path}: too much for a clipboard"
        self._screen.notify(safe(f"copied {what}{where if path else ''}".rstrip()), markup=False)


def _option(name: str, text: str) -> Option:
    return Option(name, ((f"{name:<{_WIDTH}}", "plain"), (safe(text), "muted")))
