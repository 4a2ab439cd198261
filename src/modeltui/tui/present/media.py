"""What a run made, in lines: the facts of a file, the shape of a sound, a text, the parts of a JSON tree."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, wrapped
from modeltui.tui.present.run import size_text

if TYPE_CHECKING:
    from modeltui.domain.job import ResultFile

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_SILENT: Final = 0.004
_LONGEST_LEAF: Final = 2_000
"""Characters of one text in a tree."""


def kind_of(file: ResultFile) -> str:
    """picture, sound, video, text or other."""
    main = file.media_type.partition("/")[0]
    if file.media_type == "image/svg+xml":
        return "text"
    if main == "text" or file.media_type == "application/json":
        return "text"
    return {"image": "picture", "audio": "sound", "video": "video"}.get(main, "other")


def title_line(file: ResultFile | None, at: int, count: int) -> Line:
    """`2 of 3  result-2.png`."""
    number: Line = ((f"{at + 1} of {count}  ", "accent"),) if count > 1 else ()
    name = safe(os.path.basename(file.path)) if file is not None else "text"
    return (*number, (name, "strong"))


def facts_line(file: ResultFile) -> Line:
    facts = ", ".join(filter(None, (file.media_type, file.facts, size_text(file.size))))
    return ((safe(facts), "muted"),)


def fitted(peaks: Sequence[float], columns: int) -> list[float]:
    """At most so many columns, each the loudest of those that it stands for; fewer ones are repeated."""
    columns, count = max(columns, 1), len(peaks)
    if count == 0:
        return []
    edges = [(column * count // columns, -(-(column + 1) * count // columns)) for column in range(columns)]
    return [max(peaks[start:end]) for start, end in edges]


def wave_lines(peaks: Sequence[float], rows: int) -> list[Line]:
    """A column for each peak, in eighths of a cell, the loudest one up to the top; then how loud that is."""
    loudest = max(peaks, default=0.0)
    if loudest <= _SILENT:
        return [(("silence", "muted"),)]
    steps = [max(round(peak / loudest * rows * 8), 1 if peak > _SILENT else 0) for peak in peaks]
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        text = "".join(_EIGHTHS[min(max(step - row * 8, 0), 8)] for step in steps)
        lines.append(((text, "accent"),))
    return [*lines, ((f"the loudest is {loudest:.0%} of what fits", "muted"),)]


def text_lines(text: str, width: int) -> list[Line]:
    """As it is, without markup, folded at blanks."""
    return wrapped([((safe(row), "plain"),) for row in text.expandtabs(4).splitlines()], max(width, 10))


def parts_of(value: Any) -> list[tuple[str, Any]]:
    """The named or numbered parts of an object or a list; none of what has no parts."""
    if isinstance(value, Mapping):
        return [(str(name), part) for name, part in value.items()]
    if isinstance(value, list):
        return [(str(number), part) for number, part in enumerate(value)]
    return []


def leaf_text(value: Any) -> str:
    """A value on one line; of one with parts, how many."""
    if isinstance(value, Mapping):
        return f"{{{len(value)}}}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= _LONGEST_LEAF else f"{text[:_LONGEST_LEAF]}… ({len(text):,} characters)"
    return safe(json.dumps(short, ensure_ascii=False) if isinstance(value, str) else short)
