"""What a model file may ask of its provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from modeltui.domain.call_places import call_paths, steps_of
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document, get
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found
from modeltui.domain.text import some_of


def check_providers(catalog: Catalog) -> Iterator[Finding]:
    unread = {fault.path for fault in catalog.faults}
    for key, document in catalog.documents.items():
        model = catalog.models[key]
        if model.provider is None:
            continue
        provider = catalog.providers.get(model.provider)
        if provider is not None:
            yield from _keys(model, document, provider)
            yield from _headers(model, document, provider)
            yield from _bases(model, document, provider)
        elif f"providers/{model.provider}.toml" not in unread:
            message = f"there is no providers/{model.provider}.toml"
            known = some_of(catalog.providers, len(catalog.providers), 12)
            hint = f"the catalogue has {known}" if known else "write one"
            yield found("provider-missing", model.path, message, at=("provider",), hint=hint)


def _keys(model: Model, document: Document, provider: Document) -> Iterator[Finding]:
    allowed = (*_texts(get(provider, ("auth", "env"))), *_texts(get(provider, ("auth", "env_allow"))))
    for name in _texts(document.get("keys")):
        if not any(fnmatchcase(name, pattern) for pattern in allowed):
            message = f"`keys` names {name}, which providers/{model.provider}.toml does not allow"
            hint = "an operator can add it to `auth.env_allow` there"
            yield found("key-not-allowed", model.path, message, at=("keys",), hint=hint)


def _headers(model: Model, document: Document, provider: Document) -> Iterator[Finding]:
    of_key = get(provider, ("auth", "header"))
    if not isinstance(of_key, str):
        return
    for call in call_paths(document):
        headers = get(document, (*call, "headers"))
        for name in headers if isinstance(headers, Mapping) else ():
            if name.casefold() == of_key.casefold():
                message = f"`{name}` is the header that carries the key of {model.provider}"
                yield found("forbidden-header", model.path, message, at=(*call, "headers", name), hint="take it out")


def _bases(model: Model, document: Document, provider: Document) -> Iterator[Finding]:
    bases = provider.get("bases")
    known = list(bases) if isinstance(bases, Mapping) else []
    for position, step in steps_of(document):
        base = step.get("base")
        if isinstance(base, str) and base not in known:
            message = f"`before.{position}.base` names {base}, which providers/{model.provider}.toml does not have"
            hint = f"its [bases] are {', '.join(known)}" if known else f"an operator can write [bases] {base} there"
            yield found("unknown-base", model.path, message, at=("before", position, "base"), hint=hint)


def _texts(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
