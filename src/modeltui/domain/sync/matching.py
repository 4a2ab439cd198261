"""Which entry of a registry each model is: as its file says, else by provider and model_id, and never by a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from modeltui.domain.model import Model
from modeltui.domain.sync.entry import Entry
from modeltui.domain.sync.registry import Registry


class Match(Struct, frozen=True):
    """One id: that entry. Several: any of them. None: nothing is about it."""

    ids: tuple[str, ...] = ()
    is_said: bool = False
    """By the file, or by the user."""


class Matcher:
    def __init__(self, registry: Registry, provider_of: Callable[[str], str | None]) -> None:
        """provider_of: the catalogue's name of a provider by theirs."""
        self._by_name: dict[tuple[str, str], list[str]] = {}
        self._ours: dict[str, str] = {}
        known: dict[str, str | None] = {}
        for own_id, listing in registry.entries.items():
            if listing.provider not in known:
                known[listing.provider] = provider_of(listing.provider)
            provider = known[listing.provider]
            if provider is None:
                continue
            self._ours[own_id] = provider
            for name in listing.model_ids:
                self._by_name.setdefault((provider, name), []).append(own_id)

    @property
    def of_our_providers(self) -> Mapping[str, str]:
        """Our provider of each entry that has one."""
        return self._ours

    def match(self, model: Model, entry: Entry) -> Match:
        if entry.id is not None:
            return Match((entry.id,), is_said=True)
        if model.provider is None or model.model_id is None:
            return Match()
        return Match(tuple(self._by_name.get((model.provider, model.model_id), ())))
