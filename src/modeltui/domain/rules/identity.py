"""Each model is one of a kind: its uid, its key, its folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from modeltui.domain.catalog import Catalog, folded_key
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found
from modeltui.domain.text import some_of

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_identity(catalog: Catalog) -> Iterator[Finding]:
    models = catalog.models.values()
    for uid, same in _repeated(models, lambda model: model.uid.casefold() if model.uid else None):
        for model in same:
            others = _others(model, same)
            message = f"`uid` {uid} is also that of {others}"
            yield found("duplicate-uid", model.path, message, at=("uid",), hint="a copy needs a uid of its own")
    for _, same in _repeated(models, lambda model: folded_key(model.key)):
        for model in same:
            message = f"the key differs from {_others(model, same)} only in case or in how a letter is encoded"
            yield found("key-collision", model.path, message, hint="rename one of the files")
    for model in models:
        yield from _names(model)
    yield from _providers(catalog)


def _names(model: Model) -> Iterator[Finding]:
    folder, _, slug = model.key.rpartition("/")
    if model.content_type is not None and model.content_type != folder:
        message = f"`content_type` is {model.content_type}, and the file lies in models/{folder}"
        hint = f'move the file, or write content_type = "{folder}"'
        yield found("folder-mismatch", model.path, message, at=("content_type",), hint=hint)
    if not _SLUG.fullmatch(slug):
        hint = "name the file in lower case letters and digits, with - between words"
        yield found("slug-form", model.path, f"{slug!r} is not in kebab-case", hint=hint)


def _providers(catalog: Catalog) -> Iterator[Finding]:
    for name, document in catalog.providers.items():
        if isinstance(said := document.get("id"), str) and said != name:
            path, hint = f"providers/{name}.toml", f'write id = "{name}", or rename the file'
            yield found("folder-mismatch", path, f"`id` is {said}, and the file is {name}.toml", at=("id",), hint=hint)


def _repeated(models: Iterable[Model], name: Callable[[Model], str | None]) -> list[tuple[str, list[Model]]]:
    grouped: dict[str, list[Model]] = defaultdict(list)
    for model in models:
        if (value := name(model)) is not None:
            grouped[value].append(model)
    return [(value, same) for value, same in grouped.items() if len(same) > 1]


def _others(model: Model, same: list[Model]) -> str:
    return some_of((other.key for other in same if other is not model), len(same) - 1)
