"""Changes and steps of the queue as JSON and back, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.queue import Queue, Step
from modeltui.domain.value_codec import decoded, decoded_path, encoded, encoded_path


def encoded_change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "key": change.key,
        "path": change.path,
        "action": change.action.value,
        "base": change.base,
        "edits": [[encoded_path(edit.path), encoded(edit.old), encoded(edit.new)] for edit in change.edits],
        "text": change.text,
        "by": change.by,
        "at": change.at.isoformat(),
    }


def decoded_change(json: Mapping[str, Any]) -> Change:
    """Raises ValueError, TypeError, KeyError or AttributeError for what `encoded_change` never makes."""
    return Change(
        id=_text(json["id"]),
        key=_text(json["key"]),
        path=_text(json["path"]),
        action=Action(json["action"]),
        base=_text_or_none(json["base"]),
        edits=tuple(_edit(*parts) for parts in json["edits"]),
        text=_text_or_none(json["text"]),
        by=_text(json["by"]),
        at=datetime.fromisoformat(json["at"]),
    )


def encoded_step(step: Step) -> dict[str, Any]:
    return {
        "label": step.label,
        "added": [encoded_change(change) for change in step.added],
        "removed": [encoded_change(change) for change in step.removed],
    }


def decoded_step(json: Mapping[str, Any]) -> Step:
    return Step(
        label=_text(json["label"]),
        added=tuple(decoded_change(change) for change in json["added"]),
        removed=tuple(decoded_change(change) for change in json["removed"]),
    )


def encoded_queue(queue: Queue) -> dict[str, Any]:
    return {
        "changes": [encoded_change(change) for change in queue.changes],
        "done": [encoded_step(step) for step in queue.done],
        "undone": [encoded_step(step) for step in queue.undone],
    }


def decoded_queue(json: Mapping[str, Any]) -> Queue:
    return Queue(
        changes=tuple(decoded_change(change) for change in json["changes"]),
        done=tuple(decoded_step(step) for step in json["done"]),
        undone=tuple(decoded_step(step) for step in json["undone"]),
    )


def _edit(path: Any, old: Any, new: Any) -> Edit:
    if not path:
        raise ValueError("an edit is of a field")
    return Edit(decoded_path(path), decoded(old), decoded(new))


def _text(json: Any) -> str:
    if not isinstance(json, str):
        raise TypeError("text was expected")
    return json


def _text_or_none(json: Any) -> str | None:
    return None if json is None else _text(json)
