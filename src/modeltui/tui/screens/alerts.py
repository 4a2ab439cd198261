"""What should be looked at today; what would help is one key away."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.alerts import Alert
from modeltui.domain.pending.plan import pending_document
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, Perform, ShowModels
from modeltui.tui.present.alert import alert_counts, alert_details, alert_line
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_LOOKING: list[Line] = [(("Looking …", "muted"),)]
_CLEAN: list[Line] = [
    (("Nothing to look at: keys, last days, defaults, locks, prices and runs are in order.", "good"),)
]


class AlertsScreen(Page):
    BINDING_GROUP_TITLE = "Alerts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "show",
            "Show",
            id="alert.show",
            tooltip="go to its row, or its rows, in the catalogue",
            priority=True,
        ),
        Binding("x", "remedy", "Mend", id="alert.mend", tooltip="queue what would end this alert"),
    ]
    CSS_PATH = "alerts.tcss"
    AUTO_FOCUS = "#alerts"

    class Found(Message):
        def __init__(self, alerts: tuple[Alert, ...], pending: Collection[str]) -> None:
            super().__init__()
            self.alerts = alerts
            self.pending = pending
            """Ids of alerts whose remedy is pending."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="alerts")
        self._alerts = workspace.alerts
        self._pending: Collection[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(AlertsScreen.snapshot)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield RowList[Alert](attrgetter("id"), self._line, empty=_LOOKING, id="alerts")
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="alert", markup=False)
        yield HintLine(("alert.show", "alert.mend", "apply.open")).data_bind(AlertsScreen.snapshot)

    def _line(self, alert: Alert, width: int) -> Line:
        return alert_line(alert, width, is_pending=alert.id in self._pending)

    @property
    def _rows(self) -> RowList[Alert]:
        return self.query_one("#alerts", RowList)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._look()

    @work(thread=True, exclusive=True, group="alerts")
    def _look(self) -> None:
        snapshot = self.snapshot
        assert snapshot is not None
        try:
            found = self._alerts.all()
        except ModeltuiError as error:
            self.post_message(Failed(error))
            return
        pending = [
            alert.id
            for alert in found
            if alert.remedy and alert.remedy.is_in(pending_document(snapshot.plan, snapshot.catalog, alert.keys[0]))
        ]
        self.post_message(self.Found(found, frozenset(pending)))

    @on(Found)
    def _show(self, event: Found) -> None:
        self._pending = event.pending
        self._rows.empty = _CLEAN
        self._rows.show(event.alerts)
        self.query_one("#counts", Static).update(content([alert_counts(event.alerts, event.pending)]))
        self._show_details()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        alert = self._rows.cursor_row
        lines = alert_details(alert, is_pending=alert.id in self._pending) if alert else [BLANK]
        self.query_one("#alert", Static).update(content(lines))
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        alert = self._rows.cursor_row
        if alert is None:
            return "there is nothing to look at"
        if action == "remedy":
            if alert.remedy is None:
                return f"this needs a decision: {alert.explanation}"
            if alert.id in self._pending:
                return f"that is pending: {alert.remedy.label}; a applies it"
        return None

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_show()

    @explained
    def action_show(self) -> None:
        alert = self._rows.cursor_row
        assert alert is not None
        is_of_one = alert.keys == (alert.subject,)
        self.post_message(ShowModels("", alert.subject) if is_of_one else ShowModels(alert.query))

    @explained
    def action_remedy(self) -> None:
        alert = self._rows.cursor_row
        assert alert is not None
        assert alert.remedy is not None
        self.post_message(Perform(self, partial(self._alerts.remedy, alert), f"queued: {alert.remedy.label}"))
