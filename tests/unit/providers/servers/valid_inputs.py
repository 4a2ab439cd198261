"""Inputs that a model file must accept, made from what it says of them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from modeltui.domain.document import Document
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.run_spec import compile_run
from unit.providers.servers.base import SAMPLES

_LINKS = {
    "image": "https://files.example.com/a.png",
    "audio": "https://files.example.com/a.mp3",
    "video": "https://files.example.com/a.mp4",
}
_FILES = {
    kind: f"data:{media_type};base64,{base64.b64encode(SAMPLES[media_type][1]).decode()}"
    for kind, media_type in (("image", "image/png"), ("audio", "audio/mpeg"), ("video", "video/mp4"))
}
_TEXT = "a red fox in the snow"
_CHOSEN: Mapping[str, dict[str, Any]] = {
    "sora-2-pro-storyboard": {"shots": [{"Scene": _TEXT, "duration": 15}], "n_frames": "15"},
}
"""What only a person would find, by model id."""


def least_inputs(document: Document) -> dict[str, Any]:
    """Only what must be given."""
    if document["model_id"] in _CHOSEN:
        return dict(_CHOSEN[document["model_id"]])
    return _mended(document, {spec.name: _value(spec) for spec in read_inputs(document) if spec.required})


def full_inputs(document: Document) -> dict[str, Any]:
    """A value for each input that can be given beside the others."""
    given = least_inputs(document)
    run = compile_run(document)
    for spec in read_inputs(document):
        if spec.name in given or spec.ignored:
            continue
        more = {spec.name, *spec.together_with}
        added = {each.name: _value(each) for each in read_inputs(document) if each.name in more}
        if not run.prepare({**given, **added}, job_uuid="x").problems:
            given |= added
    return given


def file_inputs(document: Document) -> dict[str, Any]:
    """As `full_inputs`, but each picture, sound and film is a file, as a data URL."""
    return {
        spec.name: _as_file(spec, value)
        for spec in read_inputs(document)
        if (value := full_inputs(document).get(spec.name)) is not None
    }


def _as_file(spec: InputSpec, value: Any) -> Any:
    if spec.items is not None and isinstance(value, list):
        return [_as_file(spec.items, each) for each in value]
    return _FILES[spec.type] if spec.is_media else value


def _mended(document: Document, given: dict[str, Any]) -> dict[str, Any]:
    """Where a rule wants one more input, the first that satisfies it."""
    run = compile_run(document)
    for spec in read_inputs(document):
        if not run.prepare(given, job_uuid="x").problems:
            break
        if spec.name not in given:
            before = len(run.prepare(given, job_uuid="x").problems)
            tried = {**given, spec.name: _value(spec)}
            if len(run.prepare(tried, job_uuid="x").problems) < before:
                given = tried
    return given


def _value(spec: InputSpec) -> Any:
    if spec.default is not None and spec.default not in ("", []):
        return spec.default
    if spec.enum:
        return spec.enum[-1]
    made = _MAKERS.get(spec.type)
    return _LINKS[spec.type] if made is None else made(spec)


def _array(spec: InputSpec) -> list[Any]:
    one = _value(spec.items) if spec.items is not None else _TEXT
    return [one] * max(spec.min_items or 1, 1)


def _number(spec: InputSpec) -> Any:
    low = spec.minimum if spec.minimum is not None else 1
    value = max(low, spec.multiple_of or low)
    if spec.multiple_of:
        value = -(-value // spec.multiple_of) * spec.multiple_of
    return value if spec.maximum is None else min(value, spec.maximum)


def _text(spec: InputSpec) -> str:
    if spec.name.lower().endswith(("url", "urls")):
        return _LINKS["image"]
    text = _TEXT
    if spec.min_length and len(text) < spec.min_length:
        text = text * (spec.min_length // len(text) + 1)
    return text if spec.max_length is None else text[: spec.max_length]


_MAKERS: Mapping[str, Callable[[InputSpec], Any]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: True,
    "array": _array,
    "object": lambda spec: {each.name: _value(each) for each in spec.fields or ()},
}
