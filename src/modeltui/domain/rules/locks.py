"""Whether a lock still says the truth: the file as it was locked, in a form that every reader sees."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.lock_text import has_plain_lock, lock_digest
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found


def lock_findings(model: Model, document: Document, content: bytes) -> Iterator[Finding]:
    """Of one model file: what it says, and its bytes."""
    if "lock" not in document:
        return
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
