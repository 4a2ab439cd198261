"""The order of all models of a catalogue by each field, made once, so that any of them are sorted by small numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan
from modeltui.domain.query.fields import OF_MODEL
from modeltui.domain.sort import SortKey, ranks_of

_Name: TypeAlias = tuple[str, bool]
"""Of a field, and whether it descends."""

_MOST_WHOLE: Final = 4
_SMALLEST: Final = ("B", "H", "I")
"""Codes of arrays that places may be kept in."""


class Orders:
    """Sorts positions of models as `sort_models` sorts models. Thread-safe."""

    def __init__(self, catalog: Catalog, models: Sequence[Model], before: Orders | None = None) -> None:
        """`models` are those of the catalogue; `before`: of an earlier state, from which is taken what still holds."""
        self.catalog = catalog
        self.models = models
        self.places: dict[_Name, array[int]] = {}
        self._whole: dict[tuple[_Name, ...], array[int]] = {}
        """All rows in an order."""
        if before is not None and before.models is models:
            places = before.places.copy()
            self.places = {name: places[name] for name in places if name[0] in _STAYS}

    def sorted(self, rows: Iterable[int], keys: Sequence[SortKey], plan: Plan) -> list[int]:
        """A new list in the order of the first key, then the second …; stable where all are equal."""
        names = tuple((key.field.name, key.is_descending) for key in keys)
        is_whole = isinstance(rows, range) and not any(key.field.is_of_plan for key in keys)
        if is_whole and (known := self._whole.get(names)) is not None:
            return known.tolist()
        found = list(rows)
        for key in reversed(keys):
            found.sort(key=self._places_by(key, plan).__getitem__)
        if is_whole:
            self._remember(names, found)
        return found

    def prepare(self, key: SortKey, plan: Plan) -> None:
        """Make now what the first sort by this key would wait for."""
        self.sorted(range(len(self.models)), (key,), plan)

    def _remember(self, names: tuple[_Name, ...], rows: list[int]) -> None:
        """Orders by one field are few; of those by several the last ones are kept."""
        several = [each for each in self._whole if len(each) > 1]
        gone = several[: 1 - _MOST_WHOLE] if len(names) > 1 else []
        kept = {each: order for each, order in self._whole.items() if each not in gone}
        self._whole = {**kept, names: array("i", rows)}

    def _places_by(self, key: SortKey, plan: Plan) -> array[int]:
        name: _Name = (key.field.name, key.is_descending)
        places = None if key.field.is_of_plan else self.places.get(name)
        if places is None:
            places = self._made(key, plan)
            if not key.field.is_of_plan:
                self.places[name] = places
        return places

    def _made(self, key: SortKey, plan: Plan) -> array[int]:
        """The place of each model among all; the same for those that are equal."""
        other = self.places.get((key.field.name, not key.is_descending))
        if other is not None and key.field.group_of is None and not key.field.is_of_plan:
            last = _last(other)
            return array(other.typecode, [place if place == last else last - 1 - place for place in other])
        ranks = ranks_of(key.field, self.models, self.catalog, plan)
        if (group_of := key.field.group_of) is not None:
            groups = (group_of(model, self.catalog) for model in self.models)
            ranks = [None if rank is None else (group, rank) for group, rank in zip(groups, ranks, strict=True)]
        different = [rank for rank in dict.fromkeys(ranks) if rank is not None]
        different.sort(reverse=key.is_descending)
        if group_of is not None:
            different.sort(key=itemgetter(0))
        place_of: dict[Any, int] = {rank: place for place, rank in enumerate(different)}
        places = array(next(code for code in _SMALLEST if _last(array(code)) >= len(different)))
        place_of[None] = _last(places)
        places.extend(map(place_of.__getitem__, ranks))
        return places


def _last(places: array[int]) -> int:
    """Where what is missing stands, in both directions."""
    return (1 << 8 * places.itemsize) - 1


_STAYS: Final = OF_MODEL - {"cost"}
"""Fields whose order depends on nothing but the models."""
