"""A plan to look at: its models with their fields, folded or not, and the diff of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.diff import SIDES_FROM, diff_lines, line_of_field, side_lines
from modeltui.tui.present.line import BLANK, Line, wrapped
from modeltui.tui.present.plan_rows import PlanRow, file_heading, plan_row_line, problem_line, value_lines
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList

_BELOW: Final = 4
"""Lines to show below the one that a field is on."""
_FOLDS: Final = frozenset({"fold", "fold_one", "unfold_one", "fold_all"})


class PlanPage(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "fold", "Fold", id="pending.fold", tooltip="fold or unfold the fields of a model", show=False),
        Binding("left", "fold_one", "Fold", id="pending.close", tooltip="to the model; fold it", show=False),
        Binding("right", "unfold_one", "Unfold", id="pending.unfold", tooltip="show the fields", show=False),
        Binding("minus", "fold_all(False)", "Fold all", id="pending.fold_all", show=False),
        Binding("plus", "fold_all(True)", "Unfold all", id="pending.unfold_all", show=False),
        Binding("d", "sides", "Sides", id="pending.sides", tooltip="the diff side by side, or unified"),
        Binding("tab", "app.focus_next", "Files or diff", id="pending.focus", show=False),
    ]
    CSS_PATH = "plan_page.tcss"
    AUTO_FOCUS = "#files"
    FIRST_HINTS: ClassVar[Sequence[str]] = ()
    EMPTY: ClassVar[list[Line]] = []

    class DiffMade(Message):
        def __init__(self, serial: int, file: PlannedFile, diff: str) -> None:
            super().__init__()
            self.serial = serial
            self.file = file
            self.diff = diff

    def __init__(self, workspace: Workspace, name: str) -> None:
        super().__init__(name=name)
        self._plans = workspace.plans
        self._is_open_at_first = True
        self._turned: set[str] = set()
        self._nothing: Sequence[Line] = self.EMPTY
        """What stands where nothing is shown."""
        self._serial = 0
        self._is_making = False
        self._made: PlanPage.DiffMade | None = None
        self._wants_sides = False

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(PlanPage.snapshot)
        yield Static(id="about", markup=False)
        with Container(id="body"):
            yield RowList[PlanRow](attrgetter("id"), plan_row_line, empty=self.EMPTY, id="files")
            yield LineView(id="diff")
        yield HintLine(self.FIRST_HINTS).data_bind(PlanPage.snapshot)

    @property
    def _files(self) -> RowList[PlanRow]:
        return self.query_one("#files", RowList)

    @property
    def _diff(self) -> LineView:
        return self.query_one(LineView)

    # Rows

    def rows(self) -> Iterable[PlanRow]:
        """What is shown now, as it is folded."""
        raise NotImplementedError

    def is_open(self, row_id: str) -> bool:
        return (row_id in self._turned) is not self._is_open_at_first

    def forget_diff(self) -> None:
        """Things stand differently: what was made does not hold any longer."""
        self._serial += 1
        self._made = None

    def show_rows(self) -> None:
        rows = list(self.rows())
        self._files.show(rows)
        self._fit_files()
        self._ask_diff()
        self.refresh_bindings()

    def _fit_files(self) -> None:
        """As high as what is to be seen; what stands where nothing is shown is folded."""
        files = self._files
        files.empty = wrapped(self._nothing, max((files.size.width or self.size.width) - 2, 1))
        files.styles.height = max(6, len(files.rows) or len(files.empty) + 1)
        files.refresh()

    def turn(self, row: PlanRow) -> None:
        self._turned ^= {row.id}
        self.show_rows()

    def _head(self) -> PlanRow | None:
        """The row that holds the one under the cursor; itself where that is no field."""
        rows = self._files
        return next((row for row in reversed(rows.rows[: rows.cursor + 1]) if row.edit is None), None)

    def why_not(self, action: str) -> str | None:
        if not self._files.rows and action in _FOLDS | {"sides"}:
            return "nothing is shown"
        if action == "fold" and (head := self._head()) is not None and not head.count:
            return "there are no single fields: the whole file is shown below"
        if action == "sides" and not self._wants_sides and self.size.width < SIDES_FROM:
            return f"side by side needs {SIDES_FROM} columns; here are {self.size.width}"
        return None

    @explained
    def action_fold(self) -> None:
        if (head := self._head()) is not None:
            self._files.seek(head.id)
            self.turn(head)

    @explained
    def action_fold_one(self) -> None:
        if (head := self._head()) is not None:
            is_there = self._files.cursor_key == head.id
            self._files.seek(head.id)
            if is_there and head.is_open:
                self.turn(head)

    @explained
    def action_unfold_one(self) -> None:
        head = self._head()
        if head is not None and head.count and not head.is_open:
            self.turn(head)

    @explained
    def action_fold_all(self, is_open: bool) -> None:
        if (head := self._head()) is not None and not is_open:
            self._files.seek(head.id)
        self._is_open_at_first = is_open
        self._turned.clear()
        self.show_rows()

    # Diff

    @explained
    def action_sides(self) -> None:
        self._wants_sides = not self._wants_sides
        self.set_class(self._wants_sides and self.size.width >= SIDES_FROM, "-sides")
        self.call_after_refresh(self._show_diff)

    def on_resize(self) -> None:
        self.set_class(self._wants_sides and self.size.width >= SIDES_FROM, "-sides")
        self.call_after_refresh(self._fit_files)
        self.call_after_refresh(self._show_diff)

    @on(RowList.Highlighted, "#files")
    def _ask_diff(self) -> None:
        """One diff at a time is made, and only of what is looked at."""
        row = self._files.cursor_row
        self.refresh_bindings()
        if row is None or row.file is None:
            self._made = None
            self._diff.show_lines(self.about_user(row.user or "") if row else [])
        elif self._made is not None and self._made.file == row.file:
            self._show_diff()
        elif not self._is_making:
            self._is_making = True
            self._make_diff(self._serial, row.file)

    def about_user(self, user: str) -> list[Line]:  # noqa: ARG002  # for those that show users
        return []

    @work(thread=True, group="diff")
    def _make_diff(self, serial: int, file: PlannedFile) -> None:
        try:
            diff = self._plans.diff(Plan({file.key: file}))
        except ModeltuiError as error:
            diff = f"# {error.message}\n"
            self.post_message(Failed(error))
        self.post_message(self.DiffMade(serial, file, diff))

    @on(DiffMade)
    def _take_diff(self, event: DiffMade) -> None:
        self._is_making = False
        self._made = event if event.serial == self._serial else None
        self._ask_diff()

    def _show_diff(self) -> None:
        row, made = self._files.cursor_row, self._made
        if row is None or row.file is None or made is None or made.file != row.file:
            return
        above = self._above(row, row.file)
        if self.has_class("-sides"):
            self._diff.show_lines([*above, *side_lines(made.diff, self._diff.size.width or self.size.width)])
            return
        lines = [*above, *diff_lines(made.diff)]
        field = str(row.edit.path[-1]) if row.edit is not None else ""
        at = len(above) + line_of_field(made.diff, field) + _BELOW if field else 0
        self._diff.show_lines(lines, min(at, max(len(lines) - 1, 0)))

    def _above(self, row: PlanRow, file: PlannedFile) -> list[Line]:
        said: list[Line] = problem_line(file)
        if row.is_mine and self.snapshot is not None and self.snapshot.plan.files.get(file.key) == file:
            said = file_heading(file, self.snapshot.queue)
        if row.edit is not None:
            said = [*said, *value_lines(row.edit)]
        if self._wants_sides and not self.has_class("-sides"):
            said = [*said, ((f" side by side needs {SIDES_FROM} columns", "warn"),)]
        return [*said, BLANK] if said else []
