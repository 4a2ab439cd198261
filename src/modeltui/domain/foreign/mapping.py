"""What a mapping file says of a foreign tree, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from modeltui.domain.document import FieldPath, Value
from modeltui.domain.foreign.layout import Layout
from modeltui.domain.foreign.shape import Shape

FileKind: TypeAlias = Literal["model", "provider", "base"]
FILE_KINDS: Final[tuple[FileKind, ...]] = get_args(FileKind)

Links: TypeAlias = Literal["inside", "never"]
LINKS: Final[tuple[Links, ...]] = get_args(Links)

Reading: TypeAlias = Literal["as it is", "price", "date", "count", "names"]
READINGS: Final[tuple[Reading, ...]] = get_args(Reading)


class From(Struct, frozen=True, kw_only=True):
    """Where a field of ours comes from."""

    path: FieldPath = ()
    """The key of theirs; none where it is a part of the path, or fixed."""
    others: tuple[FieldPath, ...] = ()
    """Keys that are asked, in turn, where that one is not there."""
    part: str = ""
    """A named part of the layout."""
    value: Value | None = None
    """The same for every file."""
    reading: Reading = "as it is"
    where: FieldPath = ()
    """A key that must be there; none where it always holds."""


class Choice(Struct, frozen=True):
    """A content type, and what a model of it says."""

    content_type: str
    source: From | None = None
    """What is looked at; None for all that is left."""
    has: str = ""
    """The value, or one of a list."""
    only: str = ""
    """The value, or all of a list."""
    like: str = ""
    """A pattern with `*`, whatever the case."""


class BuildsOn(Struct, frozen=True):
    """How a file names another one that it is laid over."""

    key: FieldPath
    layouts: tuple[Layout, ...]
    """Where it may be; the first place that has it holds."""
    omit: FieldPath = ()
    """The key that lists what of the other one does not hold."""


class Described(Struct, frozen=True):
    """One kind of file."""

    layout: Layout
    shape: Shape


class ForeignMapping(Struct, frozen=True, kw_only=True):
    name: str
    """Of what it maps, such as `models.dev`."""
    files: Mapping[FileKind, Described]
    builds_on: tuple[BuildsOn, ...] = ()
    row: Mapping[FieldPath, From]
    """Fields of a model of ours, by path."""
    provider_row: Mapping[FieldPath, From] = {}
    content_types: tuple[Choice, ...] = ()
    links: Links = "inside"

    @property
    def model(self) -> Described:
        return self.files["model"]

    def kind_of(self, path: str) -> tuple[FileKind, Mapping[str, str]] | None:
        """What a file is, with the named parts of its path; None for one that has no place in the layout."""
        for kind, described in self.files.items():
            parts = described.layout.parts_of(path)
            if parts is not None:
                return kind, parts
        return None

    def key_of(self, parts: Mapping[str, str]) -> str:
        """Of a model, by the parts of its path."""
        return "/".join(parts[name] for name in self.model.layout.names)
