"""The mapping file that says how a foreign tree is read: one of those that ship, or the user's own."""

from __future__ import annotations

import os
from typing import Final

from modeltui.domain.foreign.mapping import ForeignMapping
from modeltui.domain.foreign.mapping_file import mapping_of
from modeltui.domain.foreign.reading import MappingError
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage.guard import read_file
from modeltui.storage.toml import codec
from modeltui.storage.toml.locate import line_of

SHIPPED: Final = {"models.dev": "models_dev.toml"}
"""Files in the package's folder `foreign`, by the name that `--as` takes."""
_HINT: Final = f"--as takes {', '.join(SHIPPED)}, or the path of a mapping file"
_FOLDER: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "foreign")


def read_mapping(name: str) -> ForeignMapping:
    """The mapping of a shipped name, or of a path. Raises ConfigError with its file and line."""
    path = os.path.join(_FOLDER, SHIPPED[name]) if name in SHIPPED else name
    if name not in SHIPPED and os.sep not in name and not name.endswith(".toml"):
        raise ConfigError(f"no mapping {name!r}", hint=_HINT)
    directory, file = os.path.split(os.path.realpath(path))
    try:
        content = read_file(directory, file)
    except BrokenFileError as error:
        raise ConfigError(f"the mapping {path} cannot be read: {error.message}", hint=_HINT) from error
    try:
        return mapping_of(codec.parse(content))
    except BrokenFileError as error:
        raise ConfigError(f"{_place(path, error.line)}: {error.message}", hint=error.hint) from error
    except MappingError as error:
        raise ConfigError(f"{_place(path, line_of(content, error.at))}: {error.message}", hint=error.hint) from error


def _place(path: str, line: int | None) -> str:
    return path if line is None else f"{path}:{line}"
