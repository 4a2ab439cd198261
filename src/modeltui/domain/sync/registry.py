"""A snapshot of a registry: its entries by the ids that it gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.domain.exchange import models_dev
from modeltui.domain.exchange.json_documents import Doubled, fault_in
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.row import Refused, Skipped
from modeltui.domain.sync.fields import Source
from modeltui.errors import UsageError


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


def models_dev_documents(content: Any) -> tuple[dict[str, Document], list[Refused]]:
    """The one JSON object that models.dev also gives, as the files of its tree. Raises UsageError where it is none."""
    if not isinstance(content, dict) or not any(map(_models_of, content.values())):
        raise UsageError(
            "this is no list of models.dev", hint='it is one object: {"openai": {"models": {"gpt-5": {…}, …}}, …}'
        )
    documents: dict[str, Document] = {}
    refused: list[Refused] = []
    for provider, table in content.items():
        is_odd = "/" in provider or _is_twice(content, provider) or _is_twice(table, "models")
        models = _models_of(table)
        for name, entry in models.items():
            path = f"providers/{provider}/models/{name}.toml"
            reason = fault_in(entry) if isinstance(entry, dict) else "it is no object"
            if is_odd or _is_twice(models, name):
                reason = "it is there twice"
            if reason is None:
                documents[path] = entry
            else:
                refused.append(Refused(path, None, reason))
    return documents, refused


def _models_of(provider: Any) -> Mapping[str, Any]:
    models = provider.get("models") if isinstance(provider, dict) else None
    return models if isinstance(models, dict) else {}


def _is_twice(table: Any, name: str) -> bool:
    return isinstance(table, Doubled) and name in table.twice
