"""A kept job on a line and in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.json_text import json_pretty
from modeltui.domain.money import amount_text
from modeltui.domain.price import cost_text
from modeltui.domain.run_values import age_text, seconds_text
from modeltui.domain.text import cut as ends_of
from modeltui.domain.text import safe
from modeltui.domain.units import NO_UNITS, Units
from modeltui.tui.present.line import BLANK, Line, Piece, Role, cut, fit, folded, width_of, wrapped
from modeltui.tui.present.run import price_text, request_lines, size_text

_LOOKS: Final[Mapping[JobState, tuple[str, Role]]] = {
    JobState.QUEUED: ("·", "muted"),
    JobState.PREPARING: ("↑", "accent"),
    JobState.SUBMITTING: ("↑", "accent"),
    JobState.POLLING: ("»", "accent"),
    JobState.DOWNLOADING: ("↓", "accent"),
    JobState.SUCCEEDED: ("✓", "good"),
    JobState.FAILED: ("x", "bad"),
    JobState.CANCELLED: ("–", "warn"),
    JobState.UNCERTAIN: ("?", "bad"),
}
_INTERRUPTED: Final[Piece] = ("!", "warn")
_STATE: Final = 11
_LEAST_NAME, _LONGEST_NAME = 14, 36
_TIME, _COST, _WHO, _AGE, _PROVIDER = 6, 8, 8, 4, 13
_WITH_WHO, _WITH_PROVIDER = 64, 84
"""Cells from which there is room for them."""
_LABEL: Final = 10
_LONGEST: Final = 2_000
_LONGEST_ID: Final = 100


def state_piece(kept: KeptJob) -> Piece:
    """Sign and word, so that no meaning is in the colour alone. What waits in a batch is queued, not interrupted."""
    job, is_interrupted = kept.job, _is_left(kept)
    sign, role = _INTERRUPTED if is_interrupted else _LOOKS[job.state]
    if job.is_fetchable:
        return f"{sign} fetchable", role
    return f"{sign} {'interrupted' if is_interrupted else job.state.value}", role


def _is_left(kept: KeptJob) -> bool:
    return kept.is_interrupted and not kept.waits_in_batch


def elapsed_of(kept: KeptJob, now: datetime) -> float:
    """Seconds; of one that somebody is at work on, until now."""
    job = kept.job
    has_begun = job.state is not JobState.QUEUED or job.elapsed_s > 0
    is_going = kept.is_followed and not job.state.is_final and has_begun
    return max((now - job.started_at).total_seconds(), job.elapsed_s) if is_going else job.elapsed_s


def money_text(job: Job) -> str:
    """What was reported; what is only estimated, with a `~`."""
    if job.cost is None:
        return ""
    return f"{'' if job.reported else '~'}{amount_text(job.cost.amount, job.cost.currency)}"


def job_line(kept: KeptJob, width: int, now: datetime) -> Line:
    """`✓ succeeded  prompt_to_image/x   sandbox   2.1s   ~1   bob   3m`. The last cell is the scrollbar's.

    Where it is narrow the provider goes first, then who, then the folder of the model.
    """
    job = kept.job
    text, role = state_piece(kept)
    seconds = elapsed_of(kept, now)
    tail: Line = (
        (f" {fit(seconds_text(seconds) if seconds else '', _TIME, right=True)}", "plain"),
        (f" {fit(_short_money(job), _COST, right=True)}", "plain" if job.reported else "muted"),
        (f"  {fit(safe(kept.by), _WHO)}" if width >= _WITH_WHO else "", "muted"),
        (f" {fit(age_text(job.started_at, now), _AGE, right=True)} ", "muted"),
    )
    provider = fit(safe(job.provider), _PROVIDER) if width >= _WITH_PROVIDER else ""
    room = width - 1 - (_STATE + 4) - width_of(tail) - len(provider)
    key = safe(job.key)
    share = f" {job.progress:.0%}" if job.progress is not None and not job.state.is_final else ""
    name = key if cell_len(key) + len(share) <= room else key.rpartition("/")[2]
    wanted = max(room, _LEAST_NAME) if not job.error else max(min(room, _LONGEST_NAME), _LEAST_NAME)
    pieces: Line = (
        (f" {fit(text, _STATE + 2)} ", role),
        (fit(f"{name}{share}", wanted), "plain"),
        (provider, "muted"),
        *tail,
    )
    return cut((*pieces, (safe(job.error or ""), "bad")), width - 1)


def _short_money(job: Job) -> str:
    if job.cost is None:
        return ""
    return f"{'' if job.reported else '~'}{cost_text(job.cost.amount, job.cost.currency)}"


def job_counts(jobs: Sequence[KeptJob], *, is_cut: bool) -> Line:
    """`2 running, 1 interrupted, 1 uncertain; 40 shown, + brings more`."""
    counts = {
        "running": sum(not kept.job.state.is_final and kept.is_followed for kept in jobs),
        "interrupted": sum(map(_is_left, jobs)),
        "failed": sum(kept.job.state is JobState.FAILED for kept in jobs),
        "uncertain": sum(kept.job.state is JobState.UNCERTAIN for kept in jobs),
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    shown = f"{len(jobs):,} {'job' if len(jobs) == 1 else 'jobs'}"
    more = ", + brings more" if is_cut else ""
    return ((f" {shown}{': ' if parts else ''}{', '.join(parts)}{more}", "muted"),)


def _fact(name: str, value: object, role: Role = "plain") -> Line:
    return ((f"{name:<{_LABEL}}", "muted"), (safe(value), role))


def _folded(fact: Line, width: int) -> list[Line]:
    """What does not fit beside its name goes on below it: a path or an id is of use only whole."""
    (name, muted), (text, role) = fact
    return [
        ((name if at == 0 else " " * _LABEL, muted), (part, role))
        for at, part in enumerate(folded(text, max(width - _LABEL, 10)))
    ]


def job_details(kept: KeptJob, width: int, now: datetime, units: Units = NO_UNITS) -> list[Line]:
    """All that is kept of it but the answer."""
    job = kept.job
    text, role = state_piece(kept)
    lines: list[Line] = [((text, role), (f"  {seconds_text(elapsed_of(kept, now))}", "plain"))]
    lines += [(("It may have been taken, and billed. It is never sent again by itself.", "bad"),)] * (
        job.state is JobState.UNCERTAIN
    )
    lines += [(("It failed, and can be fetched without paying again: space does.", "warn"),)] * job.is_fetchable
    lines += wrapped([((safe(job.error), "bad"),)], width) if job.error else []
    lines += wrapped([((safe(job.hint), "plain"),)], width) if job.hint else []
    started = job.started_at.astimezone()
    age = age_text(job.started_at, now)
    facts = [
        _fact("model", job.key),
        _fact("provider", job.provider),
        _fact("by", kept.by),
        _fact("started", f"{started:%Y-%m-%d %H:%M:%S}, {age}{'' if age == 'now' else ' ago'}"),
        _fact("estimated", price_text(job.estimate, units)),
        _fact("reported", price_text(job.reported, units, nothing="not told")),
        _fact("job", job.id),
    ]
    theirs = ends_of(job.remote_id or "", _LONGEST_ID)
    more = {"theirs": theirs, "batch": job.batch, "resent as": kept.resent_as, "resent for": kept.resend_of}
    facts += [_fact(name, value) for name, value in more.items() if value]
    lines += [BLANK, *(line for fact in facts for line in _folded(fact, width))]
    lines += [line for block in (_files(job, width), _steps(kept), _inputs(kept, width)) for line in block]
    return [*lines, *_request(kept)]


def _files(job: Job, width: int) -> list[Line]:
    facts: list[Line] = []
    for file in job.files:
        said = ", ".join(filter(None, (file.media_type, file.facts, size_text(file.size))))
        facts += [_fact("file", file.path), _fact("", said, "muted")]
    if job.text:
        facts.append(_fact("text", ends_of(" ".join(job.text.split()), 160)))
    lines = [line for fact in facts for line in _folded(fact, width)]
    return [BLANK, *lines] if lines else []


def _steps(kept: KeptJob) -> list[Line]:
    """Each state with when it began, and for how long it lasted."""
    steps, lines = kept.steps, list[Line]()
    for at, step in enumerate(steps):
        sign, role = _LOOKS[step.state]
        end = steps[at + 1].at if at + 1 < len(steps) else None
        lasted = "" if end is None else seconds_text((end - step.at).total_seconds())
        begun = f"  {step.at.astimezone():%H:%M:%S}  "
        head: Line = ((begun, "muted"), (f"{sign} {step.state.value:<12}", role))
        lines.append((*head, (f"{lasted:>6}", "plain"), (f"  {safe(step.detail)}" if step.detail else "", "muted")))
    return [BLANK, (("steps", "strong"),), *lines] if lines else []


def _inputs(kept: KeptJob, width: int) -> list[Line]:
    lines: list[Line] = []
    for name, value in kept.inputs.items():
        text = value if isinstance(value, str) else json_pretty(value)
        said = ends_of(safe(" ".join(text.split())), _LONGEST)
        first, *rest = wrapped([((said, "plain"),)], max(width - 2, 10))
        lines += [((f"  {safe(name)}", "muted"),), ((f"  {first[0][0]}", "plain"),)]
        lines += [((f"  {each[0][0]}", "plain"),) for each in rest]
    return [BLANK, (("inputs", "strong"),), *lines] if lines else []


def _request(kept: KeptJob) -> list[Line]:
    if kept.request is None:
        return []
    head: Line = (
        ("request  ", "strong"),
        (safe(kept.request.get("method", "")), "accent"),
        (f" {safe(kept.request.get('url', ''))}", "plain"),
    )
    return [BLANK, head, *request_lines(kept.request)]
