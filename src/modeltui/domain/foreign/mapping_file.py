"""A mapping file, parsed and checked strictly: a mapping that is wrong would find faults where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from msgspec.structs import replace

from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.foreign.layout import Layout, layout_of
from modeltui.domain.foreign.mapping import (
    FILE_KINDS,
    LINKS,
    READINGS,
    BuildsOn,
    Choice,
    Described,
    FileKind,
    ForeignMapping,
    From,
    Links,
    Reading,
)
from modeltui.domain.foreign.reading import MappingError, Table, field_path, one_or_more
from modeltui.domain.foreign.shape import ANYTHING, FORMS, KINDS, LOOKS, Bond, Form, Kind, Look, Shape
from modeltui.errors import ConfigError

FORMAT: Final = 1
_NEEDED: Final = (("model_id",), ("provider",))
_DEEPEST: Final = 20
_OURS: Final = frozenset(
    {
        *("active", "capabilities", "category", "content_type", "cost", "default", "deprecated_on", "description"),
        *("family", "group", "internal", "limits", "logo", "modalities", "model_id", "name", "order", "premium"),
        *("provider", "released_on", "replaced_by", "retires_on", "source", "status", "tags", "timing", "variant"),
        *("verified_on", "version"),
    }
)
"""First names of the fields that a row may have."""
_OF_PROVIDER: Final = frozenset({"auth", "base_url", "docs", "name", "source"})


def mapping_of(document: Document) -> ForeignMapping:
    """Raises MappingError with the field, for the first thing that is wrong."""
    top = Table((), document)
    version = top.take("format")
    if type(version) is not int or version != FORMAT:
        raise MappingError(("format",), f"is not {FORMAT}", hint=f"a mapping file begins with format = {FORMAT}")
    name = top.text("name")
    if not name:
        raise MappingError(("name",), "is missing", hint="the name of what it maps, such as models.dev")
    top.text("about")
    layouts = _layouts(top.table("layout"))
    shapes = _Shapes(top.take("types"), top.take("files"))
    files = {kind: Described(layout, shapes.of_file(kind)) for kind, layout in layouts.items()}
    mapping = ForeignMapping(
        name=name,
        files=files,
        builds_on=tuple(_builds_on(table) for table in top.tables("builds_on")),
        row=_row(top.table("row"), layouts["model"], _OURS),
        provider_row=_row(top.table("provider_row"), layouts.get("provider", layouts["model"]), _OF_PROVIDER),
        content_types=tuple(_choice(table, layouts["model"]) for table in top.tables("content_type")),
        links=cast("Links", top.choice("links", LINKS, "inside")),
    )
    for path in _NEEDED:
        if path not in mapping.row:
            raise MappingError(("row", *path), "is missing", hint="a row needs model_id and provider")
    shapes.done()
    top.done()
    return mapping


def _layouts(table: Table) -> dict[FileKind, Layout]:
    found: dict[FileKind, Layout] = {}
    for kind in FILE_KINDS:
        if pattern := table.text(kind):
            found[kind] = _layout((*table.at, kind), pattern)
    table.done()
    if "model" not in found:
        raise MappingError(("layout", "model"), "is missing", hint='such as "{provider}/{id:path}.toml"')
    if not found["model"].names:
        raise MappingError(("layout", "model"), "has no named part", hint='such as "{provider}/{id:path}.toml"')
    return found


def _layout(at: FieldPath, pattern: str) -> Layout:
    try:
        return layout_of(pattern)
    except ConfigError as error:
        raise MappingError(at, f"is wrong: {error.message}", hint=error.hint) from error


def _builds_on(table: Table) -> BuildsOn:
    key, omit, patterns = table.path("key"), table.path("omit"), table.one_or_more("file")
    table.done()
    if not key or not patterns:
        raise MappingError(table.at, "needs key and file", hint='such as key = "base_model", file = "models/{id}.toml"')
    return BuildsOn(key, tuple(_layout((*table.at, "file"), pattern) for pattern in patterns), omit)


def _row(table: Table, layout: Layout, known: frozenset[str]) -> dict[FieldPath, From]:
    found: dict[FieldPath, From] = {}
    for name in table.names():
        at = (*table.at, name)
        ours = field_path(at, name)
        if ours[0] not in known:
            raise MappingError(at, "is no field of ours", hint=f"fields begin with {', '.join(sorted(known))}")
        if clash := next((path for path in found if path[: len(ours)] == ours[: len(path)]), None):
            raise MappingError(at, f"is there twice: {format_field(clash)} says it as well")
        found[ours] = _from(at, table.take(name), layout)
    return found


def _from(at: FieldPath, value: Any, layout: Layout) -> From:
    if isinstance(value, str | list):
        return _source(at, one_or_more(at, value), layout)
    table = Table(at, value)
    texts, fixed = table.one_or_more("from"), table.take("value")
    reading = cast("Reading", table.choice("as", READINGS, "as it is"))
    where = table.path("where")
    table.done()
    if bool(texts) == (fixed is not None):
        raise MappingError(at, "needs either from or value")
    source = _source(at, texts, layout) if texts else From(value=fixed)
    return replace(source, reading=reading, where=where)


def _source(at: FieldPath, texts: Sequence[str], layout: Layout) -> From:
    """`{id}` for a part of the path, else a key, or several of which the first that is there holds."""
    text, *others = texts
    if others:
        first, *more = (field_path(at, each) for each in texts)
        return From(path=first, others=tuple(more))
    if text.startswith("{") and text.endswith("}"):
        part = text[1:-1]
        if part not in layout.names:
            raise MappingError(at, f"names {text}, which {layout.pattern} does not have")
        return From(part=part)
    return From(path=field_path(at, text))


def _choice(table: Table, layout: Layout) -> Choice:
    name, keys = table.text("is"), table.one_or_more("key")
    has, only, like = table.text("has"), table.text("only"), table.text("like")
    table.done()
    if not name:
        raise MappingError((*table.at, "is"), "is missing", hint='a content type, such as "chat"')
    if bool(keys) != (sum(map(bool, (has, only, like))) == 1):
        raise MappingError(table.at, "needs key with one of has, only and like; or neither, for all that is left")
    return Choice(name, _source((*table.at, "key"), keys, layout) if keys else None, has, only, like)


class _Shapes:
    """The types of a mapping file by name, each made when it is first named."""

    def __init__(self, types: Any, files: Any) -> None:
        self._files = Table(("files",), {} if files is None else files)
        self._raw = dict(_mapping_at(("types",), types))
        for name in self._raw:
            if name in KINDS:
                raise MappingError(("types", name), "is the name of a type that there is")
        self._made: dict[str, Shape] = {}
        self._open: list[str] = []

    def of_file(self, kind: FileKind) -> Shape:
        value = self._files.take(kind)
        return ANYTHING if value is None else self._table(Table(("files", kind), value), "table")

    def done(self) -> None:
        """Raises MappingError for what is wrong in types that nothing named, too."""
        self._files.done()
        for name in self._raw:
            self._named(("types", name), name)

    def _named(self, at: FieldPath, name: str) -> Shape:
        if name in KINDS:
            return Shape(kind=name)
        if name not in self._raw:
            raise MappingError(at, f"names the type {name!r}, which is none", hint=f"types are {self._known()}")
        if name in self._open or len(self._open) > _DEEPEST:
            raise MappingError(("types", name), "is made of itself")
        if name not in self._made:
            self._open.append(name)
            self._made[name] = self._shape(("types", name), self._raw[name])
            self._open.pop()
        return self._made[name]

    def _known(self) -> str:
        return ", ".join((*KINDS, *self._raw))

    def _shape(self, at: FieldPath, value: Any) -> Shape:
        """A name, a list of shapes of which one has to fit, or a table."""
        if isinstance(value, str):
            return self._named(at, value)
        if isinstance(value, list) and value:
            first, *others = [self._shape(at, item) for item in value]
            return replace_others(first, tuple(others))
        if len(at) > 2 * _DEEPEST:
            raise MappingError(at[:3], "is nested too deep")
        table = Table(at, value)
        kind = table.text("type", "table")
        if kind not in KINDS:
            raise MappingError((*at, "type"), f"is {kind!r}, expected one of {', '.join(KINDS)}")
        return self._table(table, kind)

    def _table(self, table: Table, kind: Kind) -> Shape:
        at = table.at
        keys, items, rest = table.take("keys"), table.take("items"), table.take("rest")
        forms = table.texts("dates")
        if unknown := [form for form in forms if form not in FORMS]:
            raise MappingError((*at, "dates"), f"names {unknown[0]}, expected {', '.join(FORMS)}")
        shape = Shape(
            kind=kind,
            minimum=table.number("minimum"),
            maximum=table.number("maximum"),
            choices=table.texts("choices"),
            usual=table.texts("usual"),
            look=cast("Look | None", table.choice("looks", LOOKS, "") or None),
            forms=cast("tuple[Form, ...]", forms),
            items=None if items is None else self._shape((*at, "items"), items),
            keys=None if keys is None else self._keys((*at, "keys"), keys),
            rest=None if rest is None else self._shape((*at, "rest"), rest),
            required=table.paths("required"),
            meant=_renamed((*at, "meant"), table.take("meant")),
            former=_renamed((*at, "former"), table.take("former")),
            ordered=_pairs((*at, "ordered"), table.take("ordered")),
            seldom=_pairs((*at, "seldom"), table.take("seldom")),
            bonds=tuple(map(_bond, table.tables("bond"))),
        )
        table.done()
        _refuse_unfit(at, shape)
        return shape

    def _keys(self, at: FieldPath, value: Any) -> dict[str, Shape]:
        return {name: self._shape((*at, name), item) for name, item in _mapping_at(at, value).items()}


def replace_others(shape: Shape, others: tuple[Shape, ...]) -> Shape:
    return replace(shape, others=(*shape.others, *others)) if others else shape


def _refuse_unfit(at: FieldPath, shape: Shape) -> None:
    """Raises MappingError for what its type does not have."""
    renamed = {**shape.meant, **shape.former}
    is_table = any((shape.keys, shape.rest, shape.required, renamed, shape.ordered, shape.seldom, shape.bonds))
    for kinds, is_said, names in (
        (("number", "whole", "list"), shape.minimum is not None or shape.maximum is not None, "minimum and maximum"),
        (("text",), any((shape.choices, shape.usual, shape.forms, shape.look)), "choices, usual, dates and looks"),
        (("list",), shape.items is not None, "items"),
        (("table",), is_table, "keys, rest, required, meant, former, ordered, seldom and bond"),
    ):
        if is_said and shape.kind not in kinds:
            raise MappingError(at, f"is of type {shape.kind}, which has no {names}")
    for wrong, right in renamed.items():
        if shape.keys is not None and wrong in shape.keys:
            where = "meant" if wrong in shape.meant else "former"
            raise MappingError((*at, where, wrong), f"is a key itself, and cannot mean {right}")


def _mapping_at(at: FieldPath, value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MappingError(at, "is no table")
    return value


def _renamed(at: FieldPath, value: Any) -> dict[str, str]:
    return {name: _text((*at, name), to) for name, to in _mapping_at(at, value).items()}


def _text(at: FieldPath, value: Any) -> str:
    if not isinstance(value, str):
        raise MappingError(at, "is no text")
    return format_field(field_path(at, value))


def _pairs(at: FieldPath, value: Any) -> tuple[tuple[FieldPath, FieldPath], ...]:
    if value is None:
        return ()
    hint = 'such as [["release_date", "last_updated"]]'
    if not isinstance(value, list):
        raise MappingError(at, "is no list of pairs", hint=hint)
    found = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2 or not all(isinstance(name, str) for name in item):
            raise MappingError(at, "is no list of pairs", hint=hint)
        found.append((field_path(at, item[0]), field_path(at, item[1])))
    return tuple(found)


def _bond(table: Table) -> Bond:
    key, equals, none_of = table.path("key"), table.take("is"), table.texts("is_not")
    needs, forbids, doubts = table.paths("needs"), table.paths("forbids"), table.paths("doubts")
    is_habit = table.yes("habit")
    table.done()
    if not key or (equals is None) == (not none_of) or not (needs or forbids or doubts):
        raise MappingError(table.at, "needs key, either is or is_not, and one of needs, forbids and doubts")
    if is_habit and (not needs or table.at[0] != "files" or len(table.at) != len(("files", "model", "bond", 0))):
        raise MappingError((*table.at, "habit"), "goes with needs, and with a bond of a whole file")
    return Bond(key, equals, none_of, needs, forbids, doubts, is_habit)
