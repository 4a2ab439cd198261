"""Whether a lock still says the truth: the file as it was locked, in a form that every reader sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.lock import has_plain_lock, lock_digest
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found
from modeltui.errors import BrokenFileError

Sources: TypeAlias = Callable[[str], bytes]
"""The bytes of a file, by its path in the catalogue. Raises BrokenFileError."""


def check_locks(catalog: Catalog, sources: Sources) -> Iterator[Finding]:
    for model in catalog.models.values():
        if model.key in catalog.documents and "lock" in catalog.documents[model.key]:
            try:
                content = sources(model.path)
            except BrokenFileError:
                continue
            yield from _of_model(model, content)


def _of_model(model: Model, content: bytes) -> Iterator[Finding]:
    digest = lock_digest(content)
    if not has_plain_lock(content):
        hint = "write the header [lock] on a line of its own, and its keys below it"
        yield found("lock-form", model.path, "the lock does not stand in a table of its own", at=("lock",), hint=hint)
    if model.lock is None:
        return
    if model.lock.digest is None:
        message, hint = "the lock has no digest, so an edit by hand would not show", "unlock and lock it again"
        yield found("lock-without-digest", model.path, message, at=("lock",), hint=hint)
    elif model.lock.digest != digest:
        message = f"the file was changed after it was {model.lock}"
        hint = "`modeltui drift` shows what changed; --restore takes it back, --relock locks the file as it is now"
        yield found("lock-broken", model.path, message, at=("lock", "digest"), hint=hint)
