"""The models of a catalogue held against a registry, one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from msgspec import Struct, field

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.exchange.planning import check_open
from modeltui.domain.exchange.provider_names import known_provider
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.domain.sync.entry import Entry, entry_of
from modeltui.domain.sync.matching import Match, Matcher
from modeltui.domain.sync.merging import Scope, merged
from modeltui.domain.sync.registry import Registry
from modeltui.domain.sync.sync_plan import NO_PROVIDER, Held, SyncPlan, Unheld, Unknown
from modeltui.errors import LockedError, RefusedError, UsageError

_ALIKE: Final = 0.75
_GUESSED: Final = 50
"""Models for which a near name is looked for: among thousands of names it takes a while."""


class SyncOptions(Struct, frozen=True, kw_only=True):
    """What the user said beside the snapshot."""

    providers: Mapping[str, str] = field(default_factory=dict)
    """Providers of the catalogue by the names that the registry gives them."""
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Entries by the keys of models; empty for none."""
    scope: Scope = Scope()


class Ground(Struct, frozen=True, kw_only=True):
    catalog: Catalog
    """With the models that wait to be created."""
    plan: Plan
    aliases: Mapping[str, str]
    """Usual names of providers in a registry, for those that the catalogue has."""


def planned(
    label: str, registry: Registry, ground: Ground, chosen: Collection[str] | None, options: SyncOptions
) -> SyncPlan:
    """What the registry would change in the models `chosen` (all where None). Nothing is queued by it."""
    return _Work(registry, ground, options).plan(label, chosen)


class _Work:
    def __init__(self, registry: Registry, ground: Ground, options: SyncOptions) -> None:
        for own_id in filter(None, options.mapped.values()):
            _refuse_unknown(own_id, registry)
        self._registry = registry
        self._ground = ground
        self._options = options
        self._matcher = Matcher(registry, self._provider)
        self._held: list[Held] = []
        self._ignored: list[str] = []
        self._newly_ignored: list[Held] = []
        self._unmatched: list[str] = []
        self._gone: list[tuple[Model, str]] = []
        self._ambiguous: list[Unheld] = []
        self._unreadable: list[Unheld] = []
        self._claimed: set[str] = set()
        self._notes: dict[str, list[str]] = {}

    def plan(self, label: str, chosen: Collection[str] | None) -> SyncPlan:
        wanted = None if chosen is None else {*chosen, *self._options.mapped}
        for key, model in self._ground.catalog.models.items():
            self._of_model(model, is_wanted=wanted is None or key in wanted)
        new = tuple(self._new())
        return SyncPlan(
            label=label,
            source=self._registry.source,
            held=tuple(self._held),
            ignored=tuple(self._ignored),
            newly_ignored=tuple(self._newly_ignored),
            gone=tuple(self._explained(new)),
            ambiguous=tuple(self._ambiguous),
            unreadable=tuple(self._unreadable),
            unmatched=tuple(self._unmatched),
            new=new,
            notes={note: tuple(keys) for note, keys in self._notes.items()},
            faults=self._registry.faults,
        )

    def _provider(self, name: str) -> str | None:
        ground = self._ground
        return known_provider(name, ground.catalog.providers, self._options.providers, ground.aliases)

    def _of_model(self, model: Model, *, is_wanted: bool) -> None:
        """What is not wanted only claims its entry, so that this is nothing new."""
        if model.fault is not None:
            if is_wanted:
                self._unreadable.append(Unheld(model.key, f"the file is broken: {model.fault.message}"))
            return
        document = pending_document(self._ground.plan, self._ground.catalog, model.key)
        before = entry_of(document, self._registry.source)
        entry = self._mapped(model.key, before)
        match = self._matcher.match(model, entry)
        self._claimed.update(match.ids)
        if not is_wanted:
            return
        if entry.is_ignored:
            self._ignored.append(model.key)
            if not before.is_ignored:
                self._newly_ignored.append(_ignoring(model, document, entry))
        else:
            self._of_match(model, document, entry, match)

    def _mapped(self, key: str, entry: Entry) -> Entry:
        own_id = self._options.mapped.get(key)
        if own_id is None:
            return entry
        if not own_id:
            return Entry(is_ignored=True)
        return entry if own_id == entry.id else Entry(id=own_id)

    def _of_match(self, model: Model, document: Document, entry: Entry, match: Match) -> None:
        if not match.ids:
            self._unmatched.append(model.key)
            return
        if len(match.ids) > 1:
            self._ambiguous.append(Unheld(model.key, f"{len(match.ids)} entries might be it", match.ids))
            return
        [own_id] = match.ids
        listing = self._registry.entries.get(own_id)
        if listing is None:
            reason = self._registry.faults.get(own_id)
            if reason is None:
                self._gone.append((model, own_id))
            else:
                self._unreadable.append(Unheld(model.key, f"its entry cannot be read: {reason}", (own_id,)))
            return
        try:
            self._check_open(model)
        except RefusedError as error:
            self._unreadable.append(Unheld(model.key, error.message, (own_id,)))
            return
        held, notes = merged(
            model.key,
            own_id,
            listing,
            document,
            entry,
            scope=self._options.scope,
            lock=model.lock,
            is_mapped=model.key in self._options.mapped,
        )
        self._held.append(held)
        for note in notes:
            self._notes.setdefault(note, []).append(model.key)

    def _check_open(self, model: Model) -> None:
        """Raises RefusedError where no edit is taken for another reason than a lock."""
        try:
            check_open(self._ground.catalog, self._ground.plan, model)
        except LockedError:
            return

    def _explained(self, new: Collection[Unknown]) -> Iterator[Unheld]:
        """What is gone: with all of its provider, as in a smaller snapshot, or perhaps by another name."""
        named: dict[str, list[str]] = {}
        providers = self._matcher.of_our_providers
        for unknown in new:
            named.setdefault(providers[unknown.id], []).append(unknown.id)
        known, guesses = set(providers.values()), _GUESSED
        for model, own_id in self._gone:
            if model.provider not in known:
                yield Unheld(model.key, NO_PROVIDER, (own_id,))
            else:
                names = named.get(model.provider, ()) if guesses > 0 else ()
                guesses -= 1
                near = get_close_matches(own_id, names, n=3, cutoff=_ALIKE)
                yield Unheld(model.key, "its entry is not there any more", (own_id,), tuple(near))

    def _new(self) -> Iterator[Unknown]:
        for own_id in self._matcher.of_our_providers:
            if own_id not in self._claimed:
                listing = self._registry.entries[own_id]
                yield Unknown(own_id, listing.name, listing.content_type)


def _ignoring(model: Model, document: Document, entry: Entry) -> Held:
    return Held(key=model.key, id="", document=document, entry=entry, rows=(), lock=model.lock, is_mapped=True)


def _refuse_unknown(own_id: str, registry: Registry) -> None:
    if own_id in registry.entries or own_id in registry.faults:
        return
    near = get_close_matches(own_id, registry.entries, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`--new --format json` lists entries of your providers"
    raise UsageError(f"the snapshot has no entry {own_id!r}", hint=hint)
