"""What a model takes: its inputs as the file declares them, and the JSON Schema that they amount to."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import Document
from modeltui.domain.reading import Table, whole

MEDIA_TYPES: Final = ("image", "audio", "video")
TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", *MEDIA_TYPES)
CASTS: Final = ("string", "integer", "number")

_URL: Final = r"^\s*([Hh][Tt][Tt][Pp][Ss]?://[^\s/]|[Dd][Aa][Tt][Aa]:)"
"""Without regard to case, in the regular expressions that JSON Schema shares."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class InputSpec(Struct, frozen=True, kw_only=True):
    """One input. None means that the file does not say it (TOML has no null)."""

    name: str
    type: str
    """One of TYPES. The media types are a URL as text, or a file to upload first."""
    title: str = ""
    help: str = ""
    required: bool = False
    """The caller must give it; a default is then only what a form starts with."""
    default: Any = None
    is_default_sent: bool = True
    """False: a default that was filled in prices the run but is not sent; the provider has the same one."""
    send_when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Sent only when each of these inputs has one of these values."""
    omit: tuple[Any, ...] = ()
    """Values that mean "leave it out of the request"; "" stands for blank text."""
    ignored: bool = False
    """Accepted from callers that still send it; in no form, used by nothing."""
    enum: tuple[Any, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    minimum: int | float | None = None
    maximum: int | float | None = None
    multiple_of: int | float | None = None
    step: int | float | None = None
    """Of the form's control only."""
    min_length: int | None = None
    """Characters."""
    max_length: int | None = None
    not_blank: bool = False
    min_items: int | None = None
    max_items: int | None = None
    items: InputSpec | None = None
    fields: tuple[InputSpec, ...] | None = None
    also_integer: bool = False
    map: Mapping[str, Any] | None = None
    """What the request sees in place of a value."""
    together_with: tuple[str, ...] = ()
    """Counts only when all of these are given too."""
    snap: int | None = None
    """Sent as the nearest multiple of this, half up, within the bounds."""
    cast: str | None = None
    advanced: bool = False
    multiline: bool = False
    max_seconds: int | float | None = None
    max_mb: int | float | None = None

    @property
    def is_media(self) -> bool:
        return self.type in MEDIA_TYPES


def read_inputs(document: Document) -> tuple[InputSpec, ...]:
    """The inputs in the order of the file. Raises InvalidValueError naming the field that cannot be used."""
    table = whole(document).table("inputs")
    if table is None:
        return ()
    return tuple(_spec(name, entry) for name, entry in table.tables())


def _spec(name: str, table: Table) -> InputSpec:
    if not _NAME.fullmatch(name):
        table.refuse("is not a name for an input; use letters, digits and underscores")
    kind = table.needed_text("type")
    if kind not in TYPES:
        table.refuse(f"must be one of {', '.join(TYPES)}", "type")
    for key in ("items", "fields"):
        table.table(key)
    values = table.values
    said: dict[str, Any] = {part: read(table) for key, part, read in _READERS if key in values}
    return InputSpec(name=name, type=kind, **said)


def _items(table: Table) -> InputSpec | None:
    items = table.table("items")
    return None if items is None else _spec("item", items)


def _fields(table: Table) -> tuple[InputSpec, ...] | None:
    fields = table.table("fields")
    return None if fields is None else tuple(_spec(key, entry) for key, entry in fields.tables())


def _is_default_sent(table: Table) -> bool:
    send = table.text("send") or "always"
    if send not in ("always", "given"):
        table.refuse("must be always or given", "send")
    return send == "always"


def _conditions(table: Table) -> dict[str, tuple[Any, ...]]:
    conditions = table.table("send_when")
    return as_conditions(conditions.values) if conditions is not None else {}


def as_conditions(values: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """`{ mode = "fast", size = [1, 2] }` with every value as a tuple of the values that fit."""
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in values.items()}


def _labels(table: Table) -> dict[str, str]:
    labels = table.table("labels")
    return {value: labels.needed_text(value) for value in labels.values} if labels is not None else {}


def _map(table: Table) -> Mapping[str, Any] | None:
    mapped = table.table("map")
    return mapped.values if mapped is not None else None


