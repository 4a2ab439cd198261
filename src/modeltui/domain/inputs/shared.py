"""The inputs of several models as one form: what most of them take comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.inputs.specs import InputSpec

_HALF: Final = 2


class SharedInput(Struct, frozen=True):
    spec: InputSpec
    """As a form shows it: where the models differ, it holds a value to nothing."""
    count: int
    """Of how many models it is an input."""


def shared_inputs(by_model: Mapping[str, Sequence[InputSpec]]) -> tuple[SharedInput, ...]:
    """The union of what models take, by how many take it, then in the order in which it was met.

    What a model must be given stands before what it may; what less than half of them take is advanced.
    """
    found: dict[str, list[InputSpec]] = {}
    for specs in by_model.values():
        for spec in specs:
            if not spec.ignored:
                found.setdefault(spec.name, []).append(spec)
    shared = [SharedInput(_merged(specs, len(by_model)), len(specs)) for specs in found.values()]
    return tuple(sorted(shared, key=lambda each: (not each.spec.required, -each.count)))


def _merged(specs: Sequence[InputSpec], models: int) -> InputSpec:
    first, count = specs[0], len(specs)
    is_needed = any(spec.required for spec in specs)
    is_rare = count * _HALF < models
    note = "" if models == 1 else "every model takes it" if count == models else f"{count} of {models} models take it"
    merged = first if all(_alike(spec, first) for spec in specs) else _loosened(specs)
    return replace(
        merged,
        required=all(spec.required for spec in specs) and count == models,
        help="; ".join(filter(None, (note, first.help))),
        advanced=not is_needed and (is_rare or all(spec.advanced for spec in specs)),
        default=first.default if all(spec.default == first.default for spec in specs) else None,
    )


def _alike(one: InputSpec, other: InputSpec) -> bool:
    names = ("type", "enum", "minimum", "maximum", "min_length", "max_length", "max_items", "multiline", "snap")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _loosened(specs: Sequence[InputSpec]) -> InputSpec:
    """What any of them takes. Where one has choices and another has none, it is a line to type in."""
    first = specs[0]
    is_media = all(spec.type == first.type for spec in specs) and (first.is_media or first.type == "array")
    enums = [spec.enum for spec in specs]
    choices: dict[str, Any] = {}
    if all(enums):
        for enum in enums:
            for value in enum or ():
                choices.setdefault(str(value), value)
    labels = {name: label for spec in specs for name, label in spec.labels.items()}
    kind = first.type if is_media else "boolean" if all(spec.type == "boolean" for spec in specs) else "string"
    return InputSpec(
        name=first.name,
        type=kind,
        title=first.title if all(spec.title == first.title for spec in specs) else "",
        enum=tuple(choices.values()) or None,
        labels=labels,
        items=first.items if is_media else None,
        multiline=any(spec.multiline for spec in specs),
    )
