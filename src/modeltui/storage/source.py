"""What the services read a catalogue through, whoever made it."""

from __future__ import annotations

from typing import Protocol

from modeltui.domain.catalog import Catalog
from modeltui.storage.model_reading import Seen


class Source(Protocol):
    """The files of a catalogue: our own (`Store`), or a foreign tree behind a mapping (`ForeignStore`)."""

    root: str

    def load(self, *, fresh: bool = False, seen: Seen | None = None) -> Catalog:
        """The catalogue as it is now. Raises ConfigError."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of one file, by its path below the root. Raises BrokenFileError."""
        ...