def _positive(table: Table, name: str) -> int | float | None:
    number = table.number(name)
    if number is not None and not 0 < number < math.inf:
        table.refuse("must be finite" if number == math.inf else "must be more than 0", name)
    return number


def _snap(table: Table) -> int | None:
    snap = table.integer("snap")
    if snap is not None and snap < 1:
        table.refuse("must be more than 0", "snap")
    return snap


def _cast(table: Table) -> str | None:
    cast = table.text("cast")
    if cast is not None and cast not in CASTS:
        table.refuse(f"must be one of {', '.join(CASTS)}", "cast")
    return cast


_READERS: Final[tuple[tuple[str, str, Callable[[Table], Any]], ...]] = (
    ("title", "title", lambda table: table.text("title") or ""),
    ("help", "help", lambda table: table.text("help") or ""),
    ("required", "required", lambda table: table.flag("required")),
    ("default", "default", lambda table: table.values["default"]),
    ("send", "is_default_sent", _is_default_sent),
    ("send_when", "send_when", _conditions),
    ("omit", "omit", lambda table: table.list("omit") or ()),
    ("ignored", "ignored", lambda table: table.flag("ignored")),
    ("enum", "enum", lambda table: table.list("enum")),
    ("labels", "labels", _labels),
    ("minimum", "minimum", lambda table: table.number("minimum")),
    ("maximum", "maximum", lambda table: table.number("maximum")),
    ("multiple_of", "multiple_of", lambda table: _positive(table, "multiple_of")),
    ("step", "step", lambda table: _positive(table, "step")),
    ("min_length", "min_length", lambda table: table.integer("min_length")),
    ("max_length", "max_length", lambda table: table.integer("max_length")),
    ("not_blank", "not_blank", lambda table: table.flag("not_blank")),
    ("min_items", "min_items", lambda table: table.integer("min_items")),
    ("max_items", "max_items", lambda table: table.integer("max_items")),
    ("items", "items", _items),
    ("fields", "fields", _fields),
    ("also_integer", "also_integer", lambda table: table.flag("also_integer")),
    ("map", "map", _map),
    ("together_with", "together_with", lambda table: table.texts("together_with")),
    ("snap", "snap", _snap),
    ("cast", "cast", _cast),
    ("advanced", "advanced", lambda table: table.flag("advanced")),
    ("multiline", "multiline", lambda table: table.flag("multiline")),
    ("max_seconds", "max_seconds", lambda table: _positive(table, "max_seconds")),
    ("max_mb", "max_mb", lambda table: _positive(table, "max_mb")),
)
"""The keys that an input may have, the parts of InputSpec that they become, and how; in the order of their faults."""


def json_schema(document: Document) -> dict[str, Any]:
    """The inputs as JSON Schema 2020-12, unknown names refused. Rules between inputs are not in it."""
    specs = read_inputs(document)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object_schema(specs)}


def _object_schema(specs: tuple[InputSpec, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {spec.name: _schema(spec) for spec in specs},
        "required": [spec.name for spec in specs if spec.required],
        "additionalProperties": False,
    }


def _schema(spec: InputSpec) -> dict[str, Any]:
    schema: dict[str, Any] = _object_schema(spec.fields) if spec.fields is not None else {"type": _json_type(spec)}
    if spec.items is not None:
        schema["items"] = _schema(spec.items)
    if spec.enum is not None:
        schema["enum"] = list(spec.enum)
    if spec.not_blank:
        schema["pattern"] = r"\S"
    if spec.is_media:
        schema["contentMediaType"] = f"{spec.type}/*"
        if spec.enum is None:
            schema["pattern"] = _URL if spec.not_blank else rf"{_URL}|^\s*$"
    said = {
        "title": spec.title or None,
        "description": spec.help or None,
        "default": spec.default,
        "minimum": spec.minimum,
        "maximum": spec.maximum,
        "multipleOf": spec.multiple_of,
        "minLength": spec.min_length,
        "maxLength": spec.max_length,
        "minItems": spec.min_items,
        "maxItems": spec.max_items,
    }
    return schema | {keyword: value for keyword, value in said.items() if value is not None}


def _json_type(spec: InputSpec) -> str | list[str]:
    name = "string" if spec.is_media else spec.type
    return [name, "integer"] if spec.also_integer else name
