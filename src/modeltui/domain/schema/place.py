"""Where the format has what: a path of a file led through the shapes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from msgspec import Struct
from pydantic.fields import FieldInfo

from modeltui.domain.document import FieldPath
from modeltui.domain.schema.table import Table

ANY_NAME: Final = "*"
"""In a known path: any name that the file chooses, such as that of an input, or any position of a list."""


class Place(Struct, frozen=True):
    """A place of a file and the annotation that holds there."""

    annotation: Any
    """Without `Annotated` and `| None`."""
    metadata: tuple[Any, ...] = ()
    doc: str = ""
    optional: bool = True

    @property
    def table(self) -> type[Table] | None:
        """The closed table that stands here, if one does."""
        is_table = isinstance(self.annotation, type) and issubclass(self.annotation, Table)
        return self.annotation if is_table else None

    def into(self, part: str | int) -> Place | None:
        """The place one step further; None where the format has nothing there."""
        if self.annotation is Any:
            return _OPEN
        if self.table is not None:
            return _fields(self.table).get(str(part))
        origin, arguments = get_origin(self.annotation), get_args(self.annotation)
        if origin is dict and isinstance(part, str):
            return place_of(arguments[1])
        if origin is list and (isinstance(part, int) or part.isdigit() or part == ANY_NAME):
            return place_of(arguments[0])
        return None

    def names(self) -> tuple[str, ...]:
        """The names that a closed table knows."""
        return tuple(_fields(self.table)) if self.table is not None else ()


_OPEN = Place(Any)


def place_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Place:
    """Take `Annotated` and `| None` off an annotation; what they said is kept."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata = (*metadata, *annotation.__metadata__)
            annotation = annotation.__origin__
        elif origin in (Union, UnionType):
            annotation = next(part for part in get_args(annotation) if part is not NoneType)
        else:
            return Place(annotation, metadata)


@lru_cache(maxsize=4096)
def place_at(shape: type[Table], path: FieldPath) -> Place | None:
    """The place that `path` leads to, or None where the format has none."""
    place: Place | None = Place(shape)
    for part in path:
        if place is None:
            return None
        place = place.into(part)
    return place


def known_paths(shape: type[Table]) -> Iterator[tuple[str, ...]]:
    """Every path that the format declares, tables too; ANY_NAME where the file chooses the name."""
    yield from _paths(Place(shape), (), ())


def _paths(place: Place, at: tuple[str, ...], outer: tuple[type[Table], ...]) -> Iterator[tuple[str, ...]]:
    if at:
        yield at
    if (table := place.table) is not None:
        for name in place.names() if table not in outer else ():
            inner = place.into(name)
            assert inner is not None
            yield from _paths(inner, (*at, name), (*outer, table))
    elif get_origin(place.annotation) is dict:
        yield from _paths(place_of(get_args(place.annotation)[1]), (*at, ANY_NAME), outer)
    elif get_origin(place.annotation) is list and (item := place_of(get_args(place.annotation)[0])).table:
        yield from _paths(item, (*at, ANY_NAME), outer)


@cache
def _fields(table: type[Table]) -> Mapping[str, Place]:
    """The fields of a table by the name that the file uses."""
    docs = _docs(table)
    return {field.alias or name: _field(field, docs.get(name, "")) for name, field in table.model_fields.items()}


def _field(field: FieldInfo, doc: str) -> Place:
    place = place_of(field.annotation, tuple(field.metadata))
    return Place(place.annotation, place.metadata, doc, not field.is_required())


def _docs(table: type[Table]) -> dict[str, str]:
    """The strings below the fields of a table and of those it builds on."""
    found: dict[str, str] = {}
    for base in reversed(table.__mro__):
        if issubclass(base, Table) and base is not Table:
            body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
            assert isinstance(body, ast.ClassDef)
            found |= dict(_attribute_docs(body))
    return found


def _attribute_docs(body: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                yield name, inspect.cleandoc(doc)
