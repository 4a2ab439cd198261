"""From one pen to another in the fewest bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from modeltui.tui.lowband.cells import PLAIN, Pen

_OFF: Final[Mapping[str, str]] = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "21": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "51": "54",
    "52": "54",
    "53": "55",
}


@lru_cache(8192)
def transition(before: Pen | None, now: Pen) -> str:
    """The sequence that takes one pen to another; None: nobody knows what is set."""
    if before == now:
        return ""
    if now == PLAIN:
        return "\x1b[m"
    anew = ";".join(["0", *_sorted(now.attributes), *filter(None, (now.fg, now.bg))])
    if before is None or not before.attributes - now.attributes <= _OFF.keys():
        return f"\x1b[{anew}m"
    change = ";".join(_changes(before, now))
    return f"\x1b[{min(change, anew, key=len)}m"


def _changes(before: Pen, now: Pen) -> list[str]:
    off = {_OFF[each] for each in before.attributes - now.attributes}
    kept = {each for each in before.attributes & now.attributes if _OFF.get(each) not in off}
    codes = [*_sorted(off), *_sorted(now.attributes - kept)]
    if before.fg != now.fg:
        codes.append(now.fg or "39")
    if before.bg != now.bg:
        codes.append(now.bg or "49")
    return codes


def _sorted(codes: frozenset[str] | set[str]) -> list[str]:
    return sorted(codes, key=int)
