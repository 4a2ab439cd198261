"""What may stand at the cursor of a query: a field, or a value of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from modeltui.domain.browse.narrowing import quoted, words_of
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import get, parse_field
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import Field, Kind, all_fields, field_named
from modeltui.errors import UsageError

MOST: Final = 30
"""Candidates that are offered."""
_TERM: Final = re.compile(r'-?(?:[^\s"]|"(?:[^"\\]|\\.)*"?)*')
_NAME: Final = re.compile(r'[A-Za-z_][\w-]*(?:\.(?:[\w-]+|"[^"]*"))*\.?')
_LAST: Final = re.compile(r'(?:.*,)?("?)((?:[^",]|\\.)*)', re.DOTALL)


class Fragment(Struct, frozen=True):
    """The part of a query that is being typed."""

    start: int
    end: int
    """Where it stands, in characters."""
    typed: str
    """What is there up to the cursor, without a quote before it."""
    field: Field | None = None
    """The field whose value it is; None where a field is typed."""
    rest: str = ""
    """The query without the term that it belongs to."""


class Candidate(Struct, frozen=True):
    text: str
    """What takes the place of the fragment."""
    note: str
    """How many models have it, or what kind of field it is."""


class Completion(Struct, frozen=True):
    query: str
    position: int
    """What it was made for."""
    start: int = 0
    end: int = 0
    """What a candidate takes the place of."""
    candidates: tuple[Candidate, ...] = ()


def fragment_at(query: str, position: int) -> Fragment | None:
    """What is typed at `position` of a query; None where nothing can be completed, as in a pattern."""
    for match in _TERM.finditer(query):
        if match.end() >= position and match.end() > match.start():
            break
    else:
        return None
    if match.start() > position:
        return None
    start = match.start() + query[match.start() : match.end()].startswith("-")
    before = query[start:position] if position >= start else ""
    rest = f"{query[: match.start()].rstrip()} {query[match.end() :].lstrip()}".strip()
    name = _NAME.match(before)
    if name is None:
        return None
    if name.end() == len(before):
        return Fragment(start, match.end(), before, None, rest)
    if before[name.end()] != ":" or before[name.end() + 1 : name.end() + 2] == "~":
        return None
    return _of_value(name[0], before, start, match.end(), rest)


def _of_value(name: str, before: str, start: int, end: int, rest: str) -> Fragment | None:
    try:
        field = field_named(name)
    except UsageError:
        return None
    last = _LAST.fullmatch(before, len(name) + 1)
    if field is None or last is None:
        return None
    return Fragment(start + last.start(1), end, last[2], field, rest)


def fields_for(typed: str, catalog: Catalog) -> list[Candidate]:
    """The fields that begin with what is typed, with the sign that most queries have after them."""
    table, dot, part = typed.rpartition(".")
    if dot:
        return [
            Candidate(f"{table}.{name}:", f"{count}") for name, count in _below(table, catalog) if name.startswith(part)
        ][:MOST]
    found = [field for field in all_fields() if field.name.startswith(typed)]
    return [
        Candidate(f"{field.name}{sign}", field.kind.value)
        for field in found
        for sign in ((":",) if field.kind in (Kind.TEXT, Kind.SWITCH, Kind.ANY) else ("<", ">", ":"))
    ][:MOST]


def _below(table: str, catalog: Catalog) -> list[tuple[str, int]]:
    """The keys of a table in the files, with how many files have each."""
    try:
        path = parse_field(table)
    except UsageError:
        return []
    counts: Counter[str] = Counter()
    for document in catalog.documents.values():
        value = get(document, path)
        if isinstance(value, dict):
            counts.update(list(value))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def values_for(field: Field, typed: str, rows: Iterable[Model], catalog: Catalog, plan: Plan) -> list[Candidate]:
    """The values of a field among `rows` that begin with what is typed, then those that hold it."""
    counts: Counter[str] = Counter()
    for model in rows:
        counts.update(words_of(field.value_of(model, catalog, plan)))
    folded = typed.casefold()
    found = [(value, count) for value, count in counts.items() if folded in value.casefold()]
    found.sort(key=lambda item: (not item[0].casefold().startswith(folded), -item[1], item[0]))
    return [Candidate(quoted(value), str(count)) for value, count in found[:MOST]]
