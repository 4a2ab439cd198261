"""Sorts a catalogue once by each usual column, and the same keys bare: `python -m benchmarks.sorting CATALOG [first]`.

What sorts need is gathered before, by the function that the console has run in the background once its first table is
painted; with `first` nothing is. Prints milliseconds as JSON: `{"name": [ours, bare], …}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from benchmarks.measure import call_ms
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.domain.browse.sort import natural
from modeltui.domain.browse.views import shown_columns
from modeltui.domain.model import Model

_LIFE: Final = ("active", "beta", "alpha", "experimental", "deprecated")


def _text(name: str) -> Callable[[Model], Any]:
    return lambda model: natural(getattr(model, name) or "")


KEYS: Final[Mapping[str, Callable[[Model], Any]]] = {
    "name": _text("name"),
    "key": _text("key"),
    "model_id": _text("model_id"),
    "provider": _text("provider"),
    "type": _text("content_type"),
    "cost": lambda model: model.base_cost or Decimal(0),
    "time": lambda model: model.estimated_seconds or 0.0,
    "status": lambda model: _LIFE.index(model.status or "active"),
    "category": _text("category"),
    "version": _text("version"),
    "order": lambda model: model.order or 0,
    "verified": lambda model: model.verified_on,
}
"""What each column is sorted by: text with its digits as numbers, as the console promises."""


def times(catalog: str, *, is_first: bool = False) -> dict[str, list[float]]:
    """By column: milliseconds of a sort by it, and of `sorted` with keys that are made already."""
    service = open_workspace(load_settings(catalog)).catalog
    if not is_first:
        service.prepare(column.id for column in shown_columns((), service.snapshot().shown))
    rows = service.select("")
    found: dict[str, list[float]] = {}
    for name, key_of in KEYS.items():
        keys = [key_of(row) for row in rows]
        bare = call_ms(lambda keys=keys: sorted(range(len(rows)), key=keys.__getitem__))  # type: ignore[misc]
        del keys
        found[name] = [call_ms(lambda name=name: service.select("", sort=name)), bare]  # type: ignore[misc]
    return found


if __name__ == "__main__":
    print(json.dumps(times(sys.argv[1], is_first=sys.argv[2:] == ["first"])))
