"""One row of a file that is imported: which model it means, and what it wants of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from modeltui.domain.document import Document

Wanted: TypeAlias = Callable[[Document], Document]
"""The document of a model as the row wants it, given the one that is there. Raises InvalidValueError."""


class Skipped(Struct, frozen=True):
    """Nothing is to be done for this row."""

    where: str
    key: str | None
    reason: str
    hint: str | None = None


class Refused(Struct, frozen=True):
    """This row cannot be taken; the others can."""

    where: str
    key: str | None
    reason: str
    hint: str | None = None


class Row(Struct, frozen=True, kw_only=True):
    where: str
    """How a person finds it: `row 3`, `line 12`, a name."""
    wanted: Wanted
    key: str | None = None
    """The model that is meant. A row without one means every model of `provider` with one of `model_ids`."""
    uid: str | None = None
    """Finds the model where there is no key."""
    provider: str | None = None
    """By the name that the file gives it."""
    model_ids: tuple[str, ...] = ()
    made: Wanted | None = None
    """The document of a new model, given its identity; None where `wanted` makes that too."""
    content_type: str | None = None
    """Where a new model goes that has no key yet; None where nothing tells."""
    notes: Callable[[Document], str | None] = lambda _: None
    """What of the row cannot be had for the model with this document."""


class Options(Struct, frozen=True, kw_only=True):
    """What the user said beside the file."""

    providers: Mapping[str, str] = field(default_factory=dict)
    """Providers of the catalogue by the names that the file gives them."""
    creates: bool = False
    """Whether models that the catalogue has not are made; documents with a key always are."""
    whole: bool = False
    """Whether a row says all, so that what it leaves out is removed."""
