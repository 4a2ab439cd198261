"""The format as JSON Schema 2020-12, for editors and for programs in other languages.

It says what a schema can say of one file. What only `check` knows (other files, placeholders, JMESPath, sums) it lets
pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from modeltui.domain.expressions import LONGEST_EXPRESSION
from modeltui.domain.price import LONGEST as LONGEST_PRICE
from modeltui.domain.schema.conditions import conditions_of
from modeltui.domain.schema.fatal import SCHEMA_VERSION
from modeltui.domain.schema.files import SHAPES, FileKind
from modeltui.domain.schema.kinds import Kind, Unit, no_repeats
from modeltui.domain.schema.metadata import distinct_media
from modeltui.domain.schema.place import Place, place_of
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.upstream import once

Json: TypeAlias = dict[str, Any]
SchemaName: TypeAlias = Literal[FileKind, "export"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NAMES: Final[tuple[SchemaName, ...]] = (*get_args(FileKind), "export")

_TITLES: Final[Mapping[SchemaName, str]] = {
    "model": "A model file of a modeltui catalogue",
    "provider": "A provider file of a modeltui catalogue",
    "catalog": "catalog.toml of a modeltui catalogue",
    "preset": "A preset of a modeltui catalogue",
    "workflow": "A workflow of a modeltui catalogue",
    "export": "What `modeltui export json` writes",
}
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_TYPES: Final[Mapping[Any, Json]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date", "pattern": f"^{_DAY}$", "examples": ["2026-11-20"]},
    AwareDatetime: {
        "type": "string",
        "format": "date-time",
        "pattern": f"^{_DAY}[Tt ]{_TIME}(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$",
    },
}
"""Days and moments are text to an editor; a pattern says it where formats are not looked at."""
_WITHOUT_REPEATS: Final = (no_repeats, distinct_media, once)
_PRICES: Final[Json] = {
    "description": "Prices by the value of an input, as deep as there are inputs.",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"anyOf": [{"$ref": "#/$defs/Price"}, {"$ref": "#/$defs/Prices"}]},
}
_PRICE: Final[Json] = {
    "description": "A price in quotes: digits, without sign or exponent.",
    "type": "string",
    "pattern": r"^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$",
    "maxLength": LONGEST_PRICE,
}
_MONEY: Final[Json] = {"price": {"Price": _PRICE}, "prices": {"Price": _PRICE, "Prices": _PRICES}}
"""Definitions that kinds need."""
_OF_KIND: Final[Mapping[str, Json]] = {
    "version": {"type": "integer", "const": SCHEMA_VERSION},
    "price": {"$ref": "#/$defs/Price"},
    "prices": {"$ref": "#/$defs/Prices"},
    "JSON": {"type": ["object", "array"]},
    "JSON or file": {"type": ["object", "array", "string"]},
    "JMESPath": {"type": "string", "minLength": 1, "maxLength": LONGEST_EXPRESSION},
    "relative path": {"type": "string", "pattern": r"^(?:/|\$\{)", "not": {"pattern": r"^//|://|\\"}},
    "placeholder": {"type": "string", "pattern": r"^\$\{[\s\S]*\}$"},
    "header text": {"type": "string", "pattern": "^[ -~]*$"},
}
"""Kinds whose validators say more than their annotation."""


def schema_of(name: SchemaName) -> Json:
    """In an order that stays the same."""
    if name == "export":
        return _of_export()
    written = _Writer()
    body = written.table(SHAPES[name])
    return {**_head(name), **body, "$defs": written.definitions()}


def _head(name: SchemaName) -> Json:
    """The id is a name and no address: nothing is fetched by it, wherever the file lies."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:modeltui:schema:{name}:{SCHEMA_VERSION}",
        "$comment": f"Written by `modeltui schema {name}`.",
        "title": _TITLES[name],
    }


def _of_export() -> Json:
    """A document as the file says it, days and moments as text, and its key."""
    written = _Writer()
    body = written.table(SHAPES["model"])
    key = {"type": "string", "pattern": "^[^/]+(?:/[^/]+)+$", "description": "Path below `models/` without `.toml`."}
    item = {**body, "properties": {"key": key, **body["properties"]}, "required": ["key", *body["required"]]}
    return {
        **_head("export"),
        "type": "array",
        "items": item,
        "$defs": written.definitions(),
    }


class _Writer:
    """Writes each table that is met once, as a definition."""

    def __init__(self) -> None:
        self._met: dict[str, Json] = {}

    def definitions(self) -> Json:
        return {name: self._met[name] for name in sorted(self._met)}

    def table(self, table: type[Table]) -> Json:
        place = Place(table)
        fields = {name: inner for name in place.names() if (inner := place.into(name)) is not None}
        required = [name for name, field in fields.items() if not field.optional]
        return {
            "type": "object",
            **_described(table.__dict__.get("__doc__") or ""),
            "properties": {name: self._field(field) for name, field in fields.items()},
            **({"required": required} if required else {}),
            "additionalProperties": False,
            **conditions_of(table),
        }

    def _field(self, place: Place) -> Json:
        kind = next((each for each in place.metadata if isinstance(each, Kind)), None)
        unit = next((each.name for each in place.metadata if isinstance(each, Unit)), "")
        said = [place.doc, f"Takes {kind.expected}." if kind else "", f"In {unit}." if unit and not kind else ""]
        examples = {"examples": kind.examples} if kind and kind.examples else {}
        return {**self._value(place), **_described(" ".join(filter(None, said))), **examples}

    def _value(self, place: Place) -> Json:
        kind = next((each.name for each in place.metadata if isinstance(each, Kind)), "")
        self._met |= _MONEY.get(kind, {})
        if kind in _OF_KIND:
            return _OF_KIND[kind]
        return {**self._type(place), **_constraints(place)}

    def _type(self, place: Place) -> Json:
        annotation, origin = place.annotation, get_origin(place.annotation)
        arguments = get_args(annotation)
        if place.table is not None:
            return self._reference(place.table)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is list:
            return {"type": "array", "items": self._field(place_of(arguments[0]))}
        if origin is dict:
            names = _constraints(place_of(arguments[0]))
            return {
                "type": "object",
                **({"propertyNames": names} if names else {}),
                "additionalProperties": self._field(place_of(arguments[1])),
            }
        return {} if annotation is Any else _TYPES[annotation]

    def _reference(self, table: type[Table]) -> Json:
        if table.__name__ not in self._met:
            self._met[table.__name__] = {}  # a table may hold itself
            self._met[table.__name__] = self.table(table)
        return {"$ref": f"#/$defs/{table.__name__}"}


def _described(text: str) -> Json:
    return {"description": " ".join(text.split())} if text else {}


def _constraints(place: Place) -> Json:
    found: Json = {}
    for each in place.metadata:
        for kind, keyword, value in _KEYWORDS:
            if isinstance(each, kind) and (said := value(each)) is not None:
                found[keyword(place)] = said
    return found


def _least(place: Place) -> str:
    return "minProperties" if get_origin(place.annotation) is dict else "minItems"


_KEYWORDS: Final[tuple[tuple[type, Callable[[Place], str], Callable[[Any], Any]], ...]] = (
    (StringConstraints, lambda _: "pattern", lambda each: each.pattern),
    (Ge, lambda _: "minimum", lambda each: each.ge),
    (Gt, lambda _: "exclusiveMinimum", lambda each: each.gt),
    (Le, lambda _: "maximum", lambda each: each.le),
    (MinLen, _least, lambda each: each.min_length),
    (AfterValidator, lambda _: "uniqueItems", lambda each: True if each.func in _WITHOUT_REPEATS else None),
)
