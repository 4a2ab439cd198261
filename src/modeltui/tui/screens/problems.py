"""What `check` finds in the whole catalogue, with the place and what would help."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.finding import Finding, Severity
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import Failed, OpenModel
from modeltui.tui.present.finding import finding_counts, finding_details, finding_line
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_CHECKING: list[Line] = [(("Checking every file …", "muted"),)]
_CLEAN: list[Line] = [(("Nothing found: every file keeps every rule.", "good"),)]
_SEVEREST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class ProblemsScreen(Page):
    BINDING_GROUP_TITLE = "Problems"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open the file", id="problem.open", tooltip="the model, at the line that is meant"),
    ]
    CSS_PATH = "problems.tcss"
    AUTO_FOCUS = "#findings"

    class Checked(Message):
        def __init__(self, findings: tuple[Finding, ...]) -> None:
            super().__init__()
            self.findings = findings

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="problems")
        self._catalog = workspace.catalog

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(ProblemsScreen.snapshot)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield RowList[Finding](_key, finding_line, empty=_CHECKING, id="findings")
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="finding", markup=False)
        yield HintLine().data_bind(ProblemsScreen.snapshot)

    @property
    def _rows(self) -> RowList[Finding]:
        return self.query_one("#findings", RowList)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._check()

    @work(thread=True, exclusive=True, group="check")
    def _check(self) -> None:
        try:
            self.post_message(self.Checked(self._catalog.check()))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Checked)
    def _show(self, event: Checked) -> None:
        self._rows.empty = _CLEAN
        self._rows.show(sorted(event.findings, key=lambda finding: _SEVEREST_FIRST.index(finding.severity)))
        self.query_one("#counts", Static).update(content([((" ", "plain"), *finding_counts(event.findings))]))
        self._show_details()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        finding = self._rows.cursor_row
        self.query_one("#finding", Static).update(content(finding_details(finding) if finding else [BLANK]))

    @on(RowList.Chosen)
    def action_open(self) -> None:
        finding = self._rows.cursor_row
        if finding is None:
            return
        models = self.snapshot.shown.models.values() if self.snapshot is not None else ()
        if (key := next((model.key for model in models if model.path == finding.path), None)) is not None:
            self.post_message(OpenModel(key, finding.line))
        else:
            self.notify(f"{finding.path} is not the file of a model", severity="warning", markup=False)


def _key(finding: Finding) -> str:
    return f"{finding.where} {finding.code} {finding.field} {finding.message}"
