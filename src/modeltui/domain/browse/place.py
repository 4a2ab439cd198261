"""Where a user stood in the console, so that the next start goes on there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.browse.views import View, text_of, view_data, view_of
from modeltui.errors import InvalidValueError

MOST_USED: Final = 50
"""Filters that are kept to be recalled."""


class Place(Struct, frozen=True):
    shown: View = View()
    """What the table shows. Its name is that of the view it came from, which it may differ from by now."""
    key: str = ""
    """The model under the cursor."""
    column: str = ""
    """The column under the cursor."""
    marks: frozenset[str] = frozenset()
    used: tuple[str, ...] = ()
    """Filters that were kept, the last one last."""


def place_data(place: Place) -> dict[str, Any]:
    """A place as JSON has it."""
    return {
        "shown": view_data(place.shown),
        "key": place.key,
        "column": place.column,
        "marks": sorted(place.marks),
        "used": list(place.used),
    }


def place_of(data: Mapping[str, Any]) -> Place:
    """The inverse of `place_data`. Raises InvalidValueError."""
    return Place(
        view_of(data.get("shown", {})),
        text_of(data, "key"),
        text_of(data, "column"),
        frozenset(_texts(data, "marks")),
        tuple(_texts(data, "used")[-MOST_USED:]),
    )


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidValueError(f"{name} is no list of texts")
    return value
