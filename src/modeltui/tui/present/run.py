"""A run in words: its cost before, its progress, its result."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.job import Job, JobState
from modeltui.domain.money import USD, amount_text
from modeltui.domain.text import safe
from modeltui.domain.units import NO_UNITS, Units
from modeltui.tui.present.line import BLANK, Line, Piece, Role

if TYPE_CHECKING:
    from modeltui.domain.call import Cost, Prepared
    from modeltui.domain.model import Model
    from modeltui.services.running.chosen_files import ChosenFile

Steps = Sequence[tuple[JobState, float]]
"""The states that a job went through, each with the seconds at which it began."""

_ROLES: Final[Mapping[JobState, Role]] = {
    JobState.SUCCEEDED: "good",
    JobState.FAILED: "bad",
    JobState.UNCERTAIN: "bad",
    JobState.CANCELLED: "warn",
}
_BAR: Final = 24
_LONGEST: Final = 400
"""Characters of one text of a request that are shown."""


def cost_text(amount: Decimal | None, currency: str | None) -> str:
    return "not known" if amount is None else f"{amount:f} {currency or ''}".rstrip()


def price_text(cost: Cost | None, units: Units, *, nothing: str = "not stated") -> str:
    """`12 credits = $0.06`; in its own currency only where nothing says what that is worth."""
    if cost is None:
        return nothing
    own = amount_text(cost.amount, cost.currency)
    dollars = units.in_usd(cost)
    return own if cost.currency == USD or not dollars else f"{own} = {amount_text(dollars, USD)}"


def units_lines(units: Units) -> list[Line]:
    """Why margin or credits are not known, to stand below an amount of money; nothing where they are."""
    return [] if units.problem is None else [((safe(units.problem), "warn"),)]


def prepared_lines(prepared: Prepared, units: Units, *, is_touched: bool) -> list[Line]:
    """The cost, from what is there already, and what is still missing."""
    lines: list[Line] = []
    if prepared.is_valid or prepared.cost is not None:
        start: Piece = ("cost  ", "muted") if prepared.is_valid else ("cost  from ", "muted")
        lines += [(start, (safe(price_text(prepared.cost, units)), "strong")), *units_lines(units)]
    general = [problem for problem in prepared.problems if problem.input is None]
    named = [problem.input for problem in prepared.problems if problem.input]
    role: Role = "bad" if is_touched else "muted"
    lines += [((safe(problem.message), role),) for problem in general]
    if named:
        lines.append((("to fill in or mend  ", "muted"), (safe(", ".join(dict.fromkeys(named))), role)))
    return lines


def warning_of(model: Model, today: date) -> str:
    """What speaks against running a model now; "" where nothing does."""
    if is_retired(model, today):
        return f"retired{f' on {model.retires_on}' if model.retires_on else ''}"
    if model.retires_on is not None:
        return f"retires on {model.retires_on}"
    if model.deprecated_on is not None and model.deprecated_on <= today:
        return f"deprecated since {model.deprecated_on}"
    return "" if model.active else "inactive"


def is_retired(model: Model, today: date) -> bool:
    return model.status == "retired" or (model.retires_on is not None and model.retires_on <= today)


def request_title(request: Mapping[str, Any] | None, *, is_folded: bool) -> Line:
    """`▾ request  POST https://…`."""
    sign = "▸" if is_folded else "▾"
    if request is None:
        return (("request  when all is filled in", "muted"),)
    return (
        (f"{sign} request  ", "muted"),
        (safe(request.get("method", "")), "accent"),
        (f" {safe(request.get('url', ''))}", "plain"),
    )


def request_lines(request: Mapping[str, Any] | None, files: Mapping[str, str] | None = None) -> list[Line]:
    """The exact request as it would be sent, below its title; its key is hidden.

    files: what to say of each text that stands for a local file.
    """
    if request is None:
        return []
    headers = request.get("headers") or {}
    query = request.get("query") or {}
    lines: list[Line] = [((f" ?{safe(name)}=", "muted"), (safe(value), "plain")) for name, value in query.items()]
    lines += [((f" {safe(name)}: ", "muted"), (safe(value), "plain")) for name, value in headers.items()]
    if (body := request.get("body")) is not None:
        text = json.dumps(_shortened(body, files or {}), indent=2, ensure_ascii=False, default=str)
        lines += [BLANK, *(((f" {safe(row)}", "plain"),) for row in text.split("\n"))]
    return lines


def request_text(request: Mapping[str, Any]) -> str:
    """As JSON, to be copied; its key is hidden."""
    return json.dumps(request, indent=2, ensure_ascii=False, default=str)


def _shortened(value: Any, files: Mapping[str, str]) -> Any:
    """The same with long texts cut, which are files as data URLs as a rule."""
    if isinstance(value, Mapping):
        return {name: _shortened(part, files) for name, part in value.items()}
    if isinstance(value, list):
        return [_shortened(part, files) for part in value]
    if not isinstance(value, str):
        return value
    for stand_in, said in files.items():
        if stand_in in value:
            return f"({said}) {value[:40]}…"
    is_data = value.startswith("data:") and len(value) > 80
    if len(value) <= _LONGEST and not is_data:
        return value
    return f"{value[: 40 if is_data else _LONGEST]}… ({len(value):,} characters)"


def job_lines(job: Job, elapsed_s: float, steps: Steps = (), units: Units = NO_UNITS) -> list[Line]:
    """How a run stands: its state, its way there, how far it is, what went wrong, what it took."""
    head: list[Line] = [
        (
            (job.state.value, _ROLES.get(job.state, "accent")),
            (f"  {elapsed_s:.1f} s" if job.state.is_final else f"  {elapsed_s:.0f} s", "plain"),
            (f"  {safe(job.detail)}" if job.detail else "", "muted"),
        )
    ]
    if way := _way(job, elapsed_s, steps):
        head.append(((way, "muted"),))
    if job.progress is not None and not job.state.is_final:
        head.append(_bar(job.progress))
    if job.state is JobState.UNCERTAIN:
        head.append((("It may have arrived, and may be billed. It is not sent again.", "bad"),))
    if job.error:
        head.append(((safe(job.error), "bad"),))
    if job.hint:
        head.append(((safe(job.hint), "plain"),))
    if job.state is JobState.UNCERTAIN:
        head.append(((f"`modeltui jobs show {safe(job.id[:8])}` tells what is known of it", "muted"),))
    if job.state is JobState.SUCCEEDED:
        head.append((("cost  ", "muted"), (safe(price_text(job.cost, units, nothing="not known")), "plain")))
    return head


def _way(job: Job, elapsed_s: float, steps: Steps) -> str:
    """`submitting 0.8 s · polling 12.3 s (asked 4 times) · downloading 0.1 s`."""
    parts: list[str] = []
    for at, (state, start) in enumerate(steps):
        if state.is_final:
            continue
        end = steps[at + 1][1] if at + 1 < len(steps) else elapsed_s
        asked = f" (asked {job.polls} times)" if state is JobState.POLLING and job.polls > 1 else ""
        word = "waiting" if state is JobState.QUEUED and at else state.value
        parts.append(f"{word} {max(end - start, 0):.1f} s{asked}")
    return " · ".join(parts)


def _bar(progress: float) -> Line:
    done = round(max(0.0, min(progress, 1.0)) * _BAR)
    return (("█" * done, "accent"), ("░" * (_BAR - done), "muted"), (f" {progress:.0%}", "muted"))


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def stand_ins(files: Mapping[str, Sequence[ChosenFile]]) -> dict[str, str]:
    """What to say in a request in place of what stands for each file."""
    found = (each for chosen in files.values() for each in chosen)
    return {each.stand_in: f"{safe(os.path.basename(each.path))}, {size_text(each.size)}" for each in found}


def file_lines(files: Mapping[str, Sequence[ChosenFile]]) -> dict[str, list[Line]]:
    """What the files that were chosen are, by input; of those that can be taken."""
    return {
        name: [
            ((safe(", ".join(filter(None, (each.media_type, each.facts, size_text(each.size))))), "muted"),)
            for each in chosen
            if not each.problem
        ]
        for name, chosen in files.items()
    }
