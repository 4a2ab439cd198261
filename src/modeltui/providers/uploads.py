"""What has to be done before a request: which steps, and for which files."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from modeltui.domain.request.placeholder_faults import FILE_NAMES
from modeltui.providers.contract import Step
from modeltui.providers.data_url import is_data_url, parse_data_url
from modeltui.providers.media_types import HEAD, UNKNOWN, extension, sniff


class UploadFile(Mapping[str, Any]):
    """What `${file.…}` sees of a data URL. Its name is ours, made of its content; nothing tells of this machine."""

    def __init__(self, data_url: str) -> None:
        """Raises ProviderError where it cannot be decoded."""
        found = parse_data_url(data_url)
        assert found is not None
        sniffed = sniff(found.content[:HEAD])
        self._content = found.content
        self._media_type = found.media_type if sniffed == UNKNOWN else sniffed

    @cached_property
    def _base64(self) -> str:
        return base64.b64encode(self._content).decode()

    def __getitem__(self, name: str) -> Any:
        match name:
            case "name":
                return f"{sha256(self._content).hexdigest()[:16]}.{extension(self._media_type)}"
            case "media_type":
                return self._media_type
            case "size":
                return len(self._content)
            case "data_url":
                return f"data:{self._media_type};base64,{self._base64}"
            case "base64":
                return self._base64
            case "bytes":
                return self._content
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(FILE_NAMES)

    def __len__(self) -> int:
        return len(FILE_NAMES)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among the inputs that holds a file."""

    input: str
    position: int | None
    """In a list; None where the input is the file itself."""
    data_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Errand:
    """One step to run, for one file or for none."""

    step: Step
    slot: Slot | None


def errands(steps: tuple[Step, ...], inputs: Mapping[str, Any]) -> tuple[Errand, ...]:
    """All that has to be done before these inputs can be sent, in order: file by file, all steps of each."""
    found: list[Errand] = []
    done: set[str] = set()
    for step in steps:
        if step.input is None:
            found.append(Errand(step, None))
        elif step.input not in done:
            done.add(step.input)
            of_input = [each for each in steps if each.input == step.input]
            found += [Errand(each, slot) for slot in _slots(step.input, inputs.get(step.input)) for each in of_input]
    return tuple(found)


def with_url(inputs: Mapping[str, Any], slot: Slot, url: str) -> dict[str, Any]:
    """The inputs with `url` in place of a file."""
    if slot.position is None:
        return {**inputs, slot.input: url}
    values = list(inputs[slot.input])
    values[slot.position] = url
    return {**inputs, slot.input: values}


def _slots(name: str, value: Any) -> Iterator[Slot]:
    if isinstance(value, str) and is_data_url(value):
        yield Slot(name, None, value)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            if isinstance(item, str) and is_data_url(item):
                yield Slot(name, position, item)
