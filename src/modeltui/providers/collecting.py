"""Getting the result of a finished job onto the disk."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState, ResultFile
from modeltui.errors import ProviderError
from modeltui.providers.contract import FollowUp
from modeltui.providers.exchange import absolute
from modeltui.providers.faults import LaterError, LostError, NotSentError
from modeltui.providers.new_file import NewFile
from modeltui.providers.replies import Reply, Verdict, with_data
from modeltui.providers.results import Item, Outcome, Remote, outcome_of
from modeltui.providers.retry import backoff
from modeltui.providers.work import Phase, Work

_TRIES = 5


async def collect(work: Work, reply: Reply) -> Phase:
    """Begin to collect what the last answer holds. Raises ProviderError where it holds nothing."""
    fetch = work.contract.result.fetch
    if fetch is not None:
        work.advance(state=JobState.DOWNLOADING, detail="fetching the answer")
        return Fetching(work, fetch)
    return _collecting(work, reply)


def _collecting(work: Work, reply: Reply) -> Phase:
    result = work.contract.result
    outcome = outcome_of(result, with_data(reply, result.json_strings))
    if not outcome.items:
        raise ProviderError(
            f"finished, but the answer holds no result: {reply.excerpt}",
            hint="compare [result] select with this answer",
        )
    phase = Collecting(work, outcome, outcome.items)
    phase.note()
    return phase


@dataclass(slots=True)
class Fetching:
    """One more call, whose answer holds the result."""

    work: Work
    fetch: FollowUp
    tries: int = 0
    wait_s: float = 0

    async def step(self) -> Phase:
        if self.wait_s:
            await self.work.clock.sleep(self.wait_s)
        self.tries += 1
        try:
            reply = await self.work.exchange.follow(self.fetch, self.work.scope)
        except (NotSentError, LostError) as error:
            return self._again(error)
        if reply.is_accepted:
            return _collecting(self.work, reply)
        if reply.verdict is Verdict.REFUSED:
            raise reply.error()
        return self._again(reply.error(), reply.after_s)

    def _again(self, error: ProviderError, after_s: float | None = None) -> Phase:
        if self.tries >= _TRIES:
            raise error
        self.wait_s = backoff(self.tries, after_s)
        self.work.advance(detail=f"{error.message}; trying again in {self.wait_s:.0f} s")
        return self


@dataclass(slots=True)
class Collecting:
    """Writes or downloads one file a step."""

    work: Work
    outcome: Outcome
    left: tuple[Item, ...]
    files: tuple[ResultFile, ...] = ()
    tries: int = 0
    wait_s: float = 0

    async def step(self) -> Phase:
        if self.wait_s:
            await self.work.clock.sleep(self.wait_s)
        try:
            file = await self._kept(self.left[0])
        except (NotSentError, LostError, LaterError) as error:
            self._again(error)
            return self
        self.files, self.left = (*self.files, file), self.left[1:]
        self.tries, self.wait_s = 0, 0
        self.note()
        return self

    def note(self) -> None:
        """Say how far it is; after the last file the job has succeeded."""
        total = len(self.outcome.items)
        if self.left:
            doing = "downloading" if isinstance(self.left[0], Remote) else "saving"
            detail = f"{doing} {len(self.files) + 1} of {total}"
            self.work.advance(state=JobState.DOWNLOADING, detail=detail, files=self.files, progress=None)
            return
        self.work.advance(
            state=JobState.SUCCEEDED, detail="", files=self.files, progress=1.0, text=self.outcome.text, **self._cost()
        )

    def _cost(self) -> dict[str, object]:
        if self.outcome.cost is None:
            return {}
        return {"reported": Cost(self.outcome.cost, self.work.contract.result.cost_currency)}

    async def _kept(self, item: Item) -> ResultFile:
        downloader, media = self.work.downloader, self.work.contract.result.media
        if isinstance(item, Remote):
            return await downloader.fetch(absolute(self.work.exchange.provider, item.url), media)
        with NewFile(downloader.folder, downloader.limits.max_bytes) as file:
            file.write(item.content)
            return await file.keep_in_thread(item.media)

    def _again(self, error: ProviderError) -> None:
        self.tries += 1
        if self.tries >= _TRIES:
            raise error
        self.wait_s = backoff(self.tries, error.after_s if isinstance(error, LaterError) else None)
        self.work.advance(detail=f"{error.message}; trying again in {self.wait_s:.0f} s")
