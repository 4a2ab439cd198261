"""Runs of models, each a worker of the app: they go on when their screen is closed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker

from modeltui.domain.job import Job, JobState
from modeltui.errors import ModeltuiError
from modeltui.services.runs import RunService
from modeltui.tui.messages import CancelRun, Failed, JobChanged, StartRun


class Runs:
    def __init__(self, home: DOMNode, service: RunService) -> None:
        """`home` owns the workers, and hears of a run whose screen is closed."""
        self._home = home
        self._service = service
        self._workers: dict[MessagePump, Worker[None]] = {}

    def take(self, wish: StartRun | CancelRun) -> None:
        """Start a run, or stop the one of a screen: its last job then says that it is cancelled."""
        if isinstance(wish, StartRun):
            self._workers[wish.asker] = self._home.run_worker(self._follow(wish), group="runs", name=wish.key)
        elif (worker := self._workers.get(wish.asker)) is not None:
            worker.cancel()

    async def _follow(self, wish: StartRun) -> None:
        last: Job | None = None
        try:
            async for job in self._service.run(wish.key, wish.inputs):
                last = job
                self._tell(wish.asker, JobChanged(job))
        except ModeltuiError as error:
            self._tell(wish.asker, Failed(error))
        except asyncio.CancelledError:
            if last is not None and not last.state.is_final:
                self._tell(wish.asker, JobChanged(replace(last, state=JobState.CANCELLED, detail="")))
            raise
        finally:
            self._workers.pop(wish.asker, None)

    def _tell(self, asker: MessagePump, message: Message) -> None:
        (asker if asker.is_running else self._home).post_message(message)
