"""A first workflow of some models: what each needs comes from the step before it, or is asked of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.chain.giving import INPUTS, RESULTS, STEPS, TEXT, Gives, Kind, fits
from modeltui.domain.document import Document, get
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.schema.fatal import SCHEMA_VERSION

_KEPT: Final = (
    "type", "title", "help", "not_blank", "min_length", "max_length", "minimum", "maximum", "enum", "items", "fields",
    "multiline",
)  # fmt: skip
"""What an input of a model says of its value, and not of the request."""


class Part(Struct, frozen=True):
    """A step that is to be: a model, and what is known of it."""

    id: str
    model: str
    specs: Sequence[InputSpec]
    document: Document
    gives: Gives


def drafted(name: str, parts: Iterable[Part]) -> Document:
    """The document of a workflow that is not active yet. An input that several steps need is asked for once."""
    before: list[Part] = []
    asked: dict[str, Mapping[str, Any]] = {}
    steps: list[Document] = []
    for part in parts:
        inputs = dict(_inputs(part, before, asked))
        steps.append({"id": part.id, "model": part.model, **({INPUTS: inputs} if inputs else {})})
        before.append(part)
    head = {"schema": SCHEMA_VERSION, "name": name, "active": False}
    return {**head, **({INPUTS: asked} if asked else {}), STEPS: steps}


def _inputs(part: Part, before: Sequence[Part], asked: dict[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What the model needs; and one file that it only may have, where an earlier step made such a one."""
    is_fed = False
    for spec in part.specs:
        given = None if spec.ignored else _given(spec, before)
        if given is not None and (spec.required or (spec.is_media and not is_fed)):
            is_fed = True
            yield spec.name, given
        elif spec.required and not spec.ignored:
            yield spec.name, f"${{{INPUTS}.{_asked(part, spec, asked)}}}"


def _given(spec: InputSpec, before: Sequence[Part]) -> str | None:
    """What the last step made that fits."""
    for part in reversed(before):
        kind = part.gives.result
        if spec.type == "string" and not spec.enum and (kind == "string" or (kind is None and part.gives.has_text)):
            return f"${{{STEPS}.{part.id}.{TEXT}}}" if part.gives.has_text else f"${{{STEPS}.{part.id}.{RESULTS}[0]}}"
        if kind in (None, "string"):
            continue
        if spec.is_media and fits(spec, Kind(kind)):
            return f"${{{STEPS}.{part.id}.{RESULTS}[0]}}"
        if spec.type == "array" and spec.items is not None and spec.items.is_media and fits(spec.items, Kind(kind)):
            return f"${{{STEPS}.{part.id}.{RESULTS}}}"
    return None


def _asked(part: Part, spec: InputSpec, asked: dict[str, Mapping[str, Any]]) -> str:
    """The name under which the workflow asks for it: its own, or with the step where that is another one's."""
    table = get(part.document, (INPUTS, spec.name))
    said = table if isinstance(table, Mapping) else {"type": spec.type}
    wanted = {**{name: said[name] for name in _KEPT if name in said}, "required": True}
    name = spec.name if asked.get(spec.name, wanted).get("type") == wanted.get("type") else f"{part.id}_{spec.name}"
    asked.setdefault(name, wanted)
    return name
