"""What makes a model file unusable as a row. By hand, so that listing a catalogue does not load pydantic."""

from __future__ import annotations

import re
from typing import Any, Final

from modeltui.domain.document import Document, shown
from modeltui.domain.finding import Finding

SCHEMA_VERSION: Final = 1

_NEEDED: Final = ("model_id", "name", "provider", "content_type")
_UID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def fatal_fault(path: str, document: Document) -> Finding | None:
    """The first fault that leaves a model without identity; None where its row can be used.

    The codes are those of `findings_of`, which names all faults.
    """
    if (fault := version_fault(path, document)) is not None:
        return fault
    uid = document.get("uid")
    if not isinstance(uid, str) or not re.fullmatch(_UID, uid):
        return _unfit(path, "uid", uid, "a UUID")
    for name in _NEEDED:
        value = document.get(name)
        if not isinstance(value, str) or not value.strip():
            return _unfit(path, name, value, "text that is not blank")
    return None


def version_fault(path: str, document: Document) -> Finding | None:
    """Why the version of the format is not one that is read here; None where it is."""
    version = document.get("schema")
    if type(version) is not int or version != SCHEMA_VERSION:
        return _of_version(path, version)
    return None


def _of_version(path: str, version: Any) -> Finding:
    if type(version) is int:
        message = f"`schema` is {version}, and this modeltui reads {SCHEMA_VERSION}"
        return _fault(path, "unsupported-schema", "schema", message, "use a modeltui of the same age as the catalogue")
    return _unfit(path, "schema", version, str(SCHEMA_VERSION))


def _unfit(path: str, name: str, value: Any, expected: str) -> Finding:
    if value is None:
        return _fault(path, "missing-key", name, f"`{name}` is missing", f"expected {expected}")
    code = "bad-value" if isinstance(value, str) and expected != str(SCHEMA_VERSION) else "wrong-type"
    return _fault(path, code, name, f"`{name}` is {shown(value)[:60]}, expected {expected}", None)


def _fault(path: str, code: str, name: str, message: str, hint: str | None) -> Finding:
    return Finding(code, "error", message, path, field=name, hint=hint)
