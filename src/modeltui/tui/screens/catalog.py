"""The main screen: every model in one table, filtered as you type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from modeltui.tui.commands import explained
from modeltui.tui.messages import OpenEdit, OpenForm, OpenHistory, OpenModel, OpenPresets, OpenRun, OpenText
from modeltui.tui.present.line import BLANK
from modeltui.tui.screens.browsing import VIEWING, BrowsingPage
from modeltui.tui.screens.many_acts import MANY_BINDINGS, MANY_VERBS, ask_for_batch, why_not_many
from modeltui.tui.screens.model_keys import LIFE_BINDINGS, LIFE_VERBS, MODEL_BINDINGS, why_not_life
from modeltui.tui.widgets.browser import Browser
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.model_table import ModelTable

if TYPE_CHECKING:
    from modeltui.tui.screens.bulk_acts import BulkActs
    from modeltui.tui.screens.copy_acts import CopyActs
    from modeltui.tui.screens.export_acts import ExportActs
    from modeltui.tui.screens.life_acts import LifeActs
    from modeltui.tui.screens.model_acts import ModelActs
    from modeltui.tui.screens.rollout_acts import RolloutActs

_HINTS = ("mark.toggle", "model.toggle", "pending.open", "apply.open", "change.undo", "filter.edit", "model.bulk")
_HINTS_WITH_MARKS = ("model.toggle", "model.bulk", "mark.toggle", "pending.open", "apply.open", "change.undo")
_FIELDS = {
    "cost": "cost.base",
    "currency": "cost.currency",
    "time": "timing.estimated_seconds",
    "released": "released_on",
    "retires": "retires_on",
    "deprecated": "deprecated_on",
    "verified": "verified_on",
    "rollout": "rollout.percent",
}
"""The field of the file that a column shows, where it has another name."""
_FIXED = {
    "type": "the content type is the folder of the file, so it is not edited here",
    "key": "the key is the path of the file, so it is not edited here",
    "lock": "l locks and unlocks",
    "pending": "what is pending is seen with p",
    **dict.fromkeys(
        ("tested", "success", "runs", "spend", "p50", "p95", "trend"), "runs say that, so it is not edited; r runs it"
    ),
}


class CatalogScreen(BrowsingPage):
    BINDING_GROUP_TITLE = "Models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t", "switch", "Toggle", id="model.toggle", tooltip="active on or off: the marked models, else this one"
        ),
        Binding("i", "edit_cell", "Edit cell", id="model.edit_cell", tooltip="edit the cell under the cursor"),
        Binding(
            "W", "export", "Export view", id="view.export", tooltip="these rows and columns, to a file", show=False
        ),
        Binding("n", "life('new')", "New…", id="model.new", tooltip="a new model, made from a preset", show=False),
        Binding("b", "life('bulk')", "Bulk…", id="model.bulk", tooltip="the marked models, else all shown", show=False),
        *MODEL_BINDINGS,
        *LIFE_BINDINGS,
        *MANY_BINDINGS,
    ]
    CSS_PATH = "catalog.tcss"
    AUTO_FOCUS = "ModelTable"

    @cached_property
    def _acts(self) -> ModelActs:
        from modeltui.tui.screens.model_acts import ModelActs

        return ModelActs(self, self._workspace.changes)

    @cached_property
    def _exports(self) -> ExportActs:
        from modeltui.tui.screens.export_acts import ExportActs

        return ExportActs(self, self._workspace)

    @cached_property
    def _life(self) -> LifeActs:
        from modeltui.tui.screens.life_acts import LifeActs

        return LifeActs(self, self._workspace)

    @cached_property
    def _rollout(self) -> RolloutActs:
        from modeltui.tui.screens.rollout_acts import RolloutActs

        return RolloutActs(self, self._workspace)

    @cached_property
    def _bulk(self) -> BulkActs:
        from modeltui.tui.screens.bulk_acts import BulkActs

        return BulkActs(self, self._workspace, self._life)

    @cached_property
    def _copies(self) -> CopyActs:
        from modeltui.tui.screens.copy_acts import CopyActs

        return CopyActs(self, self._workspace)

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(CatalogScreen.snapshot)
        yield Browser(self.place, self._first_rows).data_bind(CatalogScreen.snapshot)
        yield HintLine(_HINTS).data_bind(CatalogScreen.snapshot)

    @on(ModelTable.Chosen)
    def _open(self, event: ModelTable.Chosen) -> None:
        if event.key is not None:
            self.post_message(OpenModel(event.key))

    @on(ModelTable.Marked)
    def _hint(self) -> None:
        self.query_one(HintLine).first = _HINTS_WITH_MARKS if self._table.marks else _HINTS

    def why_not(self, action: str) -> str | None:
        if action in VIEWING:
            return super().why_not(action)
        model = self._table.cursor_row
        marked, shown = len(self._table.marks), len(self._table.rows)
        if action in LIFE_VERBS:
            return why_not_life(action, model, has_marks=bool(marked), has_rows=bool(shown))
        if action in MANY_VERBS or (action in ("switch", "lock", "edit_form") and marked):
            return why_not_many(action, marked, shown)
        if model is None:
            return "no model is under the cursor"
        if model.is_broken and action in ("switch", "lock", "edit_cell", "edit_form", "edit_text", "run"):
            return f"{model.label} is broken: mend the file, then press F5"
        return None

    @explained
    def action_switch(self) -> None:
        self._with_targets("Toggle", self._acts.toggle)

    @explained
    def action_lock(self) -> None:
        snapshot = self.snapshot
        if snapshot is not None:
            self._with_targets("Lock or unlock", lambda keys: self._acts.lock_or_unlock(keys, snapshot))

    def _with_targets(self, verb: str, act: Callable[[Sequence[str]], None]) -> None:
        """Act on the marked models, else on this one; marks that the filter hides are named first."""
        from modeltui.tui.widgets.confirm import Confirm

        keys, hidden = self._table.targets, self._table.hidden_marks
        if not hidden or self.snapshot is None:
            act(keys)
            return
        shown = {row.key for row in self._table.rows}
        models = [self.snapshot.shown.models[key] for key in keys if key not in shown]

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                act(keys)

        lines = [((f"{len(keys)} marked, {hidden} hidden by the filter:", "plain"),), BLANK, *self._acts.named(models)]
        self.app.push_screen(Confirm(f"{verb} {len(keys)} models?", lines, yes=verb), answered)

    @explained
    def action_edit_cell(self) -> None:
        column = self._table.columns[self._table.column].id
        key = self._table.cursor_key
        if column in _FIXED:
            self.refuse(_FIXED[column])
        elif key is not None:
            self.post_message(OpenEdit(key, _FIELDS.get(column, column), self._table.cell))

    @explained
    def action_export(self) -> None:
        columns = [column.id for column in self._table.columns]
        self._exports.ask([row.key for row in self._table.rows], columns)

    @explained
    def action_edit_form(self) -> None:
        def act(keys: Sequence[str]) -> None:
            here = self._table.cursor_key
            self.post_message(OpenForm(here if here is not None and here in keys else keys[0], keys))

        self._with_targets("Edit", act)

    @explained
    def action_edit_text(self) -> None:
        if self._table.cursor_key is not None:
            self.post_message(OpenText(self._table.cursor_key))

    @explained
    def action_life(self, verb: str) -> None:
        table, model, snapshot = self._table, self._table.cursor_row, self.snapshot
        if verb == "new":
            self.post_message(OpenPresets())
        elif verb == "bulk":
            keys = table.targets if table.marks else [row.key for row in table.rows]
            self._bulk.ask(keys, is_filter=not table.marks, hidden=table.hidden_marks)
        elif verb == "end" and snapshot is not None:
            self._with_targets("Deprecate or remove", lambda keys: self._life.end(keys, snapshot))
        elif verb == "rollout" and snapshot is not None:
            self._with_targets("Roll out", lambda keys: self._rollout.ask(keys, snapshot))
        elif model is not None:
            self._life.act(verb, model)

    @explained
    def action_run(self) -> None:
        if self._table.cursor_key is not None:
            self.post_message(OpenRun(self._table.cursor_key))

    @explained
    def action_many(self, verb: str) -> None:
        """The marked models, else all that the filter shows."""
        table = self._table
        if table.marks:
            self._with_targets("Run", lambda keys: ask_for_batch(self, verb, keys, None))
        else:
            ask_for_batch(self, verb, [row.key for row in table.rows], self._browser.text)

    @explained
    def action_history(self) -> None:
        if self._table.cursor_key is not None:
            self.post_message(OpenHistory(self._table.cursor_key))

    @explained
    def action_copy(self) -> None:
        row, column = self._table.cursor_row, self._table.columns[self._table.column]
        if row is not None and self.snapshot is not None:
            self._copies.ask(row, (column.title, column.text(row, self.snapshot.plan)))
