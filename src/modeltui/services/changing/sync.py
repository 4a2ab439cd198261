"""A registry held against the catalogue: what changed there, to be chosen from and queued as one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

from modeltui.domain.change import Edit
from modeltui.domain.document import Document, get, same
from modeltui.domain.exchange import litellm, models_dev
from modeltui.domain.exchange.planning import check_edits
from modeltui.domain.model import Model
from modeltui.domain.sync.choosing import Choice, Resolution, all_ours, all_theirs, resolved, usual
from modeltui.domain.sync.fields import KINDS, Source
from modeltui.domain.sync.merging import Scope
from modeltui.domain.sync.planning import Ground, SyncOptions, planned
from modeltui.domain.sync.registry import registry_of
from modeltui.domain.sync.sync_plan import CHOICES, NO_PROVIDER, FieldRow, SyncPlan, Verdict
from modeltui.domain.text import cut, without_secrets
from modeltui.errors import ProviderError, RefusedError, UsageError
from modeltui.services.changing.queueing import Queueing
from modeltui.services.changing.registries import FORMS, RegistryForm, items_of
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome, Refusal
from modeltui.storage.outside import LARGEST

__all__ = [
    "CHOICES",
    "KINDS",
    "LARGEST",
    "NO_PROVIDER",
    "SYNCS",
    "Choice",
    "FieldRow",
    "Resolution",
    "Scope",
    "SyncForm",
    "SyncOptions",
    "SyncPlan",
    "SyncService",
    "Verdict",
    "all_ours",
    "all_theirs",
    "usual",
]

SyncForm: TypeAlias = RegistryForm
SYNCS: Final = FORMS

Fetch: TypeAlias = Callable[[str, int], bytes]
"""(URL, most bytes) -> what is there. Raises ProviderError."""

_SOURCES: Final[Mapping[SyncForm, Source]] = {"models.dev": "models_dev", "litellm": "litellm"}


class SyncService:
    def __init__(self, current: Current, queueing: Queueing, fetch: Fetch) -> None:
        self._current = current
        self._queueing = queueing
        self._fetch = fetch

    def preview(
        self,
        form: SyncForm,
        path: str,
        options: SyncOptions,
        *,
        content: bytes | None = None,
        keys: Collection[str] | None = None,
    ) -> SyncPlan:
        """What a snapshot of a registry would change. Queues nothing.

        path: a file, a folder of models.dev, or an https URL; how it is called where `content` is what it holds.
        keys: the models that are looked at; all where None. Raises UsageError where the snapshot cannot be read.
        """
        snapshot = self._current.snapshot()
        called = without_secrets(path)
        if content is None and "://" in path:
            content = self._fetched(path, called)
        registry = registry_of(_SOURCES[form], items_of(form, called, content))
        aliases = models_dev.PROVIDERS if form == "models.dev" else litellm.PROVIDERS
        ground = Ground(catalog=snapshot.shown, plan=snapshot.plan, aliases=aliases)
        mapped = {snapshot.shown.find(name).key: own_id for name, own_id in options.mapped.items()}
        options = SyncOptions(providers=options.providers, mapped=mapped, scope=options.scope)
        label = f"sync {form} {cut(os.path.basename(called.rstrip('/')) or called, 60)}"
        return planned(label, registry, ground, keys, options)

    def resolve(self, plan: SyncPlan, choice: Choice) -> Resolution:
        """What would be queued of a plan. Queues nothing."""
        models = self._current.snapshot().shown.models

        def check(key: str, edits: tuple[Edit, ...], before: Document, after: Document) -> None:
            model = models.get(key)
            if model is None:
                raise RefusedError("it is gone since the preview", hint="sync again")
            check_edits(model, edits, before, after)

        return resolved(plan, choice, check)

    def queue(self, plan: SyncPlan, resolution: Resolution) -> Outcome:
        """Queue what was chosen, and what was seen, as one step. A model that changed since then refuses."""
        edits = resolution.edits

        def edits_of(model: Model, document: Document) -> Sequence[Edit]:
            for edit in edits[model.key]:
                if not same(get(document, edit.path), edit.old):
                    raise RefusedError(f"{model.label} changed since the preview", hint="sync again")
            return edits[model.key]

        outcome = self._queueing.queue(plan.label, list(edits), edits_of)
        refused = tuple(Refusal(key, error.message, error.hint) for key, error in resolution.refused.items())
        return Outcome(
            outcome.snapshot, outcome.changed, outcome.unchanged, (*outcome.refused, *refused), outcome.warnings
        )

    def _fetched(self, url: str, called: str) -> bytes:
        if not url.casefold().startswith("https://"):
            raise UsageError("only https:// is fetched", hint="or download it, and name the file")
        try:
            return self._fetch(url, LARGEST)
        except ProviderError as error:
            raise UsageError(f"cannot read {cut(called, 200)}: {error.message}", hint=error.hint) from error
