"""The documents of a catalogue by key, where a file may have gone since its name was read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

from modeltui.domain.document import Document
from modeltui.errors import BrokenFileError


class Documents(Mapping[str, Document]):
    """To count or name them reads nothing.

    One that cannot be read any more raises BrokenFileError where it is asked for by its key; `get` then gives the
    default, and `values` and `items` leave it out.
    """

    @abstractmethod
    def __contains__(self, key: object) -> bool: ...

    def is_newer(self, _key: str) -> bool:
        """Whether what was given of this file, or that it cannot be read, is not what its row was made of."""
        return False

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except (KeyError, BrokenFileError):
            return default

    def values(self) -> ValuesView[Document]:
        return _Values(self)

    def items(self) -> ItemsView[str, Document]:
        return _Items(self)


class _Items(ItemsView[str, Document]):
    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self._documents = documents

    def __iter__(self) -> Iterator[tuple[str, Document]]:
        for key in self._documents:
            if (document := self._documents.get(key)) is not None:
                yield key, document


class _Values(ValuesView[Document]):
    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self._documents = documents

    def __iter__(self) -> Iterator[Document]:
        return (document for _, document in _Items(self._documents))
