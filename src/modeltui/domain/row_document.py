"""A document that is read only when its row does not tell what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from modeltui.domain.document import Document
from modeltui.domain.model import Model


class RowDocument(Mapping[str, Any]):
    """A `Document`: to switch thousands of models off, none of their files needs to be parsed."""

    def __init__(self, model: Model, read: Callable[[], Document]) -> None:
        """`read` may raise BrokenFileError, and so may then all that asks for more than the row has."""
        self._model = model
        self._read = read

    @cached_property
    def _document(self) -> Document:
        return self._read()

    def _is_told(self, name: object) -> bool:
        """A row is not active as well where the file does not say, or says it wrongly."""
        return name == "active" and self._model.active

    def __contains__(self, name: object) -> bool:
        return self._is_told(name) or name in self._document

    def __getitem__(self, name: str) -> Any:
        return True if self._is_told(name) else self._document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)
