"""A plan file from elsewhere: what it would do here, under the checks of every apply; then it is applied."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.pending.plan import Plan
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.apply import ApplyOutcome, OnWait
from modeltui.services.changing.plan_files import PlanFile
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import ApplyPlan, Performed
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.present.model import moment
from modeltui.tui.present.plan_rows import PlanRow, plan_counts, plan_rows
from modeltui.tui.screens.plan_page import PlanPage

_READING: Final[list[Line]] = [(("Reading and checking …", "muted"),)]
_NOTHING: Final[list[Line]] = [(("The plan changes nothing.", "plain"),)]


class PlanFileScreen(PlanPage):
    BINDING_GROUP_TITLE = "Plan file"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "apply_plan", "Apply plan", id="plan.apply", tooltip="this plan; the queue stays as it is"),
    ]
    FIRST_HINTS = ("plan.apply", "pending.sides")
    EMPTY = _READING

    class Checked(Message):
        """What the plan would do now, or why it cannot be applied."""

        def __init__(self, plan_file: PlanFile | None, found: Plan | ModeltuiError) -> None:
            super().__init__()
            self.plan_file = plan_file
            self.found = found

    def __init__(self, workspace: Workspace, path: str) -> None:
        super().__init__(workspace, name="plan file")
        self._path = path
        self._plan_file: PlanFile | None = None
        self._plan: Plan | None = None

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._check()

    @work(thread=True, exclusive=True, group="plan")
    def _check(self) -> None:
        """What was read once stays what is meant; what it would do is looked up again."""
        plan_file = self._plan_file
        found: Plan | ModeltuiError
        try:
            plan_file = plan_file or self._plans.read(self._path)
            found = self._plans.planned(plan_file)
        except ModeltuiError as error:
            found = error
        self.post_message(self.Checked(plan_file, found))

    @on(Checked)
    def _show(self, event: Checked) -> None:
        self._plan_file = event.plan_file
        self._plan = None if isinstance(event.found, ModeltuiError) else event.found
        self._nothing = _NOTHING if self._plan is not None else self._why(event.found)
        about = self.query_one("#about", Static)
        about.update(content(self._about()))
        about.add_class("-shown")
        self.forget_diff()
        self.show_rows()

    def _why(self, found: Plan | ModeltuiError) -> list[Line]:
        if isinstance(found, Plan):
            return _NOTHING
        return [line(found.message, "bad"), *([BLANK, line(found.hint, "muted")] if found.hint else [])]

    def _about(self) -> list[Line]:
        lines: list[Line] = [(("plan file  ", "muted"), (safe(self._path), "strong"))]
        if self._plan_file is not None:
            made = f"by {self._plan_file.by}, {moment(self._plan_file.at.astimezone())}, in {self._plan_file.catalog}"
            counts: Line = (("  ", "plain"), *plan_counts(self._plan)) if self._plan is not None else BLANK
            lines.append(((safe(made), "muted"), *counts))
        return lines

    def rows(self) -> Iterable[PlanRow]:
        if self._plan is None or self.snapshot is None:
            return ()
        return plan_rows(self._plan, self.snapshot.catalog, self.is_open)

    def why_not(self, action: str) -> str | None:
        if action != "apply_plan":
            return super().why_not(action)
        if self._plan is None:
            return "this is no plan that can be applied"
        if not self._plan.files:
            return "the plan changes nothing"
        if problems := self._plan.problems:
            first, more = problems[0], len(problems) - 1
            return f"{first.key}: {first.problem}{f' (and {more} more)' if more else ''}; nothing can be applied"
        return None

    @explained
    def action_apply_plan(self) -> None:
        if self._plan is not None and self._plan_file is not None:
            self.post_message(ApplyPlan(self, self._plan, partial(self._applied, self._plan_file)))

    def _applied(self, plan_file: PlanFile, reason: str, on_wait: OnWait) -> ApplyOutcome:
        return self._plans.apply(
            plan_file, reason, confirmed=len(self._plan.files) if self._plan else None, on_wait=on_wait
        )

    @on(Performed)
    def _done(self) -> None:
        self.dismiss()
