"""Where a model file names its inputs, saved values and other things that a run fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from modeltui.domain.document import Document, FieldPath, get
from modeltui.domain.pricing.rate import inputs_of
from modeltui.domain.request.placeholder import Reference, references
from modeltui.domain.request.places import PLACES, call_paths, steps_of


class Mention(Struct, frozen=True):
    """An input that is named, and the values that it is compared with."""

    at: FieldPath
    name: str
    values: tuple[Any, ...] = ()
    is_text: bool = False
    """The values stand as keys of a table: `true` and `10` as text."""


class Placed(Struct, frozen=True):
    """A placeholder, and where it stands."""

    at: FieldPath
    reference: Reference


PlacedByCall: TypeAlias = Mapping[FieldPath, Sequence[Placed]]
"""Every placeholder of a file, by its call, in the order of `call_paths`."""


def placeholders(document: Document) -> PlacedByCall:
    """Every placeholder, by call. The file has none that cannot be read: the schema saw to it."""
    return {call: tuple(_of_call(document, call)) for call in call_paths(document)}


def _of_call(document: Document, call: FieldPath) -> Iterator[Placed]:
    table = get(document, call)
    if not isinstance(table, Mapping):
        return
    for name in PLACES:
        if name in table:
            for at, text in _texts(table[name], (*call, name)):
                for reference in references(text):
                    yield Placed(at, reference)


def mentions(document: Document) -> Iterator[Mention]:
    """Every place but placeholders that names an input."""
    yield from mentions_but_of_cost(document)
    yield from mentions_of_cost(document)


def mentions_of_cost(document: Document) -> Iterator[Mention]:
    return _of_cost(document.get("cost", {}))


def mentions_but_of_cost(document: Document) -> Iterator[Mention]:
    yield from _of_inputs(document)
    for position, rule in enumerate(document.get("rules", ())):
        yield from _of_rule(("rules", position), rule)
    for position, step in steps_of(document):
        if "input" in step:
            yield Mention(("before", position, "input"), step["input"])


def _of_inputs(document: Document) -> Iterator[Mention]:
    for name, spec in document.get("inputs", {}).items():
        at = ("inputs", name)
        yield from _conditions((*at, "send_when"), spec.get("send_when", {}))
        for other in spec.get("together_with", ()):
            yield Mention((*at, "together_with"), other)
        for part in ("labels", "map"):
            if values := tuple(spec.get(part, ())):
                yield Mention((*at, part), name, values, is_text=True)


def _of_rule(at: FieldPath, rule: Mapping[str, Any]) -> Iterator[Mention]:
    for part in ("when", "forbid"):
        yield from _conditions((*at, part), rule.get(part, {}))
    for part in ("require", "any_of"):
        for name in rule.get(part, ()):
            yield Mention((*at, part), name)
    for part in ("total", "total_length"):
        if part in rule:
            yield Mention((*at, part), rule[part].partition("[].")[0])
    if isinstance(equals := rule.get("equals"), str):
        yield Mention((*at, "equals"), equals)


def _of_cost(cost: Mapping[str, Any]) -> Iterator[Mention]:
    for part in ("given_only", "times"):
        for name in cost.get(part, ()):
            yield Mention(("cost", part), name)
    for name, factors in cost.get("multipliers", {}).items():
        yield Mention(("cost", "multipliers", name), name, tuple(factors), is_text=True)
    for part in ("table", "rate"):
        yield from _of_prices(("cost", part), cost.get(part, {}))
    rate = cost.get("rate", {})
    for name in inputs_of(str(rate.get("of", ""))):
        yield Mention(("cost", "rate", "of"), name)
    for position, plus in enumerate(cost.get("plus", ())):
        for name in inputs_of(str(plus.get("of", ""))):
            yield Mention(("cost", "plus", position, "of"), name)
    if limit := cost.get("tokens", {}).get("limit"):
        yield Mention(("cost", "tokens", "limit"), limit)
    for name, limits in rate.get("max_by", {}).items():
        yield Mention(("cost", "rate", "max_by", name), name, tuple(limits), is_text=True)


def _of_prices(at: FieldPath, table: Mapping[str, Any]) -> Iterator[Mention]:
    by = table.get("by", [])
    level: list[Any] = [table.get("prices", {})]
    for name in [by] if isinstance(by, str) else by:
        values = dict.fromkeys(key for prices in level if isinstance(prices, Mapping) for key in prices)
        yield Mention((*at, "prices"), name, tuple(values), is_text=True)
        level = [inner for prices in level if isinstance(prices, Mapping) for inner in prices.values()]


def _conditions(at: FieldPath, table: Mapping[str, Any]) -> Iterator[Mention]:
    for name, value in table.items():
        yield Mention((*at, name), name, tuple(value) if isinstance(value, list) else (value,))


def _texts(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*at, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*at, position))
