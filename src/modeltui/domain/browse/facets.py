"""What the rows of a filter have in common: how many have which value of a field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.browse.narrowing import Wanted, chosen, excluded, wants_none, words_of
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import parse_query
from modeltui.domain.query.fields import Field
from modeltui.domain.statistics import costs_of

FIELDS: Final = ("provider", "type", "status", "active", "lock", "group", "category", "tag", "pending", "cost")
"""The fields whose values are counted without being asked for."""
RANGES: Final = "cost"
"""The field that is counted by ranges."""
_MOST_VALUES: Final = 100


class FacetValue(Struct, frozen=True):
    label: str
    count: int
    value: Wanted = None
    terms: tuple[str, ...] = ()
    """Of a range: what a query says for it."""
    is_chosen: bool = False
    is_excluded: bool = False


class Facet(Struct, frozen=True):
    field: str
    values: tuple[FacetValue, ...]
    """The most frequent first; ranges in their order."""
    more: int = 0
    """How many values are left out."""


def facet_of(field: Field, rows: Iterable[Model], catalog: Catalog, plan: Plan, query: str) -> Facet:
    """The values of a field among `rows`, as they stand in `query`. Raises QueryError."""
    counts = _counts(field.value_of(model, catalog, plan) for model in rows)
    wanted, unwanted = chosen(query, field.name), excluded(query, field.name)
    is_none_wanted = wants_none(query, field.name)
    held = {value.casefold() for value in counts if value is not None}
    for gone in (wanted | unwanted) - held:
        counts[gone] = 0
    values = [
        FacetValue(
            "none" if value is None else value,
            count,
            value,
            is_chosen=is_none_wanted if value is None else value.casefold() in wanted,
            is_excluded=value is not None and value.casefold() in unwanted,
        )
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
    ]
    return Facet(field.name, tuple(values[:_MOST_VALUES]), max(0, len(values) - _MOST_VALUES))


def _counts(values: Iterable[Any]) -> Counter[Wanted]:
    """How often each word stands in values. Values that are equal are put into words once."""
    alike: Counter[tuple[type, Any]] = Counter()
    counts: Counter[Wanted] = Counter()
    for value in values:
        try:
            alike[type(value), value] += 1
        except TypeError:
            counts.update(words_of(value) or (None,))
    for (_, value), count in alike.items():
        for word in words_of(value) or (None,):
            counts[word] += count
    return counts


def ranges_of(rows: Sequence[Model], query: str) -> Facet:
    """The base costs of `rows` in ranges, by currency. Raises QueryError."""
    has = {term.source for term in parse_query(query).terms if not term.is_negated}
    values = [
        FacetValue(
            f"{each.label} {costs.currency}",
            each.count,
            each.query,
            terms=_terms(each.query),
            is_chosen=set(_terms(each.query)) <= has,
        )
        for costs in costs_of(rows)
        for each in costs.bins
        if each.count
    ]
    return Facet(RANGES, tuple(values))


def _terms(query: str) -> tuple[str, ...]:
    return tuple(term.source for term in parse_query(query).terms)
