"""Every saved value that a later call needs was saved, and a poll knows what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.specs import MEDIA_TYPES
from modeltui.domain.request.placeholder import Reference
from modeltui.domain.request.placeholder_faults import FILE_NAMES, MODEL_NAMES
from modeltui.domain.request.places import FETCH, input_of_step, is_step, saved_for, steps_of
from modeltui.domain.rules.mentions import Placed, PlacedByCall
from modeltui.domain.rules.report import found


def check_calls(path: str, document: Document, placed_by_call: PlacedByCall) -> Iterator[Finding]:
    """Of a model file that has no schema fault in its calls."""
    for call, all_placed in placed_by_call.items():
        for placed in all_placed:
            yield from _reference(path, document, call, placed)
    yield from _uploads(path, document)
    for name in document.get("poll", {}).get("save", {}):
        if name in saved_for(document, ("poll",)):
            message = f"`poll.save` saves {name}, as an earlier call does"
            hint = "give it another name: a later poll would ask with the new value"
            yield found("repeated-value", path, message, at=("poll", "save", name), hint=hint)
    saved = document.get("request", {}).get("save", {})
    if "poll" in document and not any(_is_id(placed.reference, saved) for placed in placed_by_call[("poll",)]):
        message = "the poll does not say which job it asks for"
        hint = "save the job's id in [request.save] and use it: ${saved.task_id}; or send ${job.uuid}"
        yield found("poll-without-id", path, message, at=("poll",), hint=hint)


def _is_id(reference: Reference, saved: Mapping[str, Any]) -> bool:
    """Whether it tells one job from another; what was saved before the request does not, and is said elsewhere."""
    return reference == ("job", "uuid") or (reference[0] == "saved" and (reference[1] in saved or not saved))


def _reference(path: str, document: Document, call: FieldPath, placed: Placed) -> Iterator[Finding]:
    at, reference = placed.at, placed.reference
    root, name = reference[0], reference[1] if len(reference) > 1 else None
    if root == "saved":
        yield from _saved(path, document, call, placed)
    elif root == "job" and name != "uuid":
        yield _unknown(path, at, reference, "of the job there is only job.uuid")
    elif root == "model" and name not in MODEL_NAMES:
        yield _unknown(path, at, reference, f"of the model there is {', '.join(MODEL_NAMES)}")
    elif root == "steps":
        yield _unknown(path, at, reference, "steps are there only in a workflow")
    elif root == "file" and input_of_step(document, call) is None:
        yield _unknown(path, at, reference, "a file is there only in a step of [[before]] that has `input`")
    elif root == "file" and name not in FILE_NAMES:
        yield _unknown(path, at, reference, f"of a file there is {', '.join(FILE_NAMES)}")


def _saved(path: str, document: Document, call: FieldPath, placed: Placed) -> Iterator[Finding]:
    at, name = placed.at, placed.reference[1]
    saved = saved_for(document, call, with_own=at[-1] == "use")
    if name in saved:
        return
    if call == ("request",) and not saved:
        yield _unknown(path, at, placed.reference, "a saved value is there only after the request")
        return
    is_early = is_step(call) or call == ("request",)
    late = "neither [request.save] nor [poll.save] saves" if call == FETCH else "[request.save] does not save"
    where = "no earlier step of [[before]] saves" if is_early else late
    table = "[before.save]" if is_early else "[request.save]"
    message = f"`{format_field(at)}` needs saved.{name}, which {where}"
    hint = f"saved are {', '.join(saved)}" if saved else f"write {table}, and in it NAME = a JMESPath"
    yield found("unknown-saved", path, message, at=at, hint=hint)


def _uploads(path: str, document: Document) -> Iterator[Finding]:
    """Every step that has `input` uploads media, and what came of it is used once."""
    inputs = document.get("inputs", {})
    users: dict[str, list[int]] = {}
    for position, step in steps_of(document):
        if "input" not in step:
            continue
        name = step["input"]
        users.setdefault(name, []).extend([position] if "use" in step else [])
        if name in inputs and not _is_media(inputs[name]):
            at = ("before", position, "input")
            message = f"`{format_field(at)}` names {name}, which is no image, audio or video and no list of them"
            yield found("upload-not-media", path, message, at=at, hint="leave `input` out for a step that runs once")
    for name, positions in users.items():
        if len(positions) != 1:
            first = next(position for position, step in steps_of(document) if step.get("input") == name)
            step_at: FieldPath = ("before", positions[1] if positions else first)
            message = f"the steps for {name} have {len(positions) or 'no'} `use`; one of them says what is sent instead"
            yield found(
                "upload-not-used", path, message, at=step_at, hint='write use = "${saved.url}" in the last of them'
            )


def _is_media(spec: Mapping[str, Any]) -> bool:
    return spec.get("type") in MEDIA_TYPES or spec.get("items", {}).get("type") in MEDIA_TYPES


def _unknown(path: str, at: FieldPath, reference: Reference, hint: str) -> Finding:
    message = f"`{format_field(at)}` names {format_field(reference)}, which is not there"
    return found("unknown-placeholder", path, message, at=at, hint=hint)
