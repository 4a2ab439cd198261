"""The console with its runs, jobs and batches: what screens want of them, and what is said before the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual import on

from modeltui.domain.text import safe
from modeltui.services.permissions import Deed
from modeltui.tui import work_messages as ask
from modeltui.tui.background import Background
from modeltui.tui.commands import commands_of
from modeltui.tui.governed import Governed
from modeltui.tui.messages import CancelRun, RunWish, StartRun, WatchRun
from modeltui.tui.present.notice import Notice, Severity
from modeltui.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from modeltui.domain.job import KeptJob
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.workspace import Workspace
    from modeltui.tui.batches_at_work import BatchesAtWork
    from modeltui.tui.chains_at_work import ChainsAtWork
    from modeltui.tui.jobs_at_work import JobsAtWork
    from modeltui.tui.present.work import StartNotice
    from modeltui.tui.runs import Runs

_LOOK_S: Final = 0.05
_GRACE_S: Final = 5.0
"""For requests on their way to be answered, when the console ends."""


class AtWork(Governed):
    work_said = ""
    """What is under way in this console, in few cells; the line at the top has it."""
    _runs: Runs | None = None
    _jobs: JobsAtWork | None = None
    _batches: BatchesAtWork | None = None
    _chains: ChainsAtWork | None = None
    _background: Background | None = None
    _start: StartNotice | None = None
    _working: Workspace | None = None

    def govern(self, workspace: Workspace, snapshot: Snapshot) -> None:
        super().govern(workspace, snapshot)
        self._background = Background(lambda error: self.call_from_thread(self._broken, error))
        self._working = workspace

    def look_for_interrupted(self) -> None:
        """Once the first table is there: nobody waits for what is told of it."""
        assert self._working is not None
        self.run_worker(self._look_for_interrupted(self._working), group="interrupted")

    def on_unmount(self) -> None:
        if self._background is not None:
            self._background.end()

    def _broken(self, error: BaseException) -> None:
        if isinstance(error, Exception):
            self._handle_exception(error)

    def _work_moved(self) -> None:
        if self.is_running:
            self.post_message(ask.WorkMoved())

    @on(ask.WorkMoved)
    def _show_work(self) -> None:
        """Only what became another text is drawn."""
        from modeltui.tui.present.work import work_text

        said = work_text(self._count, self._batches.under_way if self._batches is not None else ())
        if said != self.work_said:
            self.work_said = said
            for screen in self.screen_stack:
                for line in screen.query(HeaderLine):
                    line.refresh()

    @property
    def _count(self) -> int:
        """Runs under way that are of no batch."""
        return sum(each.under_way for each in (self._runs, self._jobs, self._chains) if each is not None)

    async def _look_for_interrupted(self, workspace: Workspace) -> None:
        """What was sent is asked for again by itself; of the rest it is said where it is."""
        from modeltui.tui.jobs_at_work import interrupted, unsent_in_batches

        service = await asyncio.to_thread(lambda: workspace.jobs)
        found, unsent = await interrupted(service), await unsent_in_batches(service)
        if not found and unsent:
            said = (
                f"{unsent} run{'s' if unsent > 1 else ''} of batches not sent; {self._key('batches.open')} shows them"
            )
            self.tell(Notice(said, severity="warning"))
        if not found:
            return
        may_run = self.standing is None or self.standing.refusal(Deed.RUN) is None
        taken = self._jobs_at_work().take_up(found, workspace.user) if may_run else 0
        from modeltui.tui.present.work import StartNotice

        self._start = StartNotice(self._said_of(found, taken))
        self.tell(Notice(self._start.text, severity="warning"))

    @on(ask.TakenUpEnded)
    def _tell_of_taken_up(self, event: ask.TakenUpEnded) -> None:
        """What was said at the start is said with it as long as it would stand there: one line is all there is."""
        is_there = self._start is not None and any(self._start.text in each.message for each in self._notifications)
        if self._start is None or not is_there:
            from modeltui.tui.present.outcome import of_job

            self._start = None
            self.tell(of_job(event.job))
            return
        self._start = self._start.with_end(event.job)
        self.tell(Notice(self._start.text, severity="warning"))

    def _said_of(self, found: tuple[KeptJob, ...], taken: int) -> str:
        count = len(found)
        said = "1 job was interrupted" if count == 1 else f"{count} jobs were interrupted"
        if taken:
            said += f", {'it is' if count == 1 else f'{taken} are' if taken > 1 else '1 is'} asked for again"
        return f"{said}; {self._key('jobs.open')} shows {'it' if count == 1 else 'them'}"

    def _key(self, command_id: str) -> str:
        keys = [command.keys[0] for command in commands_of(self.screen) if command.id == command_id]
        return keys[0] if keys else f"the command {command_id.partition('.')[0].title()}"

    @on(RunWish)
    def _take_run(self, wish: StartRun | WatchRun | CancelRun) -> None:
        if self._runs is None:
            from modeltui.tui.runs import Runs

            workspace, background = self._means()
            self._runs = Runs(self, workspace.runs, background, self._work_moved)
        self._runs.take(wish)

    @on(ask.ResumeJob)
    @on(ask.StopJob)
    def _take_job(self, wish: ask.ResumeJob | ask.StopJob) -> None:
        self._jobs_at_work().take(wish)

    def _jobs_at_work(self) -> JobsAtWork:
        if self._jobs is None:
            from modeltui.tui.jobs_at_work import JobsAtWork

            workspace, background = self._means()
            self._jobs = JobsAtWork(self, workspace.jobs, background, self._work_moved)
        return self._jobs

    def _means(self) -> tuple[Workspace, Background]:
        """What work is done with: each kind of it is loaded with the first wish."""
        assert self._working is not None
        assert self._background is not None
        return self._working, self._background

    @on(ask.StartBatch)
    @on(ask.ResumeBatch)
    @on(ask.WatchBatch)
    @on(ask.TellBatch)
    def _take_batch(self, wish: ask.StartBatch | ask.ResumeBatch | ask.WatchBatch | ask.TellBatch) -> None:
        if self._batches is None:
            from modeltui.tui.batches_at_work import BatchesAtWork

            workspace, background = self._means()
            self._batches = BatchesAtWork(self, workspace.batches, background, self._work_moved)
        self._batches.take(wish)

    @on(ask.ChainWish)
    def _take_chain(self, wish: ask.ChainWish) -> None:
        if self._chains is None:
            from modeltui.tui.chains_at_work import ChainsAtWork

            workspace, background = self._means()
            self._chains = ChainsAtWork(self, workspace, background, self._work_moved)
        self._chains.take(wish)

    @on(ask.ChainMoved)
    def _tell_of_chain(self, event: ask.ChainMoved) -> None:
        """The end of a chain whose screen is closed."""
        if event.is_over:
            chain = event.progress
            is_good = chain.done == len(chain.steps)
            said = f"{chain.name} {chain.state}{f': {chain.note}' if chain.note else ''}"
            self.tell(Notice(safe(said), severity="information" if is_good else "warning"))

    @on(ask.BatchMoved)
    def _tell_of_batch(self, event: ask.BatchMoved) -> None:
        """The end of a batch whose screen is closed."""
        from modeltui.domain.batch import BatchState
        from modeltui.tui.present.batch import told_at_end

        if event.is_over:
            is_good = event.progress.tally.succeeded == event.progress.tally.total
            is_over = event.progress.state is BatchState.FINISHED
            severity: Severity = "information" if is_good and is_over else "warning"
            self.tell(Notice(safe(told_at_end(event.progress)), severity=severity))

    async def action_quit(self) -> None:
        """What is under way ends with the console: whether that is meant is asked."""
        batches = self._batches.under_way if self._batches is not None else []
        if not batches and not self._count:
            await self._end()
            return
        from modeltui.tui.present.work import quit_lines, quit_title
        from modeltui.tui.widgets.confirm import Confirm

        async def answered(is_sure: bool | None) -> None:
            if is_sure:
                await self._end()

        title = f"Quit while {quit_title(self._count, len(batches))}?"
        self.push_screen(Confirm(title, quit_lines(self._count, batches), yes="Quit"), answered)

    async def _end(self) -> None:
        """Nothing new begins, and what is on its way is waited for: else nobody would know whether it arrived."""
        if self._batches is not None:
            self._batches.pause_all()
            for _ in range(int(_GRACE_S / _LOOK_S)):
                if self._is_settled:
                    break
                await asyncio.sleep(_LOOK_S)
        if self._background is not None:
            self._background.end()
        await self.leave_for_good()

    @property
    def _is_settled(self) -> bool:
        from modeltui.tui.batches_at_work import is_settled

        batches = self._batches.under_way if self._batches is not None else []
        is_sending = any(each.is_sending for each in (self._runs, self._jobs, self._chains) if each is not None)
        return not is_sending and all(map(is_settled, batches))

    async def leave_for_good(self) -> None:
        """What the console does at its end."""
        self.exit()
