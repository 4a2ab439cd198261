"""Fields that make sense only together: a price and its currency, a call and how its answer is read.

A merge never takes one of them from one side and another from the other side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from modeltui.domain.document import FieldPath

_ANY: Final = "*"
"""In the path of a table: any name, or any place of a list."""


class Changed(Struct, frozen=True):
    """A field in which two sides differ, and which of them changed it."""

    path: FieldPath
    by_ours: bool
    by_theirs: bool


class _Bond(Struct, frozen=True):
    table: tuple[str, ...] = ()
    """Where the fields are; empty for the top of the file."""
    only: frozenset[str] = frozenset()
    """Names in the table, with all that is inside them; every name where empty."""
    but: frozenset[str] = frozenset()
    """Names in the table that stand for themselves."""
    leading: frozenset[str] = frozenset()
    """Names of which a change gives the others another meaning. While none of them changes, the others stand for
    themselves; where this is empty, none of them ever does.
    """

    def holds(self, path: FieldPath) -> bool:
        depth = len(self.table)
        if len(path) <= depth or any(
            want not in {_ANY, part} for want, part in zip(self.table, path[:depth], strict=True)
        ):
            return False
        name = path[depth]
        return name not in self.but and (not self.only or name in self.only)

    def leads(self, path: FieldPath) -> bool:
        depth = len(self.table)
        return not self.leading or (len(path) == depth + 1 and path[depth] in self.leading)


def _bond(table: str = "", *, only: str = "", but: str = "", leading: str = "") -> _Bond:
    return _Bond(tuple(table.split()), *(frozenset(names.split()) for names in (only, but, leading)))


_BONDS: Final = (
    # whose model it is, and how it is called there
    _bond(only="provider model_id keys before request poll result cancel", leading="provider"),
    _bond("request", but="timeout_s cost cost_factor cost_currency", leading="method path encoding idempotent"),
    _bond("request", only="cost cost_factor cost_currency"),
    _bond("poll", but="interval_s delay_s timeout_s grace_s"),
    _bond("result", only="kind select json_strings authorized fetch"),
    _bond("result", only="cost cost_factor cost_currency"),
    _bond("result usage"),
    _bond("cancel"),
    # what it takes
    _bond("inputs *", but="title help advanced multiline labels required ignored send send_when together_with"),
    _bond("limits", only="min_media_seconds max_media_seconds"),
    # what it costs
    _bond("cost", leading="currency table rate"),
    _bond("cost table", leading="by"),
    _bond("cost rate", leading="per of by started"),
    # to whom it is offered, and until when
    _bond("rollout"),
    _bond(only="status deprecated_on retires_on replaced_by", leading="status"),
    # what was looked up
    _bond(only="verified_on source"),
    _bond("upstream *", leading="id ignore"),
    # a provider: where keys go
    _bond(only="base_url hosts bases media_hosts auth headers loopback transport"),
    _bond("errors", leading="failed failed_headers code"),
    # a step of a workflow
    _bond("steps *", leading="model"),
)


def bound(changes: Iterable[Changed]) -> tuple[frozenset[FieldPath], ...]:
    """Sets of fields of which each side changed some, and that can only be taken from one side."""
    found: list[frozenset[FieldPath]] = []
    for paths in _both_sided(tuple(changes)):
        apart = [each for each in found if each.isdisjoint(paths)]
        found = [*apart, paths.union(*(each for each in found if not each.isdisjoint(paths)))]
    return tuple(found)


def _both_sided(changes: tuple[Changed, ...]) -> Iterator[frozenset[FieldPath]]:
    for bond in _BONDS:
        by_table: dict[FieldPath, list[Changed]] = defaultdict(list)
        for change in changes:
            if bond.holds(change.path):
                by_table[change.path[: len(bond.table)]].append(change)
        for held in by_table.values():
            is_of_both = any(each.by_ours for each in held) and any(each.by_theirs for each in held)
            if len(held) > 1 and is_of_both and any(bond.leads(each.path) for each in held):
                yield frozenset(each.path for each in held)
