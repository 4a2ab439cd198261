"""Looking for models: rows in groups, counts of values, what completes a query, what is meant by a few letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from modeltui.domain.query.fields import Field, field_named
from modeltui.errors import QueryError, UsageError

if TYPE_CHECKING:
    from modeltui.domain.browse.completion import Completion
    from modeltui.domain.browse.facets import Facet
    from modeltui.domain.browse.groups import Group
    from modeltui.domain.document import Document
    from modeltui.domain.model import Model
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.catalog import CatalogService


class Rows(Struct, frozen=True):
    models: Sequence[Model]
    groups: tuple[Group, ...] = ()
    """Headings over the models, where they are grouped."""


class BrowseService:
    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog

    def rows(self, query: str, sort: str = "", group: str = "") -> Rows:
        """The models of a query in order, under the values of the field `group`. Raises QueryError."""
        if not group:
            return Rows(self._catalog.chosen(query, sort))
        from modeltui.domain.browse.groups import groups_of, sorted_by_group  # noqa: PLC0415  # few group

        models = self._catalog.chosen(query, sorted_by_group(group, sort))
        snapshot = self._catalog.snapshot()
        return Rows(models, groups_of(models, _field(group), snapshot.shown, snapshot.plan))

    def facets(self, query: str, fields: Iterable[str]) -> tuple[Facet, ...]:
        """The values of fields with how many models of a query have each. Raises QueryError, UsageError.

        What the query itself wants of a field, or leaves out, does not count there, so that all its values can be seen.
        """
        from modeltui.domain.browse import facets as counting  # noqa: PLC0415  # with the statistics, 5 ms
        from modeltui.domain.browse.narrowing import excluding, without  # noqa: PLC0415

        snapshot = self._catalog.snapshot()
        rows: dict[str, Sequence[Model]] = {}
        found: list[Facet] = []
        for name in fields:
            is_ranges = name == counting.RANGES
            rest = without(query, name, "currency") if is_ranges else excluding(without(query, name), name, [])
            if rest not in rows:
                rows[rest] = self._catalog.select(rest)
            if is_ranges:
                found.append(counting.ranges_of(rows[rest], query))
            else:
                found.append(counting.facet_of(_field(name), rows[rest], snapshot.shown, snapshot.plan, query))
        return tuple(found)

    def completion(self, query: str, position: int) -> Completion:
        """What may stand at the cursor, values with how many models of the rest of the query have them."""
        from modeltui.domain.browse.completion import Completion, fields_for, fragment_at, values_for  # noqa: PLC0415

        fragment = fragment_at(query, position)
        if fragment is None:
            return Completion(query, position)
        snapshot = self._catalog.snapshot()
        if fragment.field is None:
            candidates = fields_for(fragment.typed, snapshot.shown) if fragment.typed else []
        else:
            rows = self._of_rest(fragment.rest, snapshot)
            candidates = values_for(fragment.field, fragment.typed, rows, snapshot.shown, snapshot.plan)
        return Completion(query, position, fragment.start, fragment.end, tuple(candidates))

    def _of_rest(self, rest: str, snapshot: Snapshot) -> Iterable[Model]:
        try:
            return self._catalog.select(rest) if rest else snapshot.shown.models.values()
        except QueryError:
            return snapshot.shown.models.values()

    def nearest(self, letters: str, rows: Sequence[Model], most: int) -> list[Model]:
        """The rows whose name or key holds these letters in this order, the best first; the first rows without any."""
        if not letters.strip():
            return list(rows[:most])
        from modeltui.domain import fuzzy  # noqa: PLC0415  # the jump alone wants it

        texts = ((str(at), text) for at, row in enumerate(rows) for text in {row.label, row.key})
        found = dict.fromkeys(int(at) for at in fuzzy.ranked(letters, texts, 2 * most))
        return [rows[at] for at in found][:most]

    def document(self, key: str) -> Document:
        """What the file of a model says. Raises NotFoundError, BrokenFileError."""
        return self._catalog.snapshot().shown.document(key)


def _field(name: str) -> Field:
    field = field_named(name)
    if field is None:
        raise UsageError(f"no field {name!r}")
    return field
