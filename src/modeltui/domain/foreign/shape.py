"""What a value of a foreign file may be: types with their bounds, and tables with their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from modeltui.domain.document import FieldPath, Value

Kind: TypeAlias = Literal["any", "text", "boolean", "number", "whole", "list", "table"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Look: TypeAlias = Literal["url", "variable"]
LOOKS: Final[tuple[Look, ...]] = get_args(Look)

Form: TypeAlias = Literal["YYYY", "YYYY-MM", "YYYY-MM-DD"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


class Bond(Struct, frozen=True):
    """What one value of a table means for others of it."""

    key: FieldPath
    equals: Value | None = None
    none_of: tuple[str, ...] = ()
    """In the place of `equals`: the value is there, and is none of them."""
    needs: tuple[FieldPath, ...] = ()
    forbids: tuple[FieldPath, ...] = ()
    doubts: tuple[FieldPath, ...] = ()
    """What is doubtful beside it."""
    is_habit: bool = False
    """Whether what it needs is needed only in a tree in which at least half of the files have it."""


class Shape(Struct, frozen=True, kw_only=True):
    """What a value may be."""

    kind: Kind = "any"
    minimum: float | None = None
    """Of a number; of a list, how many items at least."""
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    """Choices that a later schema may add to: any other text is doubtful."""
    forms: tuple[Form, ...] = ()
    """Of a text that is a date."""
    look: Look | None = None
    """Of a text that has to look like an address, or like the name of a variable."""
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
    former: Mapping[str, str] = {}
    """Keys of an earlier schema, with the one that took their place: its name, or its path from the top."""
    ordered: tuple[tuple[FieldPath, FieldPath], ...] = ()
    """Pairs of which the first is doubtful where it is more, or later, than the second."""
    seldom: tuple[tuple[FieldPath, FieldPath], ...] = ()
    """The same, where that is only seldom so."""
    bonds: tuple[Bond, ...] = ()
    others: tuple[Shape, ...] = ()
    """Further shapes that the value may have instead."""


ANYTHING: Final = Shape()
