"""The order of all models of a catalogue by each field, made once, so that any of them are sorted by small numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan
from modeltui.domain.query.fields import OF_MODEL, Field
from modeltui.domain.sort import Rank, SortKey, ranks_of

_Name: TypeAlias = tuple[str, bool]
"""Of a field, and whether it descends."""

_MOST_WHOLE: Final = 4
_LAST: Final = 2**31 - 1
"""What is missing stands last in both directions."""


class Orders:
    """Sorts positions of models as `sort_models` sorts models. Thread-safe."""

    def __init__(self, catalog: Catalog, models: Sequence[Model], before: Orders | None = None) -> None:
        """`models` are those of the catalogue; `before`: of an earlier state, from which is taken what still holds."""
        self.catalog = catalog
        self.models = models
        self.places: dict[_Name, array[int]] = {}
        self._whole: dict[tuple[_Name, ...], list[int]] = {}
        """All rows in an order."""
        if before is not None and before.models is models:
            places = before.places.copy()
            self.places = {name: places[name] for name in places if name[0] in _STAYS}

    def sorted(self, rows: Iterable[int], keys: Sequence[SortKey], plan: Plan) -> list[int]:
        """A new list in the order of the first key, then the second …; stable where all are equal."""
        names = tuple((key.field.name, key.is_descending) for key in keys)
        is_whole = isinstance(rows, range) and not any(key.field.is_of_plan for key in keys)
        if is_whole and (known := self._whole.get(names)) is not None:
            return known.copy()
        found = list(rows)
        for key in reversed(keys):
            found.sort(key=self._places_by(key, plan).__getitem__)
        if is_whole:
            self._whole = {**dict(list(self._whole.items())[-_MOST_WHOLE:]), names: found.copy()}
        return found

    def _places_by(self, key: SortKey, plan: Plan) -> array[int]:
        name: _Name = (key.field.name, key.is_descending)
        places = None if key.field.is_of_plan else self.places.get(name)
        if places is None:
            ranks = ranks_of(key.field, self.models, self.catalog, plan)
            places = self._placed(key.field, ranks, is_descending=key.is_descending)
            if not key.field.is_of_plan:
                self.places[name] = places
        return places

    def _placed(self, field: Field, ranks: list[Rank | None], *, is_descending: bool) -> array[int]:
        """The place of each model among all; the same for those that are equal."""
        rows = [row for row, rank in enumerate(ranks) if rank is not None]
        rows.sort(key=ranks.__getitem__, reverse=is_descending)  # type: ignore[arg-type]  # no None among them
        groups: list[str] = []
        if field.group_of is not None:
            groups = [field.group_of(model, self.catalog) for model in self.models]
            rows.sort(key=groups.__getitem__)
        places = array("i", [_LAST]) * len(ranks)
        place, before = -1, None
        for row in rows:
            now = (groups[row], ranks[row]) if groups else ranks[row]
            if now != before:
                place, before = place + 1, now
            places[row] = place
        return places


_STAYS: Final = OF_MODEL - {"cost"}
"""Fields whose order depends on nothing but the models."""
