"""Getting the result of a finished job onto the disk."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from modeltui.domain.job import JobState, ResultFile
from modeltui.errors import ProviderError
from modeltui.providers.contract import FollowUp
from modeltui.providers.exchange import absolute
from modeltui.providers.faults import LaterError, LostError, NotSentError
from modeltui.providers.new_file import NewFile
from modeltui.providers.replies import Reply, Verdict, with_data
from modeltui.providers.results import Item, Outcome, Remote, outcome_of
from modeltui.providers.retry import PAID_PATIENCE_S, backoff, wait_text
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
    answer = with_data(reply, result.json_strings)
    outcome = outcome_of(result, answer)
    partial = work.exchange.partial(reply)
    if not outcome.items:
        work.advance(**_cost(work, outcome, answer))
        why = f"it was cut off ({partial}): ask for more" if partial else "compare [result] select with this answer"
        raise reply.nonsense("finished, but the answer holds no result", why)
    hint = f"the answer is not whole: {partial}" if partial else None
    work.advance(state=JobState.DOWNLOADING, text=outcome.text, hint=hint, **_cost(work, outcome, answer))
    phase = Collecting(work, outcome.items)
    phase.note()
    return phase


def _cost(work: Work, outcome: Outcome, answer: Reply) -> dict[str, object]:
    """What the provider says it took, else what the tokens cost that it tells."""
    if outcome.cost is not None:
        return {"reported": outcome.cost}
    usage = work.contract.usage
    counted = None if usage is None else usage.cost(answer.data)
    return {} if counted is None else {"reported": counted}


def resumed(work: Work) -> Phase:
    """Go on with the files that the job still lacks, without asking the provider for anything but them."""
    return Collecting(work, tuple(map(Remote, work.job.remote_files)), work.job.files)


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
            self.work.fail(reply.error(), is_their_word=reply.says_failed)
            return self
        return self._again(reply.error(), reply.after_s)

    def _again(self, error: ProviderError, after_s: float | None = None) -> Phase:
        self.wait_s = backoff(self.tries, after_s)
        if self.tries >= _TRIES or self.wait_s > PAID_PATIENCE_S:
            raise error
        self.work.advance(detail=f"{error.message}; trying again in {wait_text(self.wait_s)}")
        return self


@dataclass(slots=True)
class Collecting:
    """Writes or downloads one file a step."""

    work: Work
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
        except (OSError, ProviderError) as error:
            self._elsewhere(error)
            return self
        self.files, self.left = (*self.files, file), self.left[1:]
        self.tries, self.wait_s = 0, 0
        self.note()
        return self

    def note(self) -> None:
        """Say how far it is; after the last file the job has succeeded."""
        if not self.left:
            self.work.advance(state=JobState.SUCCEEDED, detail="", files=self.files, progress=1.0, remote_files=())
            return
        urls = tuple(item.url for item in self.left if isinstance(item, Remote))
        is_remote = isinstance(self.left[0], Remote)
        how_far = f"{len(self.files) + 1} of {len(self.files) + len(self.left)}"
        kept = self.work.contract.result.kept if is_remote else ""
        self.work.advance(
            state=JobState.DOWNLOADING,
            detail=f"{'downloading' if is_remote else 'saving'} {how_far}{kept and f'; {kept}'}",
            files=self.files,
            # What the answer holds itself is not kept: such a job cannot go on without asking again.
            remote_files=urls if len(urls) == len(self.left) else (),
            progress=None,
        )

    async def _kept(self, item: Item) -> ResultFile:
        downloader, media = self.work.downloader, self.work.contract.result.media
        if isinstance(item, Remote):
            return await downloader.fetch(absolute(self.work.exchange.provider, item.url), media)
        with NewFile(downloader.folder, downloader.limits.max_bytes) as file:
            file.write(item.content)
            return await file.keep_in_thread(item.media)

    def _elsewhere(self, error: OSError | ProviderError) -> None:
        """What is paid for is kept: in the job's own folder, where the one that was named fails. Else raises it."""
        fault, work = error if isinstance(error, OSError) else error.__cause__, self.work
        if not isinstance(fault, OSError) or work.spare_folder is None:
            raise error
        why = f"{work.downloader.folder} cannot be written: {fault.strerror or fault}"
        said = f"{why}; what was left is in the job's own folder"
        work.downloader = replace(work.downloader, folder=work.spare_folder)
        work.spare_folder = None
        work.advance(hint="; ".join(filter(None, (work.job.hint, said))))

    def _again(self, error: ProviderError) -> None:
        self.tries += 1
        self.wait_s = backoff(self.tries, error.after_s if isinstance(error, LaterError) else None)
        if self.tries >= _TRIES or self.wait_s > PAID_PATIENCE_S:
            raise error
        self.work.advance(detail=f"{error.message}; trying again in {wait_text(self.wait_s)}")
