"""A model held against an entry of a registry, both made up."""

from __future__ import annotations

from typing import Any, Final

from modeltui.domain.document import Document, parse_field, with_value
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.lock import Lock
from modeltui.domain.sync.choosing import Choice, resolved
from modeltui.domain.sync.entry import entry_of
from modeltui.domain.sync.merging import Scope, merged
from modeltui.domain.sync.sync_plan import Held, SyncPlan

NO_QUOTE: Final = Quote()
WHOLE: Final = Scope()


def entry(**said: Any) -> Listing:
    """What a registry says of a model: facts by field with dots, `quote`, `media`, `abilities`."""
    special = {name: said.pop(name) for name in ("quote", "media", "abilities") if name in said}
    return Listing(
        where="acme/m",
        provider="acme",
        model_ids=("m",),
        content_type="chat",
        name="M",
        facts={parse_field(name.replace("__", ".")): value for name, value in said.items()},
        **{"quote": NO_QUOTE, **special},
    )


def held(
    document: Document, listing: Listing, *, scope: Scope = WHOLE, lock: Lock | None = None
) -> tuple[Held, tuple[str, ...]]:
    mine = entry_of(document, "models_dev")
    return merged("chat/m", "acme/m", listing, document, mine, scope=scope, lock=lock, is_mapped=False)


def plan_of(document: Document, listing: Listing, **more: Any) -> SyncPlan:
    return SyncPlan(label="sync", source="models_dev", held=(held(document, listing, **more)[0],))


def verdicts(plan: SyncPlan) -> dict[str, str]:
    return {row.field: row.verdict.value for row in plan.rows}


def after(document: Document, plan: SyncPlan, choice: Choice) -> Document:
    """The document with what would be queued."""
    for edit in resolved(plan, choice, lambda *_: None).edits.get("chat/m", ()):
        document = with_value(document, edit.path, edit.new)
    return document


def seen(**values: Any) -> dict[str, Any]:
    return {"models_dev": {"id": "acme/m", "seen": {name.replace("__", "."): value for name, value in values.items()}}}
