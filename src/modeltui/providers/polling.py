"""Asking until the job is done, whatever the provider calls that."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from modeltui.domain.job import UNKNOWN_STATUS, JobState
from modeltui.errors import ProviderError
from modeltui.providers.collecting import collect
from modeltui.providers.contract import HTTP_STATUS, Poll
from modeltui.providers.expression import as_text, search
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.replies import EXCERPT, Reply, Verdict, with_data
from modeltui.providers.results import outcome_of
from modeltui.providers.retry import backoff, wait_text
from modeltui.providers.work import Phase, Work

_LONGEST_STATUS = 200


@dataclass(slots=True)
class Polling:
    work: Work
    poll: Poll
    since: float = field(init=False)
    """When polling began, by the monotonic clock."""
    wait_s: float = field(init=False)
    failures: int = 0
    """In a row."""
    status: str = ""
    """The last that the provider told."""
    succeeded_at: float | None = None
    nonsense: str = ""
    """The start of the last answer, where that made no sense."""

    def __post_init__(self) -> None:
        self.since = self.work.clock.monotonic()
        self.wait_s = self.poll.delay_s

    @property
    def _elapsed(self) -> float:
        return self.work.clock.monotonic() - self.since

    async def step(self) -> Phase:
        left = self.poll.timeout_s - self._elapsed
        if left <= 0:
            return self._out_of_time()
        await self.work.clock.sleep(min(self.wait_s, left))
        try:
            reply = await self.work.exchange.follow(self.poll.call, self.work.scope)
        except (NotSentError, LostError) as error:
            return self._later(error.message)
        self.work.advance(polls=self.work.job.polls + 1)
        match reply.verdict:
            case Verdict.ACCEPTED:
                return await self._told(with_data(reply, self.poll.json_strings))
            case Verdict.UNSEEN if self._elapsed < self.poll.grace_s:
                return self._wait("not visible yet", reply.after_s)
            case Verdict.TRANSIENT | Verdict.THROTTLED:
                return self._later(reply.error().message, reply.after_s)
        self.work.fail(reply.error(), is_their_word=reply.says_failed)
        return self

    async def _told(self, reply: Reply) -> Phase:
        if reply.data is None and self.poll.status != HTTP_STATUS:
            self.nonsense = reply.excerpt
            return self._later("an answer that is no JSON", reply.after_s)
        self.failures, self.nonsense = 0, ""
        self.status = self._status(reply)
        if self.status in self.poll.success:
            return await self._succeeded(reply)
        if self.status in self.poll.failure:
            self.work.fail(ProviderError(self._message(reply)), is_their_word=True)
            return self
        is_known = self.status in self.poll.pending
        self.nonsense = reply.excerpt if not self.status or self.status[0] in "{[" else ""
        detail = self.status if is_known else f"{UNKNOWN_STATUS}{self.status[:_LONGEST_STATUS]!r}"
        return self._wait(detail, reply.after_s, self._progress(reply))

    async def _succeeded(self, reply: Reply) -> Phase:
        """Done, once the result is there: some providers tell of success before they have it."""
        result, now = self.work.contract.result, self.work.clock.monotonic()
        self.succeeded_at = now if self.succeeded_at is None else self.succeeded_at
        is_late = result.late_s > now - self.succeeded_at
        found = reply.saved(self.poll.save)
        missing = [name for name in self.poll.save if name not in found]
        if missing and not is_late:
            raise reply.nonsense(f"finished, but without {', '.join(missing)}", "compare [poll.save] with this answer")
        if missing:
            return self._wait(f"{self.status}, waiting for the result", reply.after_s)
        if found:
            self.work.advance(saved={**self.work.job.saved, **found})
        if is_late and result.fetch is None and not outcome_of(result, with_data(reply, result.json_strings)).items:
            return self._wait(f"{self.status}, waiting for the result", reply.after_s)
        return await collect(self.work, reply)

    def _status(self, reply: Reply) -> str:
        return str(reply.status) if self.poll.status == HTTP_STATUS else as_text(reply.find(self.poll.status))

    def _message(self, reply: Reply) -> str:
        expressions = (self.poll.error, self.work.exchange.provider.errors.message)
        found = (_text_at(each, reply) for each in expressions if each)
        reason = next((text for text in found if text), "") or reply.excerpt
        return f"{self.status}: {reason[:EXCERPT]}"

    def _progress(self, reply: Reply) -> float | None:
        if not self.poll.progress:
            return None
        try:
            value = float(_text_at(self.poll.progress, reply))
        except ValueError:
            return None
        if isnan(value):
            return None
        return min(max(value / self.poll.progress_max, 0.0), 1.0)

    def _wait(self, detail: str, least: float | None = None, progress: float | None = None) -> Phase:
        self.wait_s = max(self.poll.interval_s, least or 0)
        self.work.advance(state=JobState.POLLING, detail=detail, progress=progress)
        return self

    def _later(self, reason: str, least: float | None = None) -> Phase:
        self.failures += 1
        self.wait_s = max(self.poll.interval_s, backoff(self.failures, least))
        self.work.advance(detail=f"{reason}; asking again in {wait_text(self.wait_s)}")
        return self

    def _out_of_time(self) -> Phase:
        last = f"; the last status was {self.status[:_LONGEST_STATUS]!r}" if self.status else ""
        if self.nonsense:
            last += f"; the last answer was: {self.nonsense}"
        remote_id = (self.work.job.remote_id or "it")[:_LONGEST_STATUS]
        hint = f"{remote_id} may still be running there; [poll] timeout_s sets how long to wait"
        self.work.fail(ProviderError(f"no result within {self.poll.timeout_s:.0f} s{last}", hint=hint))
        return self


def _text_at(expression: str, reply: Reply) -> str:
    """What an expression finds of what is only told: one that does not fit the answer finds nothing."""
    try:
        return as_text(search(expression, reply.data))
    except ProviderError:
        return ""
