"""Choosing the rows of one catalogue, with what it takes to be quick at the second key press."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan
from modeltui.domain.query.cells import folded, scalars, tokens
from modeltui.domain.query.fields import Field, ValueOf
from modeltui.domain.query.terms import Comparison, OneOf, Query, Switch, Term, Word

Rows = Iterable[int]
"""Positions of models in the catalogue, ascending."""


def select(query: Query, catalog: Catalog, plan: Plan, today: date) -> list[Model]:
    """The models that a query chooses, in the order of keys. For many queries on one catalogue keep an Index."""
    return Index(catalog).select(query, plan, today)


class Index:
    """The texts and values of a catalogue as queries compare them, gathered when first asked for. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._models = tuple(catalog.models.values())
        self._columns: dict[tuple[str, Callable[[Any], Any], ValueOf | None], list[Any]] = {}

    def select(self, query: Query, plan: Plan, today: date, *, within: Sequence[Model] | None = None) -> list[Model]:
        """The models that a query chooses, in the order of keys.

        `within` are rows known to hold all of them: those of a query that this one narrows, chosen with the same plan.
        """
        rows: Rows = range(len(self._models)) if within is None else [self._positions[model.key] for model in within]
        for term in sorted(query.terms, key=_effort):
            rows = self._kept(term, rows, plan, today)
        return [self._models[row] for row in rows]

    def narrows(self, query: Query, previous: Query) -> bool:
        """Whether `query` can only choose among the rows of `previous`, as when a letter was typed."""
        return all(any(self._implies(term, earlier) for term in query.terms) for earlier in previous.terms)

    def _implies(self, term: Term, earlier: Term) -> bool:
        if term.is_negated or earlier.is_negated or term.source == earlier.source:
            return _identity(term) == _identity(earlier)
        if not isinstance(term.test, Word) or not isinstance(earlier.test, Word):
            return False
        return earlier.test.folded in term.test.folded and self._named(earlier.test) is None

    def _kept(self, term: Term, rows: Rows, plan: Plan, today: date) -> Rows:
        test, is_wanted = term.test, not term.is_negated
        if isinstance(test, Word):
            return self._with_word(test, rows, is_wanted)
        if isinstance(test, Switch):
            column, states = self._column(test.field, bool, plan), test.states
            return [row for row in rows if (column[row] in states) is is_wanted]
        if isinstance(test, OneOf):
            column = self._column(test.field, tokens, plan)
            return [row for row in rows if test.accepts(column[row]) is is_wanted]
        compared_of = None if test.is_as_written else test.field.compared_of
        column, accepts = self._column(test.field, scalars, plan, compared_of), test.predicate(today)
        return [row for row in rows if accepts(column[row]) is is_wanted]

    def _with_word(self, word: Word, rows: Rows, is_wanted: bool) -> Rows:
        if (named := self._named(word)) is not None:
            return [row for row in rows if (row == named) is is_wanted]
        text, haystacks = word.folded, self._haystacks
        if is_wanted:
            return [row for row in rows if text in haystacks[row]]
        return [row for row in rows if text not in haystacks[row]]

    def _named(self, word: Word) -> int | None:
        """The position of the model whose whole key or uid the word is."""
        model = self.catalog.models.get(word.text) or self.catalog.by_uid.get(word.text.casefold())
        return None if model is None else self._positions[model.key]

    def _column(
        self, field: Field, form: Callable[[Any], Any], plan: Plan, value_of: ValueOf | None = None
    ) -> list[Any]:
        """The values of a field, or what takes their place, in a comparable form, one for each model."""
        name, read = (field.name, form, value_of), value_of or field.value_of
        column = None if field.is_of_plan else self._columns.get(name)
        if column is None:
            column = [form(read(model, self.catalog, plan)) for model in self._models]
            if not field.is_of_plan:
                self._columns[name] = column
        return column

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {model.key: row for row, model in enumerate(self._models)}

    @cached_property
    def _haystacks(self) -> list[str]:
        return [_haystack(model) for model in self._models]


def _haystack(model: Model) -> str:
    """The texts that a word is looked for in, a line each, so that it is found in one of them and never across two."""
    parts = (model.key, model.uid, model.model_id, model.name, model.provider, model.family, *model.tags)
    return "\n".join([folded(part) for part in parts if part])


def _identity(term: Term) -> tuple[str, bool, bool]:
    """The same for terms that choose the same rows: a currency elsewhere in the query changes what a cost means."""
    return term.source, term.is_negated, isinstance(term.test, Comparison) and term.test.is_as_written


def _effort(term: Term) -> int:
    """Plain words first: they are cheapest and leave few rows."""
    kinds = (Word, Switch, OneOf, Comparison)
    return kinds.index(type(term.test))
