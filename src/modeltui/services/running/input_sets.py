"""What a user typed to run models, kept for the next time: sets of inputs under a name, and prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.errors import InvalidValueError, ModeltuiError, NotFoundError
from modeltui.storage.console_state import ConsoleState

MOST_PROMPTS: Final = 50
"""For each content type."""
_LONGEST_NAME: Final = 60
LONGEST: Final = 100_000
"""Characters of a text that is kept; a picture as a data URL is not."""


class InputSet(Struct, frozen=True):
    name: str
    inputs: Mapping[str, Any]


class InputSetService:
    """By content type, so that what was written for one model serves the others. Read anew each time.

    What cannot be read counts as nothing kept; writing raises UsageError where that cannot be.
    """

    def __init__(self, state: ConsoleState) -> None:
        self._state = state

    @property
    def is_kept(self) -> bool:
        """Whether anything outlives the program."""
        return self._state.is_kept

    def sets(self, content_type: str) -> tuple[InputSet, ...]:
        """By name."""
        found = _table(_table(self._read(), "sets"), content_type)
        return tuple(
            InputSet(name, inputs) for name, inputs in sorted(found.items()) if name and isinstance(inputs, dict)
        )

    def save(self, content_type: str, name: str, inputs: Mapping[str, Any]) -> str:
        """Keep inputs, in place of the set of that name; returns the name as it is kept. Raises InvalidValueError."""
        kept = " ".join(name.split())
        if not kept or len(kept) > _LONGEST_NAME:
            raise InvalidValueError(f"a set of inputs needs a name of at most {_LONGEST_NAME} characters")
        sets = {each.name: dict(each.inputs) for each in self.sets(content_type)}
        self._write("sets", content_type, {**sets, kept: keepable(inputs)})
        return kept

    def delete(self, content_type: str, name: str) -> None:
        """Raises NotFoundError."""
        sets = {each.name: dict(each.inputs) for each in self.sets(content_type)}
        if sets.pop(name, None) is None:
            raise NotFoundError(f"there is no set of inputs {name!r}")
        self._write("sets", content_type, sets)

    def prompts(self, content_type: str) -> tuple[str, ...]:
        """The newest first."""
        found = _table(self._read(), "prompts").get(content_type)
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()

    def remember(self, content_type: str, prompt: str) -> None:
        """Put a prompt before the others."""
        if not prompt.strip() or len(prompt) > LONGEST:
            return
        others = [each for each in self.prompts(content_type) if each != prompt]
        self._write("prompts", content_type, [prompt, *others][:MOST_PROMPTS])

    def _read(self) -> Mapping[str, Any]:
        try:
            return self._state.read("inputs")
        except ModeltuiError:
            return {}

    def _write(self, part: str, content_type: str, value: Any) -> None:
        data = {name: _table(self._read(), name) for name in ("sets", "prompts")}
        self._state.write("inputs", {**data, part: {**data[part], content_type: value}})


def keepable(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs without what is far too long, or was cut when it was kept: pictures as data URLs."""
    return {name: value for name, value in inputs.items() if not _is_too_long(value)}


def _is_too_long(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith("data:") or len(value) > LONGEST
    if isinstance(value, dict):
        return any(map(_is_too_long, value.values()))
    return isinstance(value, list) and any(map(_is_too_long, value))


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}
