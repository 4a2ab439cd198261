"""Writing what a table shows to a file: asks for the format and the place, and before it goes over a file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.services.changing.exchange import EXPORTS, ExportFormat
from modeltui.tui.messages import Perform, Told
from modeltui.tui.present.line import line
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.path_question import PathQuestion

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace

_ABOUT: Final[dict[ExportFormat, tuple[str, str]]] = {
    "csv": ("these columns, a row a model", "models.csv"),
    "json": ("whole documents; import reads them back", "models.json"),
    "litellm-proxy": ("the model_list of LiteLLM's proxy: active models", "model_list.yaml"),
}
"""What each format holds, and a name for its file."""


@dataclass(frozen=True, slots=True)
class _Wish:
    form: ExportFormat
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    path: str


class ExportActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._workspace = workspace

    def ask(self, keys: Sequence[str], columns: Sequence[str]) -> None:
        """Ask how and where these models, with the columns of a view, are to be written."""
        options = [
            Option(form, ((f"{form:<15}", "plain"), (about, "muted")))
            for form, (about, _) in _ABOUT.items()
            if form in EXPORTS
        ]

        def answered(form: str | None) -> None:
            chosen = next((each for each in EXPORTS if each == form), None)
            if chosen is not None:
                self._ask_path(chosen, tuple(keys), tuple(columns))

        title = f"Export {len(keys)} {'model' if len(keys) == 1 else 'models'} as"
        self._screen.app.push_screen(Chooser(title, within(options)), answered)

    def _ask_path(self, form: ExportFormat, keys: tuple[str, ...], columns: tuple[str, ...]) -> None:
        def answered(path: str | None) -> None:
            if path:
                wish = _Wish(form, keys, columns, os.path.expanduser(path))
                self._screen.run_worker(self._look(wish), group="export")

        question = PathQuestion(f"Export as {form}", value=_ABOUT[form][1], does="write")
        self._screen.app.push_screen(question, answered)

    async def _look(self, wish: _Wish) -> None:
        if not await asyncio.to_thread(self._workspace.exchange.is_there, wish.path):
            self._write(wish, replaces=False)
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._write(wish, replaces=True)

        self._screen.app.push_screen(Confirm("Replace that file?", [line(wish.path)], yes="Replace"), answered)

    def _write(self, wish: _Wish, *, replaces: bool) -> None:
        self._screen.post_message(Perform(self._screen, partial(self._written, wish, replaces=replaces)))

    def _written(self, wish: _Wish, *, replaces: bool) -> Told:
        exchange = self._workspace.exchange
        found = exchange.export_view(wish.form, wish.keys, wish.columns)
        exchange.save(wish.path, found.text, replaces=replaces)
        models = f"{found.count} {'model' if found.count == 1 else 'models'} in {wish.path}"
        return Told(self._workspace.catalog.snapshot(), "; ".join([models, *found.warnings]))
