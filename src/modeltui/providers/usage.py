"""The tokens that an answer says it took, and what they cost by the file's own prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.call import Cost
from modeltui.domain.document import Document
from modeltui.domain.pricing.cost import CostSpec, document_cost
from modeltui.domain.pricing.tokens import PARENTS, apart
from modeltui.domain.reading import Table, whole
from modeltui.errors import InvalidValueError, ProviderError
from modeltui.providers.expression import compiled, search

_MOST: Final = 10**12
"""Tokens; no answer took more."""


class Usage(Struct, frozen=True):
    """`[result.usage]`, made ready."""

    places: Mapping[str, str]
    """A JMESPath for each class of tokens."""
    apart: frozenset[str]
    """Classes that the provider does not count among `input` or `output`."""
    prices: CostSpec

    def cost(self, answer: Any) -> Cost | None:
        """What the run took; None where the answer tells no tokens. Never raises: a job is not lost over its price."""
        found = {name: count for name, place in self.places.items() if (count := _count(place, answer)) is not None}
        return self.prices.of_usage(apart(found, self.apart))


def usage_of(document: Document) -> Usage | None:
    """None where a file does not say where, or has no prices. Raises InvalidValueError naming what cannot be used."""
    result = whole(document).table("result")
    table = None if result is None else result.table("usage")
    spec = None if table is None else document_cost(document)
    if table is None or spec is None or spec.tokens is None:
        return None
    places = {name: _place(table, name) for name in table.values if name != "apart"}
    outside = table.texts("apart")
    for name in (*places, *outside):
        if name not in PARENTS:
            table.refuse(f"must be one of {', '.join(PARENTS)}", name)
    return Usage(places, frozenset(outside), spec)


def _place(table: Table, name: str) -> str:
    text = table.needed_text(name)
    try:
        compiled(text)
    except InvalidValueError as error:
        table.refuse(error.message, name)
    return text


def _count(place: str, answer: Any) -> int | None:
    """A whole number of tokens; None for anything else."""
    try:
        found = search(place, answer)
    except ProviderError:
        return None
    is_count = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _MOST
    return found if is_count else None
