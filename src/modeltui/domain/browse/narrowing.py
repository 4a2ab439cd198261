"""Changing the text of a query by values of a field: only these, or none of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from modeltui.domain.query import parse_query
from modeltui.domain.query.terms import Comparison, OneOf, Switch, Term

Wanted: TypeAlias = str | None
"""A value as a person reads it; None for the models that have none."""

_BARE: Final = re.compile(r"[A-Za-z0-9_+./@-][A-Za-z0-9_+./@:-]*")


def words_of(value: Any) -> tuple[str, ...]:
    """The values that a query can name of what a field holds: of a list each, of a table each key that is on."""
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(word for item in value for word in words_of(item)))
    if isinstance(value, Mapping):
        return tuple(key for key, item in value.items() if item is not False)
    return () if value is None else (_word(value),)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def quoted(value: str) -> str:
    """A value as a query takes it literally."""
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def chosen(query: str, field: str) -> frozenset[str]:
    """The folded values that a query wants of a field. Raises QueryError."""
    return _named(parse_query(query).terms, field, is_negated=False)


def excluded(query: str, field: str) -> frozenset[str]:
    """The folded values that a query leaves out. Raises QueryError."""
    return _named(parse_query(query).terms, field, is_negated=True)


def wants_none(query: str, field: str) -> bool:
    """Whether a query wants the models that have no value of a field. Raises QueryError."""
    return any(term.is_negated and _is_any(term, field) for term in parse_query(query).terms)


def without(query: str, *fields: str) -> str:
    """A query with nothing in it that chooses values of these fields. Raises QueryError."""
    return _text(term for term in parse_query(query).terms if not any(_chooses(term, field) for field in fields))


def choosing(query: str, field: str, values: Sequence[Wanted]) -> str:
    """A query that wants these values of a field and no others; without any, whatever it has. Raises QueryError."""
    if not values:
        return without(query, field)
    said = ",".join(quoted(value) for value in values if value is not None)
    return _with(parse_query(query).terms, field, f"{field}:{said}" if said else f"-{field}:*", is_negated=False)


def excluding(query: str, field: str, values: Sequence[Wanted]) -> str:
    """A query that leaves these values of a field out, and none besides. Raises QueryError."""
    terms = parse_query(query).terms
    if None in values:
        return _with(terms, field, f"{field}:*", is_negated=False)
    if not values:
        return _text(term for term in terms if not _names(term, field, is_negated=True))
    said = ",".join(quoted(value) for value in values if value is not None)
    return _with(terms, field, f"-{field}:{said}", is_negated=True)


def with_terms(query: str, *terms: str) -> str:
    """A query with more terms at its end; those that it has already are not added again. Raises QueryError."""
    has = {_source(term) for term in parse_query(query).terms}
    return " ".join(filter(None, [query.strip(), *(term for term in dict.fromkeys(terms) if term not in has)]))


def _with(terms: Sequence[Term], field: str, said: str, *, is_negated: bool) -> str:
    """The terms with `said` in place of the first of those that it replaces, else at the end."""
    parts: list[str] = []
    is_in = False
    for term in terms:
        replaced = _names(term, field, is_negated=True) if is_negated else _chooses(term, field)
        if not replaced:
            parts.append(_source(term))
        elif not is_in:
            parts.append(said)
            is_in = True
    return " ".join(parts if is_in else [*parts, said])


def _named(terms: Iterable[Term], field: str, *, is_negated: bool) -> frozenset[str]:
    found: set[str] = set()
    for term in terms:
        if _names(term, field, is_negated=is_negated):
            if isinstance(term.test, Switch):
                found |= {"yes" if state else "no" for state in term.test.states}
            elif isinstance(term.test, OneOf):
                found |= {token for token in term.test.wanted if isinstance(token, str)}
    return frozenset(found)


def _chooses(term: Term, field: str) -> bool:
    """Whether a term is one that choosing values of a field replaces."""
    if not isinstance(term.test, OneOf | Switch | Comparison) or term.test.field.name != field:
        return False
    return not term.is_negated or _is_any(term, field)


def _names(term: Term, field: str, *, is_negated: bool) -> bool:
    if term.is_negated is not is_negated or _is_any(term, field):
        return False
    return isinstance(term.test, OneOf | Switch) and term.test.field.name == field


def _is_any(term: Term, field: str) -> bool:
    return isinstance(term.test, OneOf) and term.test.field.name == field and term.source.endswith(":*")


def _text(terms: Iterable[Term]) -> str:
    return " ".join(map(_source, terms))


def _source(term: Term) -> str:
    return f"-{term.source}" if term.is_negated else term.source
