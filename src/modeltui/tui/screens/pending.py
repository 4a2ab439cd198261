"""Everything that waits to be applied: by model and field, with the diff that applying it would make."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from modeltui.domain.change import Action
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.pending.plan import Plan
from modeltui.errors import ModeltuiError
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import (
    Failed,
    OpenConflicts,
    OpenEdit,
    OpenForm,
    OpenPlanFile,
    Perform,
    Performed,
    Told,
)
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.present.outcome import of_result
from modeltui.tui.present.pending import files
from modeltui.tui.present.plan_rows import MOST_OPEN, PlanRow, plan_rows, user_rows
from modeltui.tui.screens.plan_page import PlanPage
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.path_question import PathQuestion
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import open_file

_EMPTY: Final[list[Line]] = [
    (("Nothing is pending.", "plain"),),
    BLANK,
    (("In the catalogue t switches a model on or off, i edits a cell, l locks.", "muted"),),
    (("What was dropped by mistake comes back with u; O shows what a plan file would do.", "muted"),),
]
_PLAN_NAME: Final = "plan.json"


class PendingScreen(PlanPage):
    BINDING_GROUP_TITLE = "Pending changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "drop", "Drop", id="change.drop", tooltip="take back the field, or all of the model"),
        Binding("X", "drop_all", "Drop all", id="change.drop_all", tooltip="take back everything that is pending"),
        Binding("e", "edit", "Edit", id="pending.edit", tooltip="the field again; on a model all its fields"),
        Binding("c", "conflicts", "Conflicts", id="conflicts.open", tooltip="what is stale: both sides, by field"),
        Binding("w", "save", "Save plan…", id="plan.save", tooltip="all that is pending, as a plan file"),
        Binding("O", "open_plan", "Open plan…", id="plan.open", tooltip="what a plan file would do here", show=False),
    ]
    FIRST_HINTS = ("conflicts.open", "change.drop", "pending.edit", "apply.open", "pending.sides")
    EMPTY = _EMPTY

    class OthersRead(Message):
        def __init__(self, plans: Mapping[str, Plan]) -> None:
            super().__init__()
            self.plans = plans

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, name="pending")
        self._workspace = workspace
        self._changes = workspace.changes
        self._others: Mapping[str, Plan] = {}
        self._is_known = False
        self._others_turned: set[str] = set()

    def watch_snapshot(self) -> None:
        if self.snapshot is None:
            return
        if not self._is_known:
            self._is_known = True
            self._is_open_at_first = len(self.snapshot.plan.files) <= MOST_OPEN
        self.forget_diff()
        self.show_rows()
        if self.snapshot.others or self._others:
            self._read_others()

    @work(thread=True, exclusive=True, group="others")
    def _read_others(self) -> None:
        try:
            self.post_message(self.OthersRead(self._changes.others()))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(OthersRead)
    def _show_others(self, event: OthersRead) -> None:
        self._others = event.plans
        self.show_rows()

    def rows(self) -> Iterable[PlanRow]:
        if self.snapshot is None:
            return ()
        catalog = self.snapshot.catalog
        mine = plan_rows(self.snapshot.plan, catalog, self.is_open)
        return chain(mine, user_rows(self._others, catalog, self._others_turned.__contains__))

    def turn(self, row: PlanRow) -> None:
        if row.is_mine:
            super().turn(row)
        else:
            self._others_turned ^= {row.id}
            self.show_rows()

    def about_user(self, user: str) -> list[Line]:
        return [line(f" What {user} has pending is for {user} to apply or drop; here it can be read.", "muted")]

    # What can be done

    @property
    def _stale(self) -> bool:
        return self.snapshot is not None and any(file.is_stale for file in self.snapshot.plan.files.values())

    def why_not(self, action: str) -> str | None:
        row = self._files.cursor_row
        if action == "conflicts":
            return None if self._stale else "nothing is stale: no file changed since its edit was queued"
        if action in {"drop_all", "save"}:
            return None if self.snapshot is not None and self.snapshot.plan.files else "nothing is pending"
        if action in {"drop", "edit"}:
            if row is None:
                return "nothing is pending"
            if not row.is_mine:
                return f"this is pending for {row.user}: it can be read here, and no more"
            return _why_no_edit(row) if action == "edit" else None
        return super().why_not(action)

    @on(RowList.Chosen, "#files")
    def _open(self) -> None:
        row = self._files.cursor_row
        if row is None:
            return
        if row.file is None:
            self.turn(row)
        elif row.edit is not None and row.is_mine:
            self.action_edit()
        else:
            self.post_message(open_file(row.file.key))

    @explained
    def action_edit(self) -> None:
        row = self._files.cursor_row
        assert row is not None
        assert row.file is not None
        is_table = row.edit is not None and isinstance(row.edit.new, Mapping)
        if row.field is None or is_table:
            self.post_message(OpenForm(row.file.key))
        else:
            self.post_message(OpenEdit(row.file.key, row.field))

    @explained
    def action_conflicts(self) -> None:
        row = self._files.cursor_row
        self.post_message(OpenConflicts(row.file.key if row is not None and row.file is not None else None))

    @explained
    def action_drop(self) -> None:
        row = self._files.cursor_row
        assert row is not None
        assert row.file is not None
        key, field = row.file.key, row.field
        if field is None:
            self.post_message(Perform(self, partial(self._changes.drop, [key]), f"dropped: {key}"))
        else:
            self.post_message(
                Perform(self, partial(self._changes.drop_fields, [key], [field]), f"dropped: {field} of {key}")
            )

    @on(Performed)
    def _dropped(self, event: Performed) -> None:
        """Of one field the outcome alone says nothing."""
        if isinstance(event.result, Outcome):
            event.stop()
            if not event.result.refused:
                self.notify(event.done, markup=False)
            for notice in of_result(event.result, event.done):
                self.notify(notice.text, severity=notice.severity, markup=False)

    @explained
    def action_drop_all(self) -> None:
        assert self.snapshot is not None
        count = len(self.snapshot.plan.files)

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.post_message(Perform(self, partial(self._changes.drop, None), f"dropped: {count} {files(count)}"))

        lines: list[Line] = [((f"The pending changes of {count} {files(count)} go; u brings them back.", "plain"),)]
        self.app.push_screen(Confirm("Drop everything that is pending?", lines, yes="Drop"), answered)

    # Plan files

    @explained
    def action_save(self) -> None:
        self._ask_path("Save all that is pending as a plan file", "save", self._look)

    def action_open_plan(self) -> None:
        def chosen(path: str) -> None:
            self.post_message(OpenPlanFile(path))

        self._ask_path("Look at a plan file", "look", chosen)

    def _ask_path(self, title: str, does: str, then: Callable[[str], object]) -> None:
        def answered(path: str | None) -> None:
            if path:
                then(os.path.expanduser(path))

        self.app.push_screen(PathQuestion(title, value=_PLAN_NAME, does=does), answered)

    class Looked(Message):
        """Whether there is something where a plan is to be saved."""

        def __init__(self, path: str, is_there: bool) -> None:
            super().__init__()
            self.path = path
            self.is_there = is_there

    @work(thread=True, group="save")
    def _look(self, path: str) -> None:
        self.post_message(self.Looked(path, self._workspace.plans.is_there(path)))

    @on(Looked)
    def _save(self, event: Looked) -> None:
        path = event.path

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.post_message(Perform(self, partial(self._saved, path)))

        if event.is_there:
            self.app.push_screen(Confirm("Replace that plan?", [line(path)], yes="Replace"), answered)
        else:
            answered(True)

    def _saved(self, path: str) -> Told:
        count = self._workspace.plans.save(path)
        said = f"{count} {'model' if count == 1 else 'models'} in {path}; all of it stays pending"
        return Told(self._workspace.catalog.snapshot(), said if count else "nothing is pending, so there is no plan")


def _why_no_edit(row: PlanRow) -> str | None:
    if row.file is not None and is_workflow(row.file.key):
        return "a workflow is edited as a file: x drops this"
    if row.file is not None and row.file.action is Action.DELETE:
        return f"{row.file.key} is to be removed: x drops that"
    if row.edit is not None and row.edit.is_of_lock:
        return "a lock is not edited as a field: x drops this, l in the catalogue locks and unlocks"
    return None
