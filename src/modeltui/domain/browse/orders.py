"""The order of all models of a catalogue by each field, made once, so that any of them are sorted by small numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import eq
from types import NoneType
from typing import Any, Final, TypeAlias, TypeVar

from modeltui.domain.browse.sort import GiveWay, SortKey, ranks_of, straight_on
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import OF_MODEL, read_all

_T = TypeVar("_T")
_Name: TypeAlias = tuple[str, bool]
"""Of a field, and whether it descends."""

_MOST_WHOLE: Final = 4
_SMALLEST: Final = ("B", "H", "I")
"""Codes of arrays that places may be kept in."""
_AT_ONCE: Final = 10_000
"""Rows that are looked at in one go: others have their turn between two."""


class Orders:
    """Sorts positions of models as `sort_models` sorts models. Thread-safe."""

    def __init__(self, catalog: Catalog, models: Sequence[Model], before: Orders | None = None) -> None:
        """`models` are those of the catalogue; `before`: of an earlier state, from which is taken what still holds."""
        self.catalog = catalog
        self.models = models
        self.places: dict[_Name, array[int]] = {}
        self.whole: dict[tuple[_Name, ...], Sequence[int]] = {}
        """All rows in an order."""
        if before is not None and before.models is models:
            stays = OF_MODEL if before.catalog.settings == catalog.settings else OF_MODEL - _OF_SETTINGS
            places, whole = before.places.copy(), before.whole
            self.places = {name: places[name] for name in places if name[0] in stays}
            self.whole = {names: whole[names] for names in whole if all(name in stays for name, _ in names)}

    def sorted(
        self, rows: Iterable[int], keys: Sequence[SortKey], plan: Plan, give_way: GiveWay = straight_on
    ) -> Sequence[int]:
        """In the order of the first key, then the second …; stable where all are equal. Not to be changed."""
        names = tuple((key.field.name, key.is_descending) for key in keys)
        is_whole = isinstance(rows, range) and not any(key.field.is_of_plan for key in keys)
        if is_whole and (known := self.whole.get(names)) is not None:
            return known
        found = list(rows)
        for key in reversed(keys):
            found = _in_order(found, self._places_by(key, plan, give_way).__getitem__, give_way)
        return self._remembered(names, found) if is_whole else found

    def prepare(self, key: SortKey, plan: Plan, give_way: GiveWay = straight_on) -> None:
        """Make now what the first sort by this key would wait for. `give_way` is called every few milliseconds."""
        self.sorted(range(len(self.models)), (key,), plan, give_way)

    def _remembered(self, names: tuple[_Name, ...], rows: list[int]) -> Sequence[int]:
        """Orders by one field are few; of those by several the last ones are kept."""
        several = [each for each in self.whole if len(each) > 1]
        gone = several[: 1 - _MOST_WHOLE] if len(names) > 1 else []
        kept = {each: order for each, order in self.whole.items() if each not in gone}
        as_they_are = range(len(rows))
        order: Sequence[int] = as_they_are if all(map(eq, rows, as_they_are)) else array("i", rows)
        self.whole = {**kept, names: order}
        return order

    def _places_by(self, key: SortKey, plan: Plan, give_way: GiveWay) -> array[int]:
        name: _Name = (key.field.name, key.is_descending)
        places = None if key.field.is_of_plan else self.places.get(name)
        if places is None:
            places = self._made(key, plan, give_way)
            if not key.field.is_of_plan:
                self.places[name] = places
        return places

    def _made(self, key: SortKey, plan: Plan, give_way: GiveWay) -> array[int]:
        """The place of each model among all; the same for those that are equal."""
        other = self.places.get((key.field.name, not key.is_descending))
        if other is not None and key.field.group_of is None and not key.field.is_of_plan:
            last = _last(other)
            return array(other.typecode, [place if place == last else last - 1 - place for place in other])
        field = key.field
        values: list[Any] = []
        for start in range(0, len(self.models), _AT_ONCE):
            some = self.models[start : start + _AT_ONCE]
            values += read_all(field.sorted_of or field.value_of, some, self.catalog, plan)
            give_way()
        is_ranked = not set(map(type, values)) <= _ALIKE
        if is_ranked:
            values = ranks_of(field, values, give_way)
        if (group_of := field.group_of) is None:
            known = _different(values, give_way)
            ranks = list(known) if is_ranked else ranks_of(field, list(known), give_way)
            return _placed(values, known, ranks, give_way, is_descending=key.is_descending)
        pairs = [(group_of(model, self.catalog), value) for model, value in zip(self.models, values, strict=True)]
        known = _different(pairs, give_way)
        different = [value for _, value in known]
        ranks = different if is_ranked else ranks_of(field, different, give_way)
        groups = [group for group, _ in known]
        return _placed(pairs, known, ranks, give_way, groups, is_descending=key.is_descending)


def _placed(
    values: Sequence[Hashable],
    known: Iterable[Hashable],
    ranks: Sequence[Any],
    give_way: GiveWay,
    groups: Sequence[str] | None = None,
    *,
    is_descending: bool,
) -> array[int]:
    """The place of each value among all; `ranks` and `groups` are of the different ones, `known`."""
    present = [at for at, rank in enumerate(ranks) if rank is not None]
    present = _in_order(present, ranks.__getitem__, give_way, is_descending=is_descending)
    if groups is not None:
        present = _in_order(present, groups.__getitem__, give_way)
    place_of, count, last = [-1] * len(ranks), 0, None
    for at in present:
        mark = ranks[at] if groups is None else (groups[at], ranks[at])
        count += not count or mark != last
        place_of[at], last = count - 1, mark
    places = array(next(code for code in _SMALLEST if _last(array(code)) >= count))
    missing = _last(places)
    by_value = dict(zip(known, (missing if place < 0 else place for place in place_of), strict=True))
    for start in range(0, len(values), _AT_ONCE):
        places.extend(map(by_value.__getitem__, values[start : start + _AT_ONCE]))
        give_way()
    return places


def _different(values: Sequence[_T], give_way: GiveWay) -> dict[_T, None]:
    found: dict[_T, None] = {}
    for start in range(0, len(values), _AT_ONCE):
        found.update(dict.fromkeys(values[start : start + _AT_ONCE]))
        give_way()
    return found


def _in_order(
    rows: Sequence[int], key: Callable[[int], Any], give_way: GiveWay, *, is_descending: bool = False
) -> list[int]:
    """A new list. To sort runs of it first takes a little longer, and nobody waits for all of it."""
    found: list[int] = []
    for start in range(0, len(rows), _AT_ONCE):
        found += sorted(rows[start : start + _AT_ONCE], key=key, reverse=is_descending)
        give_way()
    found.sort(key=key, reverse=is_descending)
    return found


def _last(places: array[int]) -> int:
    """Where what is missing stands, in both directions."""
    return (1 << 8 * places.itemsize) - 1


_OF_SETTINGS: Final = {"cost"}
"""Fields of models that are sorted by what `catalog.toml` says as well: what a credit is worth."""
_ALIKE: Final = {NoneType, bool, int, float, Decimal, str, date, tuple}
"""Kinds of values that can be hashed, and of which those that are equal have the same place."""
