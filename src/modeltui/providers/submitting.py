"""Sending the request, and never twice where the first may have been billed."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.domain.job import JobState
from modeltui.errors import ProviderError
from modeltui.providers.collecting import collect
from modeltui.providers.contract import TASK_ID
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.polling import Polling
from modeltui.providers.replies import Reply, Verdict
from modeltui.providers.results import told_cost
from modeltui.providers.retry import PATIENCE_S, backoff, wait_text
from modeltui.providers.work import Phase, Work

_TRIES = 5
_DOUBT_HINT = "look at the provider's own list of jobs before you run it again; it is not sent again by itself"


@dataclass(slots=True)
class Submitting:
    work: Work
    tries: int = 0
    wait_s: float = 0
    is_doubtful: bool = False
    """A try may have arrived, although no answer said so."""

    may_leave: bool = False
    """The pace was asked for the next try."""

    async def step(self) -> Phase:
        if not self.may_leave:
            if self.wait_s:
                await self.work.clock.sleep(self.wait_s)
            await self.work.pace.before_submit()
        return self._on_its_way() if self.work.job.state is JobState.QUEUED else await self._sent()

    async def _sent(self) -> Phase:
        work = self.work
        self.may_leave = False
        self.tries += 1
        call = work.call
        assert call is not None
        work.is_in_flight = True
        try:
            reply = await work.exchange.submit(call, work.contract.timeout_s)
        except NotSentError as error:
            return self._again(error)
        except LostError as error:
            return self._doubtful(error)
        match reply.verdict:
            case Verdict.ACCEPTED:
                return await self._accepted(reply)
            case Verdict.THROTTLED:
                work.pace.held_back(backoff(self.tries, reply.after_s))
                if reply.may_retry:
                    return self._again(reply.error(), reply.after_s)
            case Verdict.TRANSIENT:
                return self._doubtful(reply.error(), reply.after_s)
        return self._end(reply.error())

    def _on_its_way(self) -> Phase:
        """Noted as such before it leaves: from here on a process that ends leaves a doubt."""
        self.may_leave = True
        self.work.advance(state=JobState.SUBMITTING, detail="sending again")
        return self

    def _doubtful(self, error: ProviderError, after_s: float | None = None) -> Phase:
        """Only a provider that knows the same request again may get it again."""
        self.is_doubtful = True
        return self._again(error, after_s) if self.work.contract.is_idempotent else self._end(error)

    def _again(self, error: ProviderError, after_s: float | None = None) -> Phase:
        """Send it once more, unless that was tried enough.

        Where no try can have arrived, it waits as QUEUED: a process that ends then leaves it to begin again.
        """
        self.work.is_in_flight = self.is_doubtful
        self.wait_s = backoff(self.tries, after_s)
        if self.tries >= _TRIES or self.wait_s > PATIENCE_S:
            return self._end(ProviderError(error.message, hint=error.hint or f"try again in {wait_text(self.wait_s)}"))
        if self.is_doubtful:
            self.work.advance(detail=f"{error.message}; trying again in {wait_text(self.wait_s)}")
        else:
            detail = f"waits to be sent again in {wait_text(self.wait_s)}: {error.message}"
            self.work.advance(state=JobState.QUEUED, detail=detail)
        return self

    def _end(self, error: ProviderError) -> Phase:
        """Failed, or uncertain where any try may have arrived."""
        if self.is_doubtful:
            message = f"the request may have been taken, and billed: {error.message}"
            self.work.end(JobState.UNCERTAIN, ProviderError(message, hint=_DOUBT_HINT))
        else:
            self.work.fail(error)
        return self

    async def _accepted(self, reply: Reply) -> Phase:
        work = self.work
        work.is_in_flight, work.is_accepted = False, True
        own = reply.saved(work.contract.save)
        saved = {**work.job.saved, **own}
        if (cost := told_cost(work.contract.cost, reply)) is not None:
            work.advance(reported=cost)
        if work.contract.poll is None:
            work.advance(saved=saved, remote_id=saved.get(TASK_ID))
            return await collect(work, reply)
        missing = [name for name in work.contract.save if name not in own]
        if missing:
            hint = f"compare [request.save] with this answer; {_DOUBT_HINT}"
            what = f"accepted, and may be billed, but without {', '.join(missing)}"
            work.end(JobState.UNCERTAIN, reply.nonsense(what, hint))
            return self
        work.advance(
            state=JobState.POLLING,
            saved=saved,
            remote_id=saved.get(TASK_ID, work.job.id),
            detail="submitted",
            progress=None,
        )
        return Polling(work, work.contract.poll)
