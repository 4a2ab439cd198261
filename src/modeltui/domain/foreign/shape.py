"""What a value of a foreign file may be: types with their bounds, and tables with their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from modeltui.domain.document import FieldPath, Value

Kind: TypeAlias = Literal["any", "text", "boolean", "number", "whole", "list", "table"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Form: TypeAlias = Literal["YYYY", "YYYY-MM", "YYYY-MM-DD"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


class Bond(Struct, frozen=True):
    """What one value of a table means for others of it."""

    key: FieldPath
    equals: Value
    needs: tuple[FieldPath, ...] = ()
    forbids: tuple[FieldPath, ...] = ()


class Shape(Struct, frozen=True, kw_only=True):
    """What a value may be."""

    kind: Kind = "any"
    minimum: float | None = None
    """Of a number; of a list, how many items at least."""
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    """Of a text that is a date."""
    items: Shape | None = None
    """Of a list."""
    keys: Mapping[str, Shape] | None = None
    """Of a table; None where it may hold anything."""
    rest: Shape | None = None
    """Of a table: what any other key may be; None where there shall be none."""
    required: tuple[FieldPath, ...] = ()
    """Of a table, by their paths within it."""
    meant: Mapping[str, str] = {}
    """Keys that people write by mistake, with the one that they mean: its name, or its path from the top."""
    ordered: tuple[tuple[FieldPath, FieldPath], ...] = ()
    """Pairs of which the first is doubtful where it is more, or later, than the second."""
    bonds: tuple[Bond, ...] = ()
    others: tuple[Shape, ...] = ()
    """Further shapes that the value may have instead."""


ANYTHING: Final = Shape()
