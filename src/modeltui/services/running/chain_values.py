"""What a finished job gives to later steps, and results as the inputs of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from modeltui.domain.chain.giving import RESULTS, TEXT
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.job import Job, ResultFile
from modeltui.errors import InvalidValueError
from modeltui.services.running.local_files import data_url

_TEXTS: Final = ("text/", "application/json")
_LONGEST_TEXT: Final = 1_000_000
"""Bytes of a text that a step hands on."""


def given_by(job: Job) -> dict[str, Any]:
    """`results`, and `text` where there is one. Raises InvalidValueError where a file of it is gone."""
    found: dict[str, Any] = {RESULTS: [_result(job, file) for file in job.files]}
    if job.text is not None:
        found[TEXT] = job.text
    return found


def with_uploads(inputs: Mapping[str, Any], specs: Sequence[InputSpec]) -> dict[str, Any]:
    """The inputs with each result of an earlier step read into it. Raises InvalidValueError where one does not fit."""
    known = {spec.name: spec for spec in specs}
    return {name: _uploaded(value, known.get(name), name) for name, value in inputs.items()}


def _result(job: Job, file: ResultFile) -> Any:
    if not file.media_type.startswith(_TEXTS):
        return file
    return job.text if job.text is not None and len(job.files) == 1 else _read(file)


def _read(file: ResultFile) -> str:
    try:
        with open(file.path, "rb") as content:
            text = content.read(_LONGEST_TEXT + 1)
    except OSError as error:
        raise InvalidValueError(
            f"{file.path} cannot be read: {error.strerror}", hint="it is a result that was made"
        ) from error
    if len(text) > _LONGEST_TEXT:
        raise InvalidValueError(
            f"{file.path} is too long a text to be handed on", hint="choose a model that writes less"
        )
    return text.decode("utf-8", "replace")


def _uploaded(value: Any, spec: InputSpec | None, name: str) -> Any:
    if isinstance(value, ResultFile):
        if spec is None or not spec.is_media:
            raise InvalidValueError(
                f"{name} takes no file, and is given {value.path}", hint="`modeltui check` says more"
            )
        return data_url(value.path, spec)
    if isinstance(value, list):
        items = None if spec is None else spec.items
        return [_uploaded(item, items, name) for item in value]
    if isinstance(value, Mapping):
        fields = {field.name: field for field in (spec.fields or ())} if spec is not None else {}
        return {part: _uploaded(item, fields.get(part), f"{name}.{part}") for part, item in value.items()}
    return value
