"""What a stylesheet says, parsed once for all consoles of a test run: each starts with the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_PARSED: dict[tuple[Any, ...], list[RuleSet]] = {}
"""By all that decides what is parsed. One console shares its rules between all widgets, and never changes them."""
_parse = Stylesheet._parse_rules


@contextmanager
def parsed_once() -> Iterator[None]:
    with patch.object(Stylesheet, "_parse_rules", _rules):
        yield


def _rules(self: Stylesheet, css: str, **where: Any) -> list[RuleSet]:
    known = (css, *where.values(), frozenset(self._variables.items()))
    found = _PARSED.get(known)
    if found is None:
        found = _PARSED[known] = _parse(self, css, **where)
    return found
