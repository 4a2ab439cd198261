"""Starting points for new models, and what a new model has to say for itself."""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.document import ABSENT, Document, FieldPath, get, parse_field
from modeltui.errors import UsageError

Origin: TypeAlias = Literal["catalogue", "shipped"]

IDENTITY: Final[tuple[str, ...]] = ("schema", "uid", "model_id", "name", "provider", "content_type")
"""What every model file says, in the order of the shipped files."""


class Preset(Struct, frozen=True):
    id: str
    """File name without `.toml`."""
    path: str
    """Relative to the folder that it is read from."""
    origin: Origin
    """Whether it lies in this catalogue or came with modeltui."""
    text: str
    document: Document
    fault: str | None = None
    """Why it cannot be used."""

    @property
    def name(self) -> str:
        return _text(self.document, ("preset", "name")) or self.id

    @property
    def description(self) -> str:
        return _text(self.document, ("preset", "description"))

    @property
    def provider(self) -> str | None:
        return _text(self.document, ("provider",)) or None

    @property
    def content_type(self) -> str | None:
        """None where it is left open."""
        return _text(self.document, ("content_type",)) or None

    @property
    def asked(self) -> tuple[FieldPath, ...]:
        """Fields whose value is only an example: each new model has its own."""
        names = get(self.document, ("preset", "ask"))
        return tuple(_paths(names)) if isinstance(names, list) else ()

    def why_not(self, providers: Container[str]) -> str | None:
        """Why no model can be made of it here; None when one can."""
        if self.fault is not None:
            return self.fault
        if self.provider is not None and self.provider not in providers:
            return f"the catalogue has no providers/{self.provider}.toml"
        return None


def _paths(names: list[object]) -> list[FieldPath]:
    found: list[FieldPath] = []
    for name in names:
        try:
            found += [parse_field(name)] if isinstance(name, str) else []
        except UsageError:
            continue
    return found


def _text(document: Document, path: FieldPath) -> str:
    value = get(document, path)
    return value if value is not ABSENT and isinstance(value, str) else ""
