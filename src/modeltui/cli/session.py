"""What a command works on: the catalogue that was named, opened when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from modeltui.cli import report
from modeltui.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from modeltui.config import Settings
    from modeltui.config_file import ConfigFile
    from modeltui.domain.model import Model
    from modeltui.effective import Option
    from modeltui.services.workspace import Workspace


OpenConsole: TypeAlias = "Callable[[Settings], int]"
"""Runs the console until its user quits; returns the exit code."""


class Session:
    def __init__(
        self,
        catalog: str | None = None,
        open_console: OpenConsole | None = None,
        *,
        read_only: bool = False,
        mapping: str | None = None,
        reads_foreign: bool = True,
    ) -> None:
        """`reads_foreign`: the command works on trees of others too, which `mapping` says how to read."""
        self._catalog = catalog
        self._read_only = read_only
        self._mapping = mapping
        self._reads_foreign = reads_foreign
        self.open_console = open_console

    @cached_property
    def settings(self) -> Settings:
        from modeltui.config import load_settings  # noqa: PLC0415  # not every command has a catalogue

        return load_settings(self._catalog, read_only=self._read_only, mapping=self._mapping)

    @cached_property
    def config(self) -> tuple[ConfigFile, Mapping[str, Option]]:
        """The user's file, and every option as it holds; there need be no catalogue."""
        from modeltui.config import effective_config  # noqa: PLC0415  # wanted by one command

        return effective_config(self._catalog, read_only=self._read_only)

    @cached_property
    def unread(self) -> Workspace:
        """Opened once, for what reads all files itself; `workspace` is to be asked for afterwards, for its note."""
        from modeltui.bootstrap import open_workspace  # noqa: PLC0415  # not every command opens a catalogue

        report.warn(self.settings.problems)
        self._refuse_foreign()
        return open_workspace(self.settings)

    @cached_property
    def workspace(self) -> Workspace:
        """Opened and read. What the user should know about it (an apply that was recovered) is said on stderr."""
        workspace = self.unread
        if notice := workspace.catalog.snapshot().notice:
            report.say(f"note: {notice}")
        return workspace

    def tell_run_trouble(self) -> None:
        """Say why there are no statistics of runs, where something asked for them and there should be."""
        if "workspace" in self.__dict__ and (trouble := self.workspace.catalog.run_trouble):
            report.say(f"note: {trouble}")

    def tell_units(self) -> None:
        """Warn where margin or credits are not known, beside whatever states an amount of money."""
        if (problem := self.workspace.catalog.snapshot().catalog.units.problem) is not None:
            report.warn([problem])

    def unrecovered(self) -> Workspace:
        """The catalogue with an interrupted apply left as it is."""
        from modeltui.bootstrap import open_workspace  # noqa: PLC0415  # not every command opens a catalogue

        self._refuse_foreign()
        return open_workspace(self.settings, recovers=False)

    def _refuse_foreign(self) -> None:
        """Raises NotPermittedError for a command that is for catalogues of ours, on a tree of others."""
        if self.settings.mapping and not self._reads_foreign:
            from modeltui.services.permissions import foreign_refusal  # noqa: PLC0415  # for this refusal only

            raise foreign_refusal(self.settings.mapping)

    def model(self, name: str, *, with_drafts: bool = False) -> Model:
        """`with_drafts`: also of the models that wait to be created. Raises NotFoundError."""
        snapshot = self.workspace.catalog.snapshot()
        return (snapshot.shown if with_drafts else snapshot.catalog).find(name)

    def chosen(self, query: str) -> list[str]:
        """The keys of the models to change. Raises UsageError for a blank query, NotFoundError when it chooses none."""
        if not query.strip():
            raise UsageError("a change needs a QUERY that is not blank", hint="`key:*` stands for all models")
        models = self.workspace.catalog.select(query)
        if not models:
            raise NotFoundError(f"no model matches {query!r}", hint="`modeltui list QUERY` shows what a query chooses")
        return [model.key for model in models]
