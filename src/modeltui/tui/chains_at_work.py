"""The chains that this console runs: they go on when their screen is closed, and it finds them again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message_pump import MessagePump

from modeltui.domain.chain.progress import ChainProgress
from modeltui.domain.job import JobState
from modeltui.errors import ModeltuiError, RefusedError
from modeltui.services.running.chosen_files import sendable
from modeltui.tui.messages import Failed
from modeltui.tui.work_messages import CancelChain, ChainMoved, ChainWish, EndChain, ResumeChain, StartChain, WatchChain

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace
    from modeltui.tui.background import Background


@dataclass
class _Chain:
    """The last one of a workflow in this session."""

    asker: MessagePump
    task: asyncio.Task[None] | None = None
    last: ChainProgress | None = None
    is_over: bool = False


class ChainsAtWork:
    """Wishes come on the event loop of the app; each chain is followed on that of the background."""

    def __init__(self, app: App[None], workspace: Workspace, background: Background, moved: Callable[[], None]) -> None:
        """`moved` is told, on any thread, when a chain begins or ends."""
        self._app = app
        self._workspace = workspace
        self._background = background
        self._moved = moved
        self._chains: dict[str, _Chain] = {}

    @property
    def under_way(self) -> int:
        return sum(not chain.is_over for chain in tuple(self._chains.values()))

    @property
    def is_sending(self) -> bool:
        """Whether a request is on its way out, so that nobody knows yet whether it arrives."""
        steps = [chain.last.current for chain in tuple(self._chains.values()) if chain.last and not chain.is_over]
        return any(step is not None and step.job is not None and _is_sent(step.job.state) for step in steps)

    def take(self, wish: ChainWish) -> None:
        """Start the chain of a workflow, go on with one, follow it from elsewhere, or cancel it."""
        chain = self._chains.get(wish.slug)
        match wish:
            case StartChain() | ResumeChain():
                if chain is not None and not chain.is_over:
                    why = RefusedError(
                        f"a chain of {wish.slug} is at work in this console", hint="ctrl+g there ends it"
                    )
                    wish.asker.post_message(Failed(why))
                else:
                    begun = self._chains[wish.slug] = _Chain(wish.asker)
                    self._background.run(self._follow(wish, begun))
                    self._moved()
            case WatchChain():
                if chain is not None:
                    chain.asker = wish.asker
                    if chain.last is not None:
                        wish.asker.post_message(ChainMoved(chain.last, is_over=chain.is_over))
            case EndChain() if chain is None or chain.is_over or chain.last is None or chain.last.id != wish.id:
                self._background.run(self._end(wish))
            case CancelChain() | EndChain():
                if chain is not None and chain.task is not None and not chain.is_over:
                    self._background.cancel(chain.task)

    # On the thread of the background

    async def _follow(self, wish: StartChain | ResumeChain, chain: _Chain) -> None:
        chain.task = asyncio.current_task()
        try:
            async with aclosing(await self._stream(wish)) as told:
                async for chain.last in told:
                    self._post(chain, ChainMoved(chain.last))
        except ModeltuiError as error:
            self._post(chain, Failed(error))
        finally:
            chain.is_over = True
            self._moved()
            if chain.last is not None:
                with_end = await asyncio.shield(asyncio.to_thread(self._as_kept, chain.last))
                chain.last = with_end
                self._post(chain, ChainMoved(with_end, is_over=True))

    async def _end(self, wish: EndChain) -> None:
        told = _Chain(wish.asker)
        try:
            progress = await self._workspace.chains.cancel(wish.id)
        except ModeltuiError as error:
            self._post(told, Failed(error))
        else:
            self._post(told, ChainMoved(progress, is_over=True))

    async def _stream(self, wish: StartChain | ResumeChain) -> AsyncGenerator[ChainProgress, None]:
        chains = self._workspace.chains
        if isinstance(wish, ResumeChain):
            return chains.resume(wish.id, send_again=wish.send_again)
        return chains.run(wish.slug, await asyncio.to_thread(self._with_files, wish))

    def _with_files(self, wish: StartChain) -> Mapping[str, Any]:
        """The inputs with the local files that they name."""
        workflows = self._workspace.workflows
        return sendable(workflows.inputs(workflows.usable(wish.slug)), wish.inputs)

    def _as_kept(self, progress: ChainProgress) -> ChainProgress:
        """How it ended, also where it was cancelled between two things that happened."""
        try:
            return self._workspace.chains.get(progress.id)
        except ModeltuiError:
            return progress

    def _post(self, chain: _Chain, message: ChainMoved | Failed) -> None:
        if self._app.is_running:
            (chain.asker if chain.asker.is_running else self._app).post_message(message)


def _is_sent(state: JobState) -> bool:
    return state is JobState.SUBMITTING
