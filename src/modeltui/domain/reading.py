"""Typed reading of the tables of a file: a value of the wrong type is an error that names its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from msgspec import Struct

from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.price import price_of
from modeltui.domain.text import cut
from modeltui.errors import InvalidValueError


class Table(Struct, frozen=True):
    """One table of a document and where it stands. Each reader returns None where the key is absent."""

    values: Mapping[str, Any]
    path: FieldPath

    def refuse(self, message: str, *names: str) -> NoReturn:
        """Raise InvalidValueError about this table, or about a key below it."""
        field = format_field((*self.path, *names))
        raise InvalidValueError(f"{field}: {message}" if field else message)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            self.refuse("must be text", name)
        return value

    def needed_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            self.refuse("is needed", name)
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.refuse("must be true or false", name)
        return value

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.refuse("must be a whole number", name)
        return value

    def number(self, name: str) -> int | float | None:
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.refuse("must be a number", name)
        return value

    def price(self, name: str) -> Decimal | None:
        """An amount written as text, such as `"2.5"`."""
        value = self.text(name)
        return None if value is None else self.as_price(value, name)

    def as_price(self, value: Any, *names: str) -> Decimal:
        if not isinstance(value, str):
            self.refuse('must be a price in quotes, such as "2.5"', *names)
        amount = price_of(value)
        if amount is None or amount < 0:
            self.refuse(f"{cut(repr(value), 60)} is not a price", *names)
        return amount

    def list(self, name: str) -> tuple[Any, ...] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            self.refuse("must be a list", name)
        return tuple(value)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.list(name) or ()
        if not all(isinstance(value, str) for value in values):
            self.refuse("must be a list of texts", name)
        return values

    def table(self, name: str) -> Table | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.refuse("must be a table", name)
        return Table(value, (*self.path, name))

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every entry of this table, each of which must be a table itself."""
        for name in self.values:
            if (table := self.table(name)) is not None:
                yield name, table


def whole(document: Document) -> Table:
    """The document itself as a table."""
    return Table(document, ())
