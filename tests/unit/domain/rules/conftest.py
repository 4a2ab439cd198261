"""Catalogues of a few small files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeAlias

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.model import model_of
from modeltui.domain.rules import check

TODAY = date(2026, 11, 20)

MakeCatalog: TypeAlias = Callable[..., Catalog]
Codes: TypeAlias = Callable[[Catalog], list[tuple[str, str]]]

_PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "kie_ai",
    "name": "KIE.ai",
    "base_url": "https://api.kie.ai",
    "hosts": ["api.kie.ai"],
    "auth": {"scheme": "bearer", "env": ["KIE_AI_API_KEY"], "env_allow": ["KIE_AI_API_KEY_*"]},
}


def model_file(key: str, **fields: Any) -> dict[str, Any]:
    """A model with nothing to complain about, but for `fields`."""
    content_type = key.partition("/")[0]
    return {
        "schema": 1,
        "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        "model_id": key,
        "name": key,
        "provider": "kie_ai",
        "content_type": content_type,
        **fields,
    }


def catalog_of(
    documents: Iterable[tuple[str, Document]], provider: Document | None = None, settings: Document | None = None
) -> Catalog:
    files = dict(documents)
    models = {key: model_of(key, f"models/{key}.toml", "", document) for key, document in files.items()}
    said = _PROVIDER if provider is None else provider
    return Catalog("/nowhere", models, files, {"kie_ai": said}, settings or {"schema": 1})


@pytest.fixture
def one() -> MakeCatalog:
    """A catalogue of one model, `chat/a`, with the given fields."""

    def make(**fields: Any) -> Catalog:
        return catalog_of([("chat/a", model_file("chat/a", **fields))])

    return make


@pytest.fixture
def many() -> MakeCatalog:
    """A catalogue of the given keys and the fields of each."""

    def make(**models: dict[str, Any]) -> Catalog:
        return catalog_of((f"chat/{slug}", model_file(f"chat/{slug}", **fields)) for slug, fields in models.items())

    return make


def findings(catalog: Catalog) -> list[Finding]:
    return check(catalog, TODAY)


@pytest.fixture
def codes() -> Codes:
    """What `check` says, as (code, path)."""
    return lambda catalog: [(finding.code, finding.path) for finding in check(catalog, TODAY)]
