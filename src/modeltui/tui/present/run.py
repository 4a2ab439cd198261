"""A run in words: its cost before, its progress, its result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from modeltui.domain.call import Prepared
from modeltui.domain.job import Job, JobState
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Role

_ROLES: Final[Mapping[JobState, Role]] = {
    JobState.SUCCEEDED: "good",
    JobState.FAILED: "bad",
    JobState.UNCERTAIN: "bad",
    JobState.CANCELLED: "warn",
}
_BAR: Final = 24


def cost_text(amount: Decimal | None, currency: str | None) -> str:
    return "not known" if amount is None else f"{amount:f} {currency or ''}".rstrip()


def prepared_lines(prepared: Prepared, *, is_touched: bool) -> list[Line]:
    """The cost, or what is still missing."""
    if prepared.is_valid:
        cost = prepared.cost
        text = cost_text(cost.amount, cost.currency) if cost else "not stated"
        return [(("cost  ", "muted"), (safe(text), "strong"))]
    general = [problem for problem in prepared.problems if problem.input is None]
    named = [problem.input for problem in prepared.problems if problem.input]
    role: Role = "bad" if is_touched else "muted"
    lines: list[Line] = [((safe(problem.message), role),) for problem in general]
    if named:
        lines.append((("to fill in or mend  ", "muted"), (safe(", ".join(dict.fromkeys(named))), role)))
    return lines


def request_lines(request: Mapping[str, Any] | None) -> list[Line]:
    """The exact request as it would be sent; its key is hidden."""
    if request is None:
        return []
    first: Line = ((f" {safe(request.get('method', ''))} ", "accent"), (safe(request.get("url", "")), "plain"))
    headers = request.get("headers") or {}
    query = request.get("query") or {}
    lines = [first]
    lines += [((f"   ?{safe(name)}=", "muted"), (safe(value), "plain")) for name, value in query.items()]
    lines += [((f"   {safe(name)}: ", "muted"), (safe(value), "plain")) for name, value in headers.items()]
    if (body := request.get("body")) is not None:
        text = json.dumps(body, indent=2, ensure_ascii=False, default=str)
        lines += [BLANK, *(((f" {safe(row)}", "plain"),) for row in text.split("\n"))]
    return lines


def job_lines(job: Job, elapsed_s: float) -> list[Line]:
    """How a run stands."""
    head: list[Line] = [
        (
            (job.state.value, _ROLES.get(job.state, "accent")),
            (f"  {elapsed_s:.1f} s" if job.state.is_final else f"  {elapsed_s:.0f} s", "plain"),
            (f"  {safe(job.detail)}" if job.detail else "", "muted"),
            (f"  asked {job.polls} times" if job.polls > 1 else "", "muted"),
        )
    ]
    if job.progress is not None and not job.state.is_final:
        head.append(_bar(job.progress))
    if job.error:
        head.append(((safe(job.error), "bad"),))
    if job.hint:
        head.append(((safe(job.hint), "plain"),))
    if job.state is JobState.SUCCEEDED:
        head.append((("cost  ", "muted"), (safe(_job_cost(job)), "plain")))
    return head + _results(job)


def _job_cost(job: Job) -> str:
    return "not known" if job.cost is None else cost_text(job.cost.amount, job.cost.currency)


def _bar(progress: float) -> Line:
    done = round(max(0.0, min(progress, 1.0)) * _BAR)
    return (("█" * done, "accent"), ("░" * (_BAR - done), "muted"), (f" {progress:.0%}", "muted"))


def _results(job: Job) -> list[Line]:
    lines: list[Line] = []
    for file in job.files:
        facts = ", ".join(filter(None, (file.media_type, file.facts, size_text(file.size))))
        lines += [BLANK, ((safe(file.path), "strong"),), ((safe(facts), "muted"),)]
    if job.text:
        lines += [BLANK, *(((safe(row), "plain"),) for row in job.text.split("\n"))]
    return lines


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
