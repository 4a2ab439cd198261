"""The catalogue in numbers: by type, provider, status and lock, what runs came to, what it costs, what goes when."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.alerts import Alert
from modeltui.domain.run_statistics import RunStatistics
from modeltui.domain.statistics import Statistics
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, ShowModels
from modeltui.tui.present.alert import alert_counts
from modeltui.tui.present.charts import Title, left_rows, right_rows
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.run_charts import DashboardRow, dashboard_line, run_rows
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_COUNTING: list[Line] = [(("Counting …", "muted"),)]
_EMPTY: list[Line] = [(("This catalogue has no models yet.", "plain"),)]


class DashboardScreen(Page):
    BINDING_GROUP_TITLE = "Dashboard"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", "Show", id="chart.show", tooltip="the catalogue, filtered by this bar", priority=True),
        Binding(
            "tab,left,right,shift+tab",
            "across",
            "Other column",
            id="chart.across",
            tooltip="to the other column",
        ),
    ]
    CSS_PATH = "dashboard.tcss"
    AUTO_FOCUS = "#left"

    class Counted(Message):
        def __init__(self, statistics: Statistics, runs: RunStatistics, alerts: tuple[Alert, ...]) -> None:
            super().__init__()
            self.statistics = statistics
            self.runs = runs
            self.alerts = alerts

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="dashboard")
        self._alerts = workspace.alerts

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(DashboardScreen.snapshot)
        yield Static(id="looked", markup=False)
        with Horizontal(id="charts"):
            for side in ("left", "right"):
                yield RowList[DashboardRow](attrgetter("id"), dashboard_line, empty=_COUNTING, id=side)
        yield HintLine(("chart.show", "chart.across", "alerts.open")).data_bind(DashboardScreen.snapshot)

    @property
    def _sides(self) -> tuple[RowList[DashboardRow], RowList[DashboardRow]]:
        return self.query_one("#left", RowList), self.query_one("#right", RowList)

    @property
    def _here(self) -> RowList[DashboardRow]:
        """The column that has the keys."""
        left, right = self._sides
        return right if right.has_focus else left

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._count()

    @work(thread=True, exclusive=True, group="count")
    def _count(self) -> None:
        try:
            self.post_message(self.Counted(self._alerts.statistics(), self._alerts.runs(), self._alerts.all()))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Counted)
    def _show(self, event: Counted) -> None:
        is_first = not self._here.rows
        runs, money = run_rows(event.runs), right_rows(event.statistics)
        gap = [Title("gap below runs", "")] if runs and money else []
        charts: tuple[list[DashboardRow], ...] = ([*left_rows(event.statistics)], [*runs, *gap, *money])
        for side, rows in zip(self._sides, charts, strict=True):
            side.empty = _EMPTY
            side.show(rows)
            if is_first and len(rows) > 1:
                side.cursor = 1
        self.query_one("#looked", Static).update(
            content([(*alert_counts(event.alerts), ("  A", "accent"), (" alerts", "muted"))])
        )

    @on(RowList.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        row = self._here.cursor_row
        if action == "show" and (row is None or isinstance(row, Title)):
            return "no bar is under the cursor: j and k move"
        return None

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_show()

    @explained
    def action_show(self) -> None:
        row = self._here.cursor_row
        assert row is not None
        self.post_message(ShowModels(row.query))

    @explained
    def action_across(self) -> None:
        left, right = self._sides
        (left if right.has_focus else right).focus()
