"""Choosing the rows of one catalogue, with what it takes to be quick at the second key press."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import compress, repeat
from operator import attrgetter, contains
from threading import Lock
from typing import Any, Final, overload

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.cells import folded, scalars, tokens
from modeltui.domain.query.fields import OF_MODEL, Field, ValueOf, read_all
from modeltui.domain.query.terms import Age, Comparison, OneOf, Query, Switch, Term, Word

Rows = Sequence[int]
"""Positions of models in the catalogue, ascending."""

_MOST_CHOSEN: Final = 12
"""Queries whose rows are remembered: enough to go back as many letters."""

_key_of: Callable[[Model], str] = attrgetter("key")


def select(query: Query, catalog: Catalog, plan: Plan, today: date) -> list[Model]:
    """The models that a query chooses, in the order of keys. For many queries on one catalogue keep an Index."""
    return Index(catalog).select(query, plan, today)


class _Chosen(Struct, frozen=True):
    """Rows that were chosen before."""

    query: Query
    plan: Plan
    rows: Rows


class Picked(Sequence[Model]):
    """The models at some positions: a screen shows forty, and a list of 100,000 takes as long as to find them."""

    def __init__(self, models: Sequence[Model], rows: Rows) -> None:
        self._models = models
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Model]:
        models = self._models
        return (models[row] for row in self._rows)  # half the time of `map` with a method

    @overload
    def __getitem__(self, at: int) -> Model: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Model]: ...
    def __getitem__(self, at: int | slice) -> Model | Sequence[Model]:
        if isinstance(at, slice):
            return Picked(self._models, self._rows[at])
        return self._models[self._rows[at]]


class Index:
    """The texts and values of a catalogue as queries compare them, gathered when first asked for. Thread-safe."""

    def __init__(self, catalog: Catalog, before: Index | None = None) -> None:
        """`before`: of an earlier state, from which is taken over what still holds."""
        self.catalog = catalog
        self.models: Sequence[Model] = tuple(catalog.models.values())
        self._columns: dict[tuple[str, Callable[[Any], Any], ValueOf | None], list[Any]] = {}
        self._haystacks: list[str] | None = None
        self._chosen: list[_Chosen] = []
        self._guard = Lock()
        if before is not None:
            self._take_over(before)

    def _take_over(self, before: Index) -> None:
        """A row is the same object as long as its file says the same, and so are its texts."""
        if before.catalog.models is self.catalog.models:
            self.models, self._haystacks = before.models, before._haystacks
            columns = before._columns.copy()
            self._columns = {name: columns[name] for name in columns if name[0] in OF_MODEL and name[2] is None}
        elif before._haystacks is not None:
            known = dict(zip(map(id, before.models), before._haystacks, strict=True))
            self._haystacks = [known.get(id(model)) or _haystack(model) for model in self.models]

    def select(self, query: Query, plan: Plan, today: date) -> list[Model]:
        """The models that a query chooses, in the order of keys."""
        return self.models_at(self.rows(query, plan, today))

    def models_at(self, rows: Iterable[int]) -> list[Model]:
        """The models at these positions, in this order."""
        if rows == range(len(self.models)):
            return list(self.models)
        models = self.models
        return [models[row] for row in rows]

    def picked(self, rows: Rows) -> Sequence[Model]:
        """The same, each looked up when it is asked for."""
        return self.models if rows == range(len(self.models)) else Picked(self.models, rows)

    def rows(self, query: Query, plan: Plan, today: date) -> Rows:
        """The positions of the models that a query chooses: looked for among those of one that this one narrows."""
        rows = self._rows_to_begin_with(query, plan)
        if isinstance(rows, _Chosen):
            return rows.rows
        for term in sorted(query.terms, key=_effort):
            rows = self._kept(term, rows, plan, today)
        if query.terms and not any(map(_passes, query.terms)):
            self._chosen = [_Chosen(query, plan, rows), *self._chosen[: _MOST_CHOSEN - 1]]
        return rows

    def _rows_to_begin_with(self, query: Query, plan: Plan) -> Rows | _Chosen:
        """The fewest that are known to hold all; a _Chosen where they are the very rows."""
        fewest: Rows = range(len(self.models))
        for chosen in self._chosen:
            if chosen.plan is not plan or len(chosen.rows) > len(fewest) or not self.narrows(query, chosen.query):
                continue
            if self.narrows(chosen.query, query):
                return chosen
            fewest = chosen.rows
        return fewest

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
        text, haystacks = word.folded, self.haystacks()
        if is_wanted and len(rows) == len(haystacks):
            found = list(compress(range(len(haystacks)), map(contains, haystacks, repeat(text))))
            return found if len(found) < len(haystacks) else range(len(haystacks))
        if is_wanted:
            return [row for row in rows if text in haystacks[row]]
        return [row for row in rows if text not in haystacks[row]]

    def _named(self, word: Word) -> int | None:
        """The position of the model whose whole key or uid the word is."""
        model = self.catalog.models.get(word.text) or self.catalog.by_uid.get(word.text.casefold())
        if model is None:
            return None
        at = bisect_left(self.models, model.key, key=_key_of)
        is_there = at < len(self.models) and self.models[at] is model
        return at if is_there else next(row for row, each in enumerate(self.models) if each.key == model.key)

    def _column(
        self, field: Field, form: Callable[[Any], Any], plan: Plan, value_of: ValueOf | None = None
    ) -> list[Any]:
        """The values of a field, or what takes their place, in a comparable form, one for each model."""
        name, read = (field.name, form, value_of), value_of or field.value_of
        column = None if field.is_of_plan else self._columns.get(name)
        if column is None:
            column = list(map(form, read_all(read, self.models, self.catalog, plan)))
            if not field.is_of_plan:
                self._columns[name] = column
        return column

    def haystacks(self) -> list[str]:
        """The text of each model that words are looked for in."""
        with self._guard:
            if self._haystacks is None:
                self._haystacks = [_haystack(model) for model in self.models]
            return self._haystacks


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


def _passes(term: Term) -> bool:
    """Whether what it chooses changes with the time of day."""
    return isinstance(term.test, Comparison) and isinstance(term.test.operand, Age)
