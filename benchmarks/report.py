"""What is printed and kept: figures beside their targets, as Markdown and as JSON."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Absent, Figure
from benchmarks.targets import TARGETS, Target


@dataclass(frozen=True, slots=True)
class Failed:
    """A case that could not run to its end: a miss."""

    name: str
    why: str


Outcome = Figure | Absent | Failed


def is_kept(target: Target, figure: Figure) -> bool:
    """Whether a figure holds its target."""
    if figure.times is not None and target.times is not None and not target.plus:
        return figure.times <= target.times and (target.most is None or figure.ours <= target.most)
    limit = target.limit(figure.floor)
    return limit is None or figure.ours <= limit


def times_of(figure: Figure) -> float | None:
    """Ours as a multiple of the floor; None where there is none."""
    if figure.times is not None:
        return figure.times
    return figure.ours / figure.floor if figure.floor else None


def missed(outcomes: Sequence[Outcome]) -> list[str]:
    """The names of what is above its target, or could not run to its end."""
    return [
        each.name
        for each in outcomes
        if isinstance(each, Failed) or (isinstance(each, Figure) and not is_kept(TARGETS[each.name], each))
    ]


def table(outcomes: Sequence[Outcome], sizes: Mapping[str, int]) -> str:
    """The outcomes as Markdown, one line each. `sizes` fills the words of the targets."""
    rows = ["| work | floor or peer | ours | floor | ratio | target | |", "|---|---|---:|---:|---:|---:|---|"]
    counts = {name: f"{size:,}" for name, size in sizes.items()}
    for each in outcomes:
        target = TARGETS.get(each.name)
        work = target.work.format_map(counts) if target else each.name
        floor, said = (target.floor, target.said) if target else ("", "")
        match each:
            case Figure() if target:
                note = f" ({each.note})" if each.note else ""
                ratio = f"{times_of(each):.2f} ×" if each.floor and target.times is not None else "–"
                shown = "–" if each.floor is None else amount(each.floor, target.unit)
                verdict = "ok" if is_kept(target, each) else "MISS"
                cells = [work + note, floor, amount(each.ours, target.unit), shown, ratio, said, verdict]
            case Failed():
                cells = [f"{work}: {_one_line(each.why)}", floor, "–", "–", "–", said, "FAILED"]
            case _:
                why = each.why if isinstance(each, Absent) else ""
                cells = [work, floor, "–", "–", "–", said, f"not here: {why}"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def tried(outcomes: Sequence[object]) -> str:
    """What a trial run comes to: what could not run, and what is not here."""
    lines = [f"{each.name}: failed: {each.why}" for each in outcomes if isinstance(each, Failed)]
    lines += [f"{each.name}: not here: {_one_line(each.why)}" for each in outcomes if isinstance(each, Absent)]
    left = len(outcomes) - len(lines)
    return "\n".join([*lines, f"{left} of {len(outcomes)} could be measured; nothing was judged"])


def amount(value: float, unit: str) -> str:
    """A figure with its unit, to three digits or so."""
    if unit in ("bytes", "ticks"):
        return f"{value:,.0f} {unit}"
    return f"{value:,.1f} {unit}" if value < 1000 else f"{value:,.0f} {unit}"


def as_json(outcomes: Sequence[Outcome], sizes: Mapping[str, int]) -> dict[str, Any]:
    """All of it for a program: the machine, and per figure its target, limit and verdict."""
    return {"machine": machine(), "sizes": dict(sizes), "figures": [_entry(each) for each in outcomes]}


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count() or 0}


def machine_said() -> str:
    """The same in a line above a table."""
    said = machine()
    return f"Python {said['python']}, {said['cores']} cores."


def _entry(each: Outcome) -> dict[str, Any]:
    if not isinstance(each, Figure):
        return {"name": each.name, "ok": None if isinstance(each, Absent) else False, "why": each.why}
    target = TARGETS[each.name]
    return {
        "name": each.name,
        "unit": target.unit,
        "ours": each.ours,
        "floor": each.floor,
        "ratio": times_of(each),
        "limit": target.limit(each.floor),
        "ok": is_kept(target, each),
        "note": each.note,
    }


def write_between(page: Path, name: str, text: str) -> None:
    """Replace what stands in a page between the marks of this name. Raises ValueError where it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    old = page.read_text(encoding="utf-8")
    if begin not in old or end not in old:
        raise ValueError(f"{page} has no marks {begin} and {end}")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", old, count=1), encoding="utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:160].replace("|", "/")
