"""How well a text fits letters that stand in it in the same order, though not side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable

_START = re.compile(r"[^\W_]+", re.UNICODE)


def ranked(wanted: str, texts: Iterable[tuple[str, str]], most: int) -> list[str]:
    """The keys of the best fitting of (key, text), the best first. Case and blanks in `wanted` do not count."""
    letters = "".join(wanted.casefold().split())
    scored = (((fit, len(text), key)) for key, text in texts if (fit := score(letters, text.casefold())) is not None)
    found = sorted(scored, key=lambda each: (-each[0], each[1], each[2]))
    return [key for _, _, key in found[:most]]


def score(letters: str, text: str) -> int | None:
    """How well folded `letters` fit a folded `text`; None where they are not in it. Greater is better.

    Letters side by side and letters at the start of a word count for it, gaps against it.
    """
    end = 0
    for letter in letters:
        end = text.find(letter, end) + 1
        if not end:
            return None
    whole = text.find(letters)
    places = range(whole, whole + len(letters)) if whole >= 0 else _places(letters, text, end)
    starts = {match.start() for match in _START.finditer(text)}
    points, before = 0, -2
    for place in places:
        points += 16 if place == before + 1 else 0
        points += 12 if place in starts else 0
        points -= min(place - before - 1, 8) if before >= 0 else 0
        before = place
    return points


def _places(letters: str, text: str, end: int) -> list[int]:
    """Where the letters stand that end before `end`, each as far to the right as can be: the shortest stretch."""
    places = []
    for letter in reversed(letters):
        end = text.rfind(letter, 0, end)
        places.append(end)
    return places[::-1]
