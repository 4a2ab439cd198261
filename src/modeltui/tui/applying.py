"""The apply as the console leads it: the question, what should be known before, and whom it waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from modeltui.errors import ModeltuiError
from modeltui.services.apply import ApplyService, Delay, OnWait, limits, wants_reason
from modeltui.tui.messages import ApplyPlan, Perform, Result, Waiting
from modeltui.tui.present.line import line
from modeltui.tui.present.pending import foreseen_lines
from modeltui.tui.widgets.questions import ApplyQuestion

if TYPE_CHECKING:
    from modeltui.domain.pending.plan import Plan
    from modeltui.domain.snapshot import Snapshot
    from modeltui.tui.shell import Shell


class Applying:
    def __init__(self, app: Shell, service: ApplyService, reasons: Sequence[str] = ()) -> None:
        """`app` asks the question, and hears `Perform`, `Waiting` and what came of it. `reasons` are offered."""
        self._app = app
        self._reasons = reasons
        self._service = service

    def ask(self, snapshot: Snapshot | None, wish: ApplyPlan | None = None) -> None:
        """Ask why, and apply all that is pending, or `wish`. Outside a work tree nothing is looked at before."""
        if snapshot is not None:
            work = partial(self._apply_queue, len(snapshot.plan.files))
            self._ask(snapshot, wish or ApplyPlan(self._app, snapshot.plan, work))

    def _apply_queue(self, count: int, reason: str, on_wait: OnWait) -> Result:
        """The question had `count` typed where the policy wants that; the queue may be another by now."""
        return self._service.apply(reason, confirmed=count, on_wait=on_wait)

    def _ask(self, snapshot: Snapshot, wish: ApplyPlan) -> None:
        def answered(reason: str | None) -> None:
            if reason is not None:
                self._app.post_message(Perform(wish.asker, partial(self._apply, wish.work, reason)))

        is_in_git = snapshot.branch is not None
        question = ApplyQuestion(
            wish.plan,
            is_reason_needed=wants_reason(snapshot, wish.plan),
            is_looking=is_in_git,
            limits=limits(snapshot, wish.plan),
            reasons=self._reasons,
        )
        self._app.push_screen(question, answered)
        if is_in_git:
            self._app.run_worker(partial(self._foresee, question, wish.plan), thread=True, group="foresee")

    def _foresee(self, question: ApplyQuestion, plan: Plan) -> None:
        try:
            lines = foreseen_lines(self._service.preflight(), self._service.swept(plan))
        except ModeltuiError as error:
            lines = [line(f"! {error.message}", "bad")]
        question.post_message(ApplyQuestion.Foreseen(lines))

    def _apply(self, work: Callable[[str, OnWait], Result], reason: str) -> Result:
        """Off the event loop, where a wait is told from as well."""
        delays: list[Delay] = []

        def waits(delay: Delay) -> None:
            delays.append(delay)
            self._app.post_message(Waiting(str(delay), delay.deadline_s))

        try:
            return work(reason, waits)
        finally:
            if delays:
                self._app.post_message(Waiting(None))
