"""A snapshot of a registry: its entries by the ids that it gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from modeltui.domain.exchange import models_dev
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.row import Refused, Skipped
from modeltui.domain.sync.fields import Source


class Registry(Struct, frozen=True):
    source: Source
    entries: Mapping[str, Listing]
    faults: Mapping[str, str]
    """Why other entries cannot be read, by id (by their place where that tells none)."""


def registry_of(source: Source, found: Iterable[Listing | Refused | Skipped]) -> Registry:
    entries: dict[str, Listing] = {}
    faults: dict[str, str] = {}
    for item in found:
        if isinstance(item, Listing):
            entries[_id_of(source, item.where)] = item
        elif isinstance(item, Refused):
            faults[_id_of(source, item.where)] = item.reason
    return Registry(source, entries, faults)


def _id_of(source: Source, where: str) -> str:
    """`google/gemini-2.5-pro` of the place of a file of models.dev; a price map has names."""
    place = models_dev.place_of(where) if source == "models_dev" else None
    return where if place is None else "/".join(place)
