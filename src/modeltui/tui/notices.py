"""Which notices an event gives that no screen answered."""

from __future__ import annotations

from modeltui.domain.text import safe
from modeltui.tui.messages import Failed, JobChanged, Performed, Told
from modeltui.tui.present.notice import Notice
from modeltui.tui.present.outcome import of_error, of_job, of_result


def notices(event: Performed | Failed | JobChanged) -> list[Notice]:
    if isinstance(event, Failed):
        return [of_error(event.error)]
    if isinstance(event, JobChanged):
        return [of_job(event.job)] if event.job.state.is_final else []
    if isinstance(event.result, Told):
        return [Notice(safe(event.result.said))]
    return of_result(event.result, event.done)
