"""Times in one process over a catalogue: `python -m benchmarks.growing CATALOG` prints `{"filter": ms, "sort": ms}`."""

from __future__ import annotations

import json
import statistics
import sys

from benchmarks.measure import call_ms
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings

_WORDS = ("9731", "58e2", "b71c", "3a44", "e902")
_SORTS = ("name", "cost,name", "-time", "verified", "provider,-cost")


def times(catalog: str) -> dict[str, float]:
    """Medians of filters by words, and of sorts by one and by two keys, none of them done before."""
    service = open_workspace(load_settings(catalog)).catalog
    service.select("model-")
    return {
        "filter": statistics.median(call_ms(lambda word=word: service.select(word)) for word in _WORDS),  # type: ignore[misc]
        "sort": statistics.median(call_ms(lambda sort=sort: service.select("", sort)) for sort in _SORTS),  # type: ignore[misc]
    }


if __name__ == "__main__":
    print(json.dumps(times(sys.argv[1])))
