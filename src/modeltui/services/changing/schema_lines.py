"""The `#:schema` line that a new model gets: that of the models beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from modeltui.domain.model import Model
from modeltui.domain.schema_line import schema_line
from modeltui.errors import BrokenFileError

_LOOKED_AT: Final = 3
"""Models of a folder: whoever writes such lines writes them into each."""


def schema_line_of(folder: str, models: Mapping[str, Model], read: Callable[[str], bytes]) -> str | None:
    """The line of the first models of a folder, from where a path leads as far as from any other file of it.

    read: gives the bytes of a file by its path in the catalogue.
    """
    beside = (model for key, model in models.items() if key.startswith(f"{folder}/") and not model.is_broken)
    for model in islice(beside, _LOOKED_AT):
        try:
            line = schema_line(read(model.path).decode())
        except (BrokenFileError, UnicodeDecodeError):
            continue
        if line is not None:
            return line
    return None
