"""Every saved value that a later call needs was saved, and a poll knows what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.finding import Finding
from modeltui.domain.placeholder import Reference
from modeltui.domain.placeholder_faults import MODEL_NAMES
from modeltui.domain.rules.mentions import CALLS, placeholders
from modeltui.domain.rules.report import found


def check_calls(path: str, document: Document) -> Iterator[Finding]:
    """Of a model file that has no schema fault in its calls."""
    saved: Mapping[str, Any] = document.get("request", {}).get("save", {})
    for call in CALLS:
        for placed in placeholders(document, call):
            yield from _reference(path, placed.at, placed.reference, saved)
    if "poll" in document and not any(_is_id(placed.reference) for placed in placeholders(document, ("poll",))):
        message = "the poll does not say which job it asks for"
        hint = "save the job's id in [request.save] and use it: ${saved.task_id}; or send ${job.uuid}"
        yield found("poll-without-id", path, message, at=("poll",), hint=hint)


def _is_id(reference: Reference) -> bool:
    return reference[0] == "saved" or reference == ("job", "uuid")


def _reference(path: str, at: FieldPath, reference: Reference, saved: Mapping[str, Any]) -> Iterator[Finding]:
    root, name = reference[0], reference[1] if len(reference) > 1 else None
    if root == "saved" and at[0] == "request":
        yield _unknown(path, at, reference, "a saved value is there only after the request")
    elif root == "saved" and name not in saved:
        message = f"`{format_field(at)}` needs saved.{name}, which [request.save] does not save"
        hint = f"it saves {', '.join(saved)}" if saved else "write [request.save], and in it NAME = a JMESPath"
        yield found("unknown-saved", path, message, at=at, hint=hint)
    elif root == "job" and name != "uuid":
        yield _unknown(path, at, reference, "of the job there is only job.uuid")
    elif root == "model" and name not in MODEL_NAMES:
        yield _unknown(path, at, reference, f"of the model there is {', '.join(MODEL_NAMES)}")


def _unknown(path: str, at: FieldPath, reference: Reference, hint: str) -> Finding:
    message = f"`{format_field(at)}` names {format_field(reference)}, which is not there"
    return found("unknown-placeholder", path, message, at=at, hint=hint)
