"""models.dev as one JSON object, `api.json`: its providers by id, each with its models by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from modeltui.domain.document import Document
from modeltui.domain.exchange import models_dev
from modeltui.domain.exchange.json_documents import Doubled, fault_in, parsed
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.row import Refused
from modeltui.errors import UsageError

_TWICE: Final = "it is there twice"
_INHERITING: Final = frozenset({"base_model", "base_model_omit", "extends"})
"""Said in the files of the tree; an entry here is whole already."""


def listings(content: bytes) -> list[Listing | Refused]:
    """Its entries, each as if it were a file of the tree. Raises UsageError where it is no such object."""
    documents, refused = _documents_in(content)
    return [*(models_dev.listings(documents) if documents else ()), *refused]


def _documents_in(content: bytes) -> tuple[dict[str, Document], list[Refused]]:
    found = parsed(content, parse_float=Decimal)
    providers = _providers(found)
    if not providers:
        raise UsageError("this is no list of models.dev", hint=_hint(found))
    documents: dict[str, Document] = {}
    refused: list[Refused] = []
    for provider, table, doubled in providers:
        models = list(_entries(table.get("models")))
        fault = doubled or _fault_of(table)
        if fault is not None and not models:
            refused.append(Refused(f"providers/{provider}", None, fault))
        for name, entry, is_twice in models:
            path = f"providers/{provider}/models/{name}.toml"
            reason = fault or is_twice or (fault_in(entry) if isinstance(entry, dict) else "it is no object")
            if reason is None:
                documents[path] = {key: value for key, value in entry.items() if key not in _INHERITING}
            else:
                refused.append(Refused(path, None, reason))
    return documents, refused


def _providers(found: Any) -> list[tuple[str, Any, str | None]]:
    """Id, table and fault of each; none where nothing of it is one."""
    inner = found.get("providers") if isinstance(found, dict) else None
    tables = inner if isinstance(inner, dict | list) and not _is_provider(inner) else found
    entries = [(name, table, fault) for name, table, fault in _entries(tables) if isinstance(table, dict)]
    if not any(_is_provider(table) and table["models"] for _, table, _ in entries):
        return []
    return [(name, table, "its name holds a /" if "/" in name else fault) for name, table, fault in entries]


def _is_provider(table: Any) -> bool:
    return isinstance(table, dict) and isinstance(table.get("models"), dict | list)


def _fault_of(table: Mapping[str, Any]) -> str | None:
    if isinstance(table, Doubled) and "models" in table.twice:
        return _TWICE
    models = table.get("models")
    return None if isinstance(models, dict | list | None) else "its models are no table"


def _entries(models: Any) -> Iterator[tuple[str, Any, str | None]]:
    """Id, content and fault of each, be it an object by ids or a list of objects with their ids."""
    if isinstance(models, dict):
        twice = frozenset(models.twice) if isinstance(models, Doubled) else frozenset()
        for name, entry in models.items():
            yield name, entry, _TWICE if name in twice else None
    elif isinstance(models, list):
        names = [entry.get("id") if isinstance(entry, dict) else None for entry in models]
        times = Counter(name for name in names if isinstance(name, str))
        for position, (name, entry) in enumerate(zip(names, models, strict=True), 1):
            if not isinstance(name, str) or not name:
                yield f"entry {position}", entry, "it has no id"
            else:
                yield name, entry, _TWICE if times[name] > 1 else None


def _hint(found: Any) -> str:
    if isinstance(found, dict) and any(
        isinstance(entry, dict) and "litellm_provider" in entry for entry in found.values()
    ):
        return "this is LiteLLM's price map: its format is litellm"
    return 'it is one object: {"openai": {"models": {"gpt-5": {…}, …}}, …}'
