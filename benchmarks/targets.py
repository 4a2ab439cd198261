"""The targets, as they were set: data that no result ever changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Unit: TypeAlias = Literal["ms", "bytes", "MB", "ticks"]

FRAME_MS: Final = 16.7
"""One frame of a screen that is drawn sixty times a second."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure may be at most: `times` the floor plus `plus`, and never more than `most`."""

    name: str
    work: str
    floor: str
    times: float | None = None
    plus: float = 0.0
    most: float | None = None
    unit: Unit = "ms"

    def limit(self, floor: float | None) -> float | None:
        """The most that holds beside this floor; None where that needs a floor and there is none."""
        limits = [] if self.most is None else [self.most]
        if self.times is not None:
            if floor is None:
                return None
            limits.append(self.times * floor + self.plus)
        return min(limits)

    @property
    def said(self) -> str:
        """The target in words of the table."""
        parts = [] if self.times is None else [f"≤ {self.times:g} ×"]
        if self.plus:
            parts[-1] += f" + {self.plus:g} {self.unit}"
        if self.most is not None:
            parts.append(f"≤ {self.most:g} {self.unit}" if self.most else f"0 {self.unit}")
        return " and ".join(parts)


_PARSE = "bare Python: scandir, read, `tomli.loads` of the same files"
_STATS = "bare Python: scandir and stat of the same files"
_BARE = "minimal Textual app, stock DataTable, the same rows"
_STOCK = "stock Textual output, the same screen (`--no-lowband`)"
_VIM = "vim, the same text, `cursorline`"
_VISIDATA = "VisiData, the same rows"
_STAGE = "write all to a stage, one syncfs, rename each"

_ALL: Final = (
    Target("list-warm", "`list` of {count} files, warm cache, whole process", _PARSE, 0.40),
    Target("list-cold", "the same without cache, checked against the schema", _PARSE, 2.0),
    Target("list-sample", "`list` of the sample catalogue, whole process", '`python -c "import tomli, json"`', 5),
    Target("start-sample", "console, sample catalogue: start to the first full table", _BARE, 1.25),
    Target("start-many", "console, {count} models, warm: start to the first full table", _BARE, 0.8),
    Target("open-warm", "`open_catalog` of {count} models, warm cache, in one process", _STATS, 1.5),
    Target("refresh", "`refresh` of {count} models, where nothing changed", _STATS, 1.25),
    Target(
        "filter", "filter key to painted frame at {many} models, p95", "`needle in text` over them", 3, plus=FRAME_MS
    ),
    Target("sort", "sort {many} models by a column, the worst of them", "`sorted` on the same keys", 2),
    Target("apply-many", "disable {count} models and apply, whole processes, no git", _STAGE, 2.5),
    Target("apply-git", "the same in a git work tree", "that, and `git fast-import` of the same files", 2.5),
    Target("apply-one", "apply of one change, no git, whole process", "start Python, the same number of syncs", 4),
    Target(
        "memory",
        "what {many} models add to the console's memory",
        "the summary columns as Python lists",
        2.5,
        unit="MB",
    ),
    Target("memory-whole", "the console's whole memory with {many} models", "–", most=400, unit="MB"),
    Target("cursor-hidden", "bytes per cursor key, 120 × 40, preview hidden", _VIM, 1.3, unit="bytes"),
    Target("cursor-shown", "the same, preview shown", _VIM, 3, unit="bytes"),
    Target("scroll-hidden", "bytes per scroll of one row, preview hidden", _VISIDATA, 0.5, unit="bytes"),
    Target("scroll-shown", "the same, preview shown", _VISIDATA, 3, unit="bytes"),
    Target("letter", "bytes per letter in the filter that changes no row", "–", most=300, unit="bytes"),
    Target("start-bytes", "bytes of the start", _STOCK, 0.2, unit="bytes"),
    Target("palette-bytes", "bytes of opening the palette", _STOCK, 0.2, unit="bytes"),
    Target("idle-bytes", "bytes while idle", "–", most=0, unit="bytes"),
    Target("idle-ticks", "processor time while idle", "–", most=0, unit="ticks"),
    Target("idle-filter-bytes", "bytes while idle, filter focused", "–", most=0, unit="bytes"),
    Target("idle-filter-ticks", "processor time while idle, filter focused", "–", most=0, unit="ticks"),
    Target(
        "dry-run", "`run --dry-run --jsonl` of {count} lines, whole process", "`json.loads`, `json.dumps` of them", 25
    ),
)

TARGETS: Final[Mapping[str, Target]] = MappingProxyType({target.name: target for target in _ALL})
