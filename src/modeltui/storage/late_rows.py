"""The rows of a catalogue by key, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from threading import Lock
from typing import Any

from modeltui.domain.model import Model
from modeltui.storage.uncollected import uncollected


class LateRows(Mapping[str, Model]):
    """All are made at once, and only once. To count them makes none. Safe to use from several threads."""

    def __init__(self, count: int, make: Callable[[], Sequence[Model]]) -> None:
        """make: gives the rows, as many as that, in the order of keys."""
        self._count = count
        self._make: Callable[[], Sequence[Model]] | None = make
        self._made: dict[str, Model] = {}
        self._guard = Lock()

    @property
    def is_made(self) -> bool:
        return self._make is None

    def by_key(self) -> dict[str, Model]:
        """Not to be changed."""
        if self._make is not None:
            with self._guard, uncollected():
                if (make := self._make) is not None:
                    self._made = {model.key: model for model in make()}
                    self._make = None  # afterwards: who sees none does not wait
        return self._made

    def __getitem__(self, key: str) -> Model:
        return self.by_key()[key]

    def __contains__(self, key: object) -> bool:
        return key in self.by_key()

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_key())

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return self.by_key() == (other.by_key() if isinstance(other, LateRows) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"LateRows({self._count})"

    def get(self, key: str, default: Any = None) -> Any:
        return self.by_key().get(key, default)

    def keys(self) -> KeysView[str]:
        return self.by_key().keys()

    def values(self) -> ValuesView[Model]:
        return self.by_key().values()

    def items(self) -> ItemsView[str, Model]:
        return self.by_key().items()
