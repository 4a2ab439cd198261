"""The batches that this console runs: they go on when their screen is closed, and it finds them again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.app import App
from textual.message_pump import MessagePump

from modeltui.domain.batch import BatchProgress, BatchState
from modeltui.errors import ModeltuiError
from modeltui.tui.messages import Failed
from modeltui.tui.work_messages import BatchMoved, ResumeBatch, StartBatch, TellBatch, WatchBatch

if TYPE_CHECKING:
    from modeltui.services.running.batches import BatchService
    from modeltui.tui.background import Background

_EVERY_S: Final = 0.2
"""Between two things that are told of a batch: more often nobody reads."""


@dataclass
class _Batch:
    asker: MessagePump
    last: BatchProgress | None = None
    is_told: bool = True
    """What happened last was told, or will be soon."""
    is_over: bool = False


class BatchesAtWork:
    """Its state belongs to the event loop of the app; what happens in the background is handed over to that."""

    def __init__(
        self, app: App[None], service: BatchService, background: Background, moved: Callable[[], None]
    ) -> None:
        """`moved` is told, on any thread, of what is told of a batch."""
        self._app = app
        self._service = service
        self._background = background
        self._moved = moved
        self._batches: list[_Batch] = []

    @property
    def under_way(self) -> list[BatchProgress]:
        """Of the batches that this console is at work on."""
        return [batch.last for batch in self._batches if batch.last is not None and not batch.is_over]

    def take(self, wish: StartBatch | ResumeBatch | WatchBatch | TellBatch) -> None:
        match wish:
            case StartBatch():
                self._begin(wish.asker, self._service.run(wish.plan))
            case ResumeBatch():
                self._begin(wish.asker, self._service.resume(wish.id))
            case WatchBatch():
                self._watch(wish)
            case TellBatch():
                self._background.run(self._told(wish))

    def pause_all(self) -> None:
        """Nothing new begins."""
        for progress in self.under_way:
            self._service.pause(progress.id)

    def _begin(self, asker: MessagePump, stream: AsyncGenerator[BatchProgress, None]) -> None:
        batch = _Batch(asker)
        self._batches.append(batch)
        self._background.run(self._follow(batch, stream))

    def _watch(self, wish: WatchBatch) -> None:
        for batch in self._batches:
            if batch.last is not None and batch.last.id == wish.id and not batch.is_over:
                batch.asker = wish.asker
                wish.asker.post_message(BatchMoved(batch.last))

    # On the thread of the background

    async def _follow(self, batch: _Batch, stream: AsyncGenerator[BatchProgress, None]) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with aclosing(stream) as told:
                async for progress in told:
                    is_first, batch.last = batch.last is None, progress
                    if is_first:
                        self._tell(batch)
                    elif batch.is_told:
                        batch.is_told = False
                        loop.call_later(_EVERY_S, self._tell_later, batch)
        except ModeltuiError as error:
            self._post(batch, Failed(error))
        finally:
            batch.is_over = True
            if batch.last is not None:
                self._tell(batch)

    def _tell_later(self, batch: _Batch) -> None:
        if not batch.is_told and not batch.is_over:
            self._tell(batch)

    def _tell(self, batch: _Batch) -> None:
        batch.is_told = True
        self._moved()
        if batch.last is not None:
            self._post(batch, BatchMoved(batch.last, is_over=batch.is_over))

    def _post(self, batch: _Batch, message: BatchMoved | Failed) -> None:
        if self._app.is_running:
            (batch.asker if batch.asker.is_running else self._app).post_message(message)

    async def _told(self, wish: TellBatch) -> None:
        try:
            is_heard = await asyncio.to_thread(self._say, wish)
        except ModeltuiError as error:
            wish.asker.post_message(Failed(error))
            return
        if not is_heard:
            said = "nobody is at work on this batch any more"
            wish.asker.post_message(Failed(ModeltuiError(said, hint="space goes on with it")))

    def _say(self, wish: TellBatch) -> bool:
        match wish.word:
            case "pause":
                return self._service.pause(wish.id)
            case "go_on":
                return self._service.go_on(wish.id)
        return self._service.stop(wish.id, now=wish.word == "cancel")


def is_settled(progress: BatchProgress) -> bool:
    """Nothing of it is on its way: what is known of each run is kept."""
    return not progress.sending or progress.state in (BatchState.FINISHED, BatchState.STOPPED)
