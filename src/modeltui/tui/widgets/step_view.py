"""The steps of a chain, with a cursor: each leads to its job, and to the file that it made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.tui.commands import explained
from modeltui.tui.present.line import Line
from modeltui.tui.present.workflow import ChainRow
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.work_messages import OpenJob

if TYPE_CHECKING:
    from modeltui.domain.chain.progress import ChainStep
    from modeltui.services.running.results import ResultService


class StepView(LineView):
    BINDING_GROUP_TITLE = "Steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "job", "Job", id="step.job", tooltip="what the step made, and all that is kept of it"),
        Binding("o", "open", "Open file", id="step.open", tooltip="what the step made, with the system's own program"),
    ]
    DEFAULT_CSS = """
    StepView.-steps {
        &:focus > .row-list--cursor { background: $cursor; }
        &:ansi:focus > .row-list--cursor { text-style: reverse; }
    }
    """

    def __init__(
        self,
        results: ResultService,
        *,
        empty: Sequence[Line] = (),
        id: str | None = None,  # noqa: A002  # Textual's name
    ) -> None:
        super().__init__(empty=empty, id=id)
        self._results = results
        self._steps: tuple[ChainStep | None, ...] = ()

    def show_rows(self, rows: Sequence[ChainRow]) -> None:
        """Show lines, of steps and others. The cursor stays on its step, and begins on the first one."""
        lines, steps = [each for each, _ in rows], tuple(step for _, step in rows)
        ids = [None if step is None else step.id for step in steps]
        before, kept = self.step, self.cursor
        self._steps = steps
        self.set_class(any(ids), "-steps")
        if lines != list(self.rows):
            is_same = before is not None and kept < len(ids) and ids[kept] == before.id
            wanted = before.id if before is not None and before.id in ids else next(filter(None, ids), None)
            self.show_lines(lines, kept if is_same else ids.index(wanted) if wanted else 0)
        self.refresh_bindings()

    @property
    def step(self) -> ChainStep | None:
        """The one under the cursor."""
        return self._steps[self.cursor] if self.cursor < len(self._steps) else None

    def why_not(self, action: str) -> str | None:
        step = self.step
        if action not in ("job", "open"):
            return None
        if step is None:
            return "no step is under the cursor"
        if step.job is None:
            return f"{safe(step.id)} has not begun"
        if action == "open" and not step.job.files:
            return "it made no file; enter shows all that is kept of it"
        return self._results.why_no_opener() if action == "open" else None

    def refuse(self, reason: str) -> None:
        self.notify(safe(reason), severity="warning", markup=False)

    def watch_cursor(self, before: int, cursor: int) -> None:
        super().watch_cursor(before, cursor)
        self.refresh_bindings()

    @explained
    def action_job(self) -> None:
        assert self.step is not None
        assert self.step.job is not None
        self.post_message(OpenJob(self.step.job.id))

    @explained
    def action_open(self) -> None:
        assert self.step is not None
        assert self.step.job is not None
        self._hand_over(self.step.job.files[0].path)

    @work(thread=True, group="open")
    def _hand_over(self, path: str) -> None:
        try:
            self._results.open(path)
        except ModeltuiError as error:
            self.app.call_from_thread(self.refuse, error.message)
