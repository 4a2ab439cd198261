"""The base of every table of a catalogue file: strict types, no unknown keys, frozen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString, Self

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from modeltui.domain.document import FieldPath


class Clash(Struct, frozen=True):
    """What each field may say by itself, but not together with the others of its table."""

    code: LiteralString
    at: FieldPath
    """From the table; empty for the table itself."""
    says: str
    """The rest of a sentence that begins with the field: `is above maximum`."""
    hint: str = ""


class Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    def clashes(self) -> Iterator[Clash]:
        """What does not hold between the fields; asked only where each field is right by itself."""
        yield from ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        clashes = list(self.clashes())
        if clashes:
            raise ValidationError.from_exception_data(
                type(self).__name__,
                [InitErrorDetails(type=custom(c.code, c.says, c.hint), loc=c.at, input=None) for c in clashes],
            )
        return self


def custom(code: LiteralString, says: str, hint: str = "") -> PydanticCustomError:
    """An error of our own: `says` goes on after the name of the field."""
    return PydanticCustomError(code, "{says}", {"says": says, "hint": hint, "own": True})
