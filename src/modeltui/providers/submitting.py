"""Sending the request, and never twice where the first may have been billed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modeltui.domain.job import JobState
from modeltui.errors import ProviderError
from modeltui.providers.collecting import collect
from modeltui.providers.contract import TASK_ID
from modeltui.providers.expression import as_text, search
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.polling import Polling
from modeltui.providers.replies import Reply, Verdict
from modeltui.providers.retry import backoff
from modeltui.providers.work import Phase, Work

_TRIES = 5
_PATIENCE_S = 300
_DOUBT_HINT = "look at the provider's own list of jobs before you run it again; it is not sent again by itself"


@dataclass(slots=True)
class Submitting:
    work: Work
    tries: int = 0
    wait_s: float = 0
    is_doubtful: bool = False
    """A try may have arrived, although no answer said so."""

    async def step(self) -> Phase:
        work = self.work
        if self.wait_s:
            await work.clock.sleep(self.wait_s)
        self.tries += 1
        work.is_in_flight = True
        try:
            reply = await work.exchange.submit(work.call, work.contract.timeout_s)
        except NotSentError as error:
            return self._again(error)
        except LostError as error:
            return self._doubtful(error)
        match reply.verdict:
            case Verdict.ACCEPTED:
                return await self._accepted(reply)
            case Verdict.THROTTLED:
                return self._again(reply.error(), reply.after_s)
            case Verdict.TRANSIENT:
                return self._doubtful(reply.error(), reply.after_s)
        return self._end(reply.error())

    def _doubtful(self, error: ProviderError, after_s: float | None = None) -> Phase:
        """Only a provider that knows the same request again may get it again."""
        self.is_doubtful = True
        return self._again(error, after_s) if self.work.contract.is_idempotent else self._end(error)

    def _again(self, error: ProviderError, after_s: float | None = None) -> Phase:
        """Send it once more, unless that was tried enough."""
        self.work.is_in_flight = self.is_doubtful
        self.wait_s = backoff(self.tries, after_s)
        if self.tries >= _TRIES or self.wait_s > _PATIENCE_S:
            return self._end(ProviderError(error.message, hint=error.hint or f"try again in {self.wait_s:.0f} s"))
        self.work.advance(detail=f"{error.message}; trying again in {self.wait_s:.0f} s")
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
        work.is_in_flight = False
        saved = _saved(work.contract.save, reply.data)
        if work.contract.poll is None:
            work.advance(saved=saved, remote_id=saved.get(TASK_ID))
            return await collect(work, reply)
        missing = [name for name in work.contract.save if name not in saved]
        if missing:
            raise ProviderError(
                f"accepted, but without {', '.join(missing)}: {reply.excerpt}",
                hint="it may be running and billed; compare [request.save] with this answer",
            )
        work.advance(
            state=JobState.POLLING,
            saved=saved,
            remote_id=saved.get(TASK_ID, work.job.id),
            detail="submitted",
            progress=None,
        )
        return Polling(work, work.contract.poll)


def _saved(save: Mapping[str, str], data: Any) -> dict[str, str]:
    found = {name: as_text(search(expression, data)) for name, expression in save.items()}
    return {name: text for name, text in found.items() if text}
