"""What a model file may ask of its provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document, FieldPath, format_field, get
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.request.places import call_paths, steps_of
from modeltui.domain.rules.report import found
from modeltui.domain.text import some_of


class Asked(Struct, frozen=True):
    """What of a model file its provider must have, or may forbid."""

    keys: tuple[str, ...] = ()
    headers: tuple[FieldPath, ...] = ()
    """Where a header is set; the last part is its name."""
    bases: tuple[tuple[FieldPath, str], ...] = ()
    """Where a step names a base, and which."""


NOTHING_ASKED: Final = Asked()


def asked_of(document: Document) -> Asked:
    keys = tuple(_texts(document.get("keys")))
    headers = tuple(_headers_in(document))
    bases = tuple(
        (("before", position, "base"), base)
        for position, step in steps_of(document)
        if isinstance(base := step.get("base"), str)
    )
    return Asked(keys, headers, bases) if keys or headers or bases else NOTHING_ASKED


def _headers_in(document: Document) -> Iterator[FieldPath]:
    for call in call_paths(document):
        headers = get(document, (*call, "headers"))
        if isinstance(headers, Mapping):
            yield from ((*call, "headers", name) for name in headers)


def providers_of(model: Model, asked: Asked, catalog: Catalog) -> Iterator[Finding]:
    """Of one model, whose file can be read and asks for this."""
    if model.provider is None:
        return
    provider = catalog.providers.get(model.provider)
    if provider is not None:
        if asked is not NOTHING_ASKED:
            yield from _keys(model, asked, provider)
            yield from _headers(model, asked, provider)
            yield from _bases(model, asked, provider)
    elif all(fault.path != f"providers/{model.provider}.toml" for fault in catalog.faults):
        message = f"there is no providers/{model.provider}.toml"
        known = some_of(catalog.providers, len(catalog.providers), 12)
        hint = f"the catalogue has {known}" if known else "write one"
        yield found("provider-missing", model.path, message, at=("provider",), hint=hint)


def _keys(model: Model, asked: Asked, provider: Document) -> Iterator[Finding]:
    allowed = (*_texts(get(provider, ("auth", "env"))), *_texts(get(provider, ("auth", "env_allow"))))
    for name in asked.keys:
        if not any(fnmatchcase(name, pattern) for pattern in allowed):
            message = f"`keys` names {name}, which providers/{model.provider}.toml does not allow"
            hint = "an operator can add it to `auth.env_allow` there"
            yield found("key-not-allowed", model.path, message, at=("keys",), hint=hint)


def _headers(model: Model, asked: Asked, provider: Document) -> Iterator[Finding]:
    of_key = get(provider, ("auth", "header"))
    if not isinstance(of_key, str):
        return
    for at in asked.headers:
        name = str(at[-1])
        if name.casefold() == of_key.casefold():
            message = f"`{name}` is the header that carries the key of {model.provider}"
            yield found("forbidden-header", model.path, message, at=at, hint="take it out")


def _bases(model: Model, asked: Asked, provider: Document) -> Iterator[Finding]:
    bases = provider.get("bases")
    known = list(bases) if isinstance(bases, Mapping) else []
    for at, base in asked.bases:
        if base not in known:
            message = f"`{format_field(at)}` names {base}, which providers/{model.provider}.toml does not have"
            hint = f"its [bases] are {', '.join(known)}" if known else f"an operator can write [bases] {base} there"
            yield found("unknown-base", model.path, message, at=at, hint=hint)


def _texts(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
