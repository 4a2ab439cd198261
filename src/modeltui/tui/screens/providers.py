"""The companies that serve: hosts, limits, whether the keys are here, and whether the hosts answer."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.providers import ProviderStatus
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, ShowModels
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.present.provider import provider_counts, provider_details, provider_line
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_NONE: list[Line] = [(("This catalogue has no providers. A file in providers/ makes one.", "muted"),)]


class ProvidersScreen(Page):
    BINDING_GROUP_TITLE = "Providers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", "Models", id="provider.models", tooltip="its models in the catalogue", priority=True),
        Binding("c", "check", "Check", id="provider.check", tooltip="connect to its hosts; no key is sent"),
        Binding("K", "trust", "Trust", id="provider.trust", tooltip="accept where its file sends keys now; asks"),
        Binding("C", "check_all", "Check all", id="provider.check_all", tooltip="connect to every host"),
    ]
    CSS_PATH = "providers.tcss"
    AUTO_FOCUS = "#providers"

    class Found(Message):
        def __init__(self, providers: tuple[ProviderStatus, ...], *, is_end: bool) -> None:
            super().__init__()
            self.providers = providers
            self.is_end = is_end
            """Of a check."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="providers")
        self._providers = workspace.providers
        self._is_checking = False

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(ProvidersScreen.snapshot)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield RowList[ProviderStatus](attrgetter("id"), provider_line, empty=_NONE, id="providers")
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="provider", markup=False)
        yield HintLine(("provider.models", "provider.check", "provider.check_all", "provider.trust")).data_bind(
            ProvidersScreen.snapshot
        )

    @property
    def _rows(self) -> RowList[ProviderStatus]:
        return self.query_one("#providers", RowList)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._read()

    @work(thread=True, exclusive=True, group="providers")
    def _read(self) -> None:
        self._tell(is_end=False)

    @work(thread=True, group="check")
    def _look(self, name: str | None) -> None:
        try:
            self._providers.check(name)
        except ModeltuiError as error:
            self.post_message(Failed(error))
        self._tell(is_end=True)

    def _tell(self, *, is_end: bool) -> None:
        self.post_message(self.Found(self._providers.all(), is_end=is_end))

    @on(Found)
    def _show(self, event: Found) -> None:
        if event.is_end:
            self._is_checking = False
        self._rows.show(event.providers)
        self._show_counts()
        self._show_details()

    def _show_counts(self) -> None:
        waits: Line = (("  connecting …", "accent"),) if self._is_checking else ()
        self.query_one("#counts", Static).update(content([(*provider_counts(self._rows.rows), *waits)]))

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        provider = self._rows.cursor_row
        self.query_one("#provider", Static).update(content(provider_details(provider) if provider else [BLANK]))
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        if self._rows.cursor_row is None:
            return "there are no providers"
        if action == "trust" and not self._rows.cursor_row.moved:
            return "nothing has changed about where its keys go"
        if action in {"check", "check_all"} and self._rows.cursor_row.unasked:
            return safe(self._rows.cursor_row.unasked)
        if action in {"check", "check_all"} and self._is_checking:
            return "the hosts are being connected to"
        return None

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_show()

    @explained
    def action_show(self) -> None:
        provider = self._rows.cursor_row
        assert provider is not None
        self.post_message(ShowModels(f"provider:{provider.id}"))

    @explained
    def action_check(self) -> None:
        provider = self._rows.cursor_row
        assert provider is not None
        self._check(provider.id)

    @explained
    def action_check_all(self) -> None:
        self._check(None)

    @explained
    def action_trust(self) -> None:
        provider = self._rows.cursor_row
        assert provider is not None

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._accept(provider.id)

        lines = [line(safe(change), "bad") for change in provider.moved]
        self.app.push_screen(Confirm(f"Send keys of {safe(provider.id)} there?", lines, yes="Trust"), answered)

    @work(thread=True, group="trust")
    def _accept(self, name: str) -> None:
        try:
            self._providers.accept(name)
        except ModeltuiError as error:
            self.post_message(Failed(error))
        self._tell(is_end=False)

    def _check(self, name: str | None) -> None:
        self._is_checking = True
        self._show_counts()
        self._look(name)
