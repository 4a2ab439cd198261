"""Changes and steps of the queue as JSON and back, nothing lost.

A step, or a whole queue, names each text that its changes were made on once, by digest, in `bases`. What an older
version wrote has neither that nor the uids, and says of no apply that it is a floor for undo.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.pending.queue import Queue, Step
from modeltui.domain.value_codec import decoded, decoded_path, encoded, encoded_path

_NO_TEXTS: Final[Mapping[str, str]] = {}


def encoded_change(change: Change) -> dict[str, Any]:
    """All but the text that it was made on."""
    return {
        "id": change.id,
        "key": change.key,
        "path": change.path,
        "action": change.action.value,
        "base": change.base,
        "uid": change.uid,
        "edits": [[encoded_path(edit.path), encoded(edit.old), encoded(edit.new)] for edit in change.edits],
        "text": change.text,
        "by": change.by,
        "at": change.at.isoformat(),
    }


def decoded_change(json: Mapping[str, Any], texts: Mapping[str, str] = _NO_TEXTS) -> Change:
    """Raises ValueError, TypeError, KeyError or AttributeError for what `encoded_change` never makes.

    `texts` are those that changes were made on, by digest.
    """
    base = _text_or_none(json["base"])
    return Change(
        id=_text(json["id"]),
        key=_text(json["key"]),
        path=_text(json["path"]),
        action=Action(json["action"]),
        base=base,
        edits=tuple(_edit(*parts) for parts in json["edits"]),
        text=_text_or_none(json["text"]),
        by=_text(json["by"]),
        at=datetime.fromisoformat(json["at"]),
        uid=_text_or_none(json.get("uid")),
        base_text=None if base is None else texts.get(base),
    )


def encoded_step(step: Step, known: Container[str] = ()) -> dict[str, Any]:
    """`known` are digests whose texts the reader has already."""
    return {
        "label": step.label,
        "added": [encoded_change(change) for change in step.added],
        "removed": [encoded_change(change) for change in step.removed],
        **_encoded_texts((*step.added, *step.removed), known),
    }


def decoded_step(json: Mapping[str, Any], texts: Mapping[str, str] = _NO_TEXTS) -> Step:
    """`texts` are those of earlier steps and of this one."""
    return Step(
        label=_text(json["label"]),
        added=tuple(decoded_change(change, texts) for change in json["added"]),
        removed=tuple(decoded_change(change, texts) for change in json["removed"]),
    )


def encoded_queue(queue: Queue) -> dict[str, Any]:
    steps = (*queue.done, *queue.undone)
    changes = [*queue.changes, *(change for step in steps for change in (*step.added, *step.removed))]
    texts = _encoded_texts(changes)
    known = texts.get("bases", _NO_TEXTS)
    return {
        "changes": [encoded_change(change) for change in queue.changes],
        "done": [encoded_step(step, known) for step in queue.done],
        "undone": [encoded_step(step, known) for step in queue.undone],
        "floored": queue.is_floored,
        **texts,
    }


def decoded_queue(json: Mapping[str, Any]) -> Queue:
    texts = texts_of(json)
    return Queue(
        changes=tuple(decoded_change(change, texts) for change in json["changes"]),
        done=tuple(decoded_step(step, texts) for step in json["done"]),
        undone=tuple(decoded_step(step, texts) for step in json["undone"]),
        is_floored=json.get("floored") is True,
    )


def texts_of(json: Mapping[str, Any]) -> dict[str, str]:
    """The texts, by digest, that an encoded step or queue brings along. What is none is left out: all else counts."""
    bases = json.get("bases")
    items = bases.items() if isinstance(bases, dict) else ()
    return {base: text for base, text in items if isinstance(text, str)}


def _encoded_texts(changes: Iterable[Change], known: Container[str] = ()) -> dict[str, dict[str, str]]:
    texts = {
        change.base: change.base_text
        for change in changes
        if change.base is not None and change.base_text is not None and change.base not in known
    }
    return {"bases": texts} if texts else {}


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
