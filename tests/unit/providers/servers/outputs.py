"""What the models of the catalogue make, so that a server knows which file to give."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from unit.providers.loopback import CATALOG


@cache
def outputs_of(provider: str) -> Mapping[str, str]:
    """Media types of results by the name of the model in the request."""
    found = {}
    for document in _documents():
        if document["provider"] == provider and "request" in document:
            kind = document["result"].get("media") or "text/plain"
            for name in _names(document):
                found[name] = "text/plain" if document["result"]["kind"] == "text" else kind
    return found


def _names(document: Mapping[str, Any]) -> Iterator[str]:
    body = document["request"].get("body")
    body = body[0] if isinstance(body, list) and body else body or {}
    yield document["model_id"]
    yield from (body[field] for field in ("model", "modelId", "model_name") if isinstance(body.get(field), str))


@cache
def _documents() -> tuple[dict[str, Any], ...]:
    paths = sorted((CATALOG / "models").glob("*/*.toml"))
    return tuple(tomllib.loads(path.read_text(encoding="utf-8")) for path in paths)


def shipped(provider: str) -> list[str]:
    """Keys of the models of a provider, as `model_file` takes them."""
    paths = sorted((CATALOG / "models").glob("*/*.toml"))
    return [
        f"{path.parent.name}/{path.stem}"
        for path, document in zip(paths, _documents(), strict=True)
        if document["provider"] == provider and "request" in document
    ]
