"""What a command works on: the catalogue that was named, opened when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from modeltui.cli import report
from modeltui.config import Settings, load_settings
from modeltui.domain.model import Model
from modeltui.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace


OpenConsole: TypeAlias = Callable[[Settings], int]
"""Runs the console until its user quits; returns the exit code."""


class Session:
    def __init__(self, catalog: str | None = None, open_console: OpenConsole | None = None) -> None:
        self._catalog = catalog
        self.open_console = open_console

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self._catalog)

    @cached_property
    def workspace(self) -> Workspace:
        """Opened once. What the user should know about it (an apply that was recovered) is said on stderr."""
        from modeltui.bootstrap import open_workspace  # noqa: PLC0415  # not every command opens a catalogue

        workspace = open_workspace(self.settings)
        if notice := workspace.catalog.snapshot().notice:
            report.say(f"note: {notice}")
        return workspace

    def unrecovered(self) -> Workspace:
        """The catalogue with an interrupted apply left as it is."""
        from modeltui.bootstrap import open_workspace  # noqa: PLC0415  # not every command opens a catalogue

        return open_workspace(self.settings, recovers=False)

    def model(self, name: str) -> Model:
        """Raises NotFoundError."""
        return self.workspace.catalog.snapshot().catalog.find(name)

    def chosen(self, query: str) -> list[str]:
        """The keys of the models to change. Raises UsageError for a blank query, NotFoundError when it chooses none."""
        if not query.strip():
            raise UsageError("a change needs a QUERY that is not blank", hint="`key:*` stands for all models")
        models = self.workspace.catalog.select(query)
        if not models:
            raise NotFoundError(f"no model matches {query!r}", hint="`modeltui list QUERY` shows what a query chooses")
        return [model.key for model in models]
