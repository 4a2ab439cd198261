"""The steps before the request: uploads of files that it then names by URL. Nothing that costs leaves here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modeltui.domain.call import Call
from modeltui.domain.document import ABSENT
from modeltui.domain.job import JobState
from modeltui.domain.request.payload import BuildCall
from modeltui.domain.request.placeholder import as_text, render
from modeltui.errors import InvalidValueError, ProviderError
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.replies import Reply, Verdict
from modeltui.providers.retry import PATIENCE_S, backoff
from modeltui.providers.submitting import Submitting
from modeltui.providers.uploads import Errand, Slot, UploadFile, errands, with_url
from modeltui.providers.work import Phase, Work

_TRIES = 5


@dataclass(slots=True)
class Preparing:
    """One call a step. An upload costs nothing, so each may be tried again whatever became of it."""

    work: Work
    build: BuildCall
    todo: tuple[Errand, ...] = field(init=False)
    done: int = 0
    slot: Slot | None = None
    """Whose file is at work."""
    file: Mapping[str, Any] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    """By the steps for this file."""
    tries: int = 0
    wait_s: float = 0

    def __post_init__(self) -> None:
        self.todo = errands(self.work.contract.before, self.work.inputs)

    async def step(self) -> Phase:
        if self.done == len(self.todo):
            return self._ready()
        if self.wait_s:
            await self.work.clock.sleep(self.wait_s)
        errand = self.todo[self.done]
        self._take_up(errand.slot)
        self.tries += 1
        try:
            reply = await self.work.exchange.upload(errand.step.call, self._scope)
        except (NotSentError, LostError) as error:
            return self._again(error)
        if reply.is_accepted:
            return self._accepted(errand, reply)
        if reply.verdict in (Verdict.THROTTLED, Verdict.TRANSIENT):
            return self._again(reply.error(), reply.after_s)
        raise reply.error()

    def _take_up(self, slot: Slot | None) -> None:
        if slot is not self.slot:
            self.slot, self.saved = slot, {}
            self.file = {} if slot is None else UploadFile(slot.data_url)

    @property
    def _scope(self) -> dict[str, Any]:
        scope = self.work.scope
        return {**scope, "saved": {**scope["saved"], **self.saved}, "file": self.file}

    def _accepted(self, errand: Errand, reply: Reply) -> Phase:
        found = reply.saved(errand.step.save)
        missing = [name for name in errand.step.save if name not in found]
        if missing:
            raise ProviderError(
                f"the step before the request gave no {', '.join(missing)}: {reply.excerpt}",
                hint="nothing was submitted; compare [before.save] with this answer",
            )
        if errand.slot is None:
            self.work.advance(saved={**self.work.job.saved, **found})
        else:
            self.saved |= found
            self._use(errand.step.use, errand.slot)
        self.done, self.tries, self.wait_s = self.done + 1, 0, 0
        if self.done == len(self.todo):
            return self._ready()
        self.work.advance(detail=f"step {self.done + 1} of {len(self.todo)} before the request")
        return self

    def _use(self, use: str | None, slot: Slot) -> None:
        if use is None:
            return
        value = render(use, self._scope)
        if value is ABSENT:
            raise ProviderError(f"nothing stands for {use}", hint="compare [before.save] with what it answered")
        self.work.inputs = with_url(self.work.inputs, slot, as_text(value))

    def _ready(self) -> Phase:
        work = self.work
        call = self.build(work.scope)
        if not isinstance(call, Call):
            raise InvalidValueError(call, hint="nothing was submitted")
        work.call = call
        work.advance(state=JobState.SUBMITTING, detail="sending")
        return Submitting(work)

    def _again(self, error: ProviderError, after_s: float | None = None) -> Phase:
        self.wait_s = backoff(self.tries, after_s)
        if self.tries >= _TRIES or self.wait_s > PATIENCE_S:
            raise error
        self.work.advance(detail=f"{error.message}; trying again in {self.wait_s:.0f} s")
        return self
