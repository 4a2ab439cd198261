"""What is made, and loaded, when it is first asked for, and is then the same for all who ask."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, TypeVar, overload

MadeT = TypeVar("MadeT")


class once(Generic[MadeT]):  # noqa: N801  # reads as `property` does
    """`functools.cached_property` that makes no two of a thing for two threads. The owner has a lock `_making`."""

    def __init__(self, make: Callable[[Any], MadeT]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> once[MadeT]: ...
    @overload
    def __get__(self, instance: Made, owner: type) -> MadeT: ...
    def __get__(self, instance: Made | None, owner: type) -> once[MadeT] | MadeT:
        if instance is None:
            return self
        with instance.making:
            if self._name not in instance.__dict__:
                instance.__dict__[self._name] = self._make(instance)
            made: MadeT = instance.__dict__[self._name]
            return made


class Made:
    """Has parts that are made once."""

    def __init__(self) -> None:
        self.making = RLock()
        """One for all parts, since one is made with others."""
