"""What a step gives to later steps, and what kind of value each place of a step's inputs has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.document import Document, get
from modeltui.domain.inputs.specs import MEDIA_TYPES, InputSpec
from modeltui.domain.request.placeholder import Reference, references

RESULTS: Final = "results"
TEXT: Final = "text"
STEPS: Final = "steps"
INPUTS: Final = "inputs"


class Kind(Struct, frozen=True):
    """A type of inputs; of a list also what it holds."""

    type: str | None
    """None: not known, so that it may be anything."""
    items: str | None = None


class Gives(Struct, frozen=True):
    """What the model of a step makes, by its file."""

    result: str | None
    """`image`, `audio`, `video` or `string`; None where the file does not say."""
    has_text: bool

    @property
    def names(self) -> str:
        return "results and text" if self.has_text else "results"


ANYTHING: Final = Gives(None, True)
"""Of a model whose file cannot be read."""


def gives_of(document: Document) -> Gives:
    """By `[result]` of a model's file, else by what goes out of it."""
    result = document.get("result")
    table: Mapping[str, Any] = result if isinstance(result, Mapping) else {}
    if table.get("kind") in ("text", "json"):
        return Gives("string", has_text=True)
    found = str(table.get("media", "")).partition("/")[0]
    if found not in MEDIA_TYPES:
        out = get(document, ("modalities", "output"))
        media = [each for each in out if each in MEDIA_TYPES] if isinstance(out, list) else []
        found = media[0] if len(media) == 1 else ""
    return Gives(found or None, has_text="text" in table)


def only_reference(template: Any) -> Reference | None:
    """The place that a text names which is one placeholder; None for all else."""
    if not isinstance(template, str) or not (template.startswith("${") and template.endswith("}")):
        return None
    found = list(references(template))
    return found[0] if len(found) == 1 and template.count("${") == 1 else None


def kind_of(reference: Reference, inputs: Mapping[str, InputSpec], gives: Mapping[str, Gives]) -> Kind:
    """What stands at a place, of those that are there."""
    root, name, more = reference[0], reference[1], list(reference[2:])
    if root == INPUTS:
        spec = inputs[str(name)]
        if not more:
            return Kind(spec.type, spec.items.type if spec.items is not None else None)
        return Kind(spec.items.type if spec.items is not None and len(more) == 1 else None)
    if more == [TEXT]:
        return Kind("string")
    result = gives[str(name)].result
    return Kind(result) if len(more) > 1 else Kind("array", result)


def fits(spec: InputSpec, kind: Kind) -> bool:
    """Whether an input may be given a value of a kind. What is not known fits."""
    if kind.type is None:
        return True
    if spec.type == "array":
        return kind.type == "array" and (spec.items is None or kind.items is None or fits(spec.items, Kind(kind.items)))
    also = {"number": ("integer",), "audio": ("video",), "string": ("integer",) if spec.also_integer else ()}
    return kind.type == spec.type or kind.type in also.get(spec.type, ())


def is_of_steps(template: Any) -> bool:
    """Whether a value depends on what an earlier step gave."""
    return any(reference[0] == STEPS for reference in references(template))
