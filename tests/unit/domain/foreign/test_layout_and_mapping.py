"""Layouts, and mapping files with what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
import tomli

from modeltui.domain.foreign.layout import layout_of
from modeltui.domain.foreign.mapping import ForeignMapping
from modeltui.domain.foreign.mapping_file import mapping_of
from modeltui.domain.foreign.reading import MappingError
from modeltui.errors import ConfigError
from modeltui.storage.foreign_mapping import read_mapping

LEAST = """
format = 1
name = "ours"
[layout]
model = "m/{provider}/{id}.toml"
[row]
model_id = "{id}"
provider = "{provider}"
"""


def _mapping(text: str) -> ForeignMapping:
    return mapping_of(tomli.loads(text))


@pytest.mark.parametrize(
    ("pattern", "path", "parts"),
    [
        ("p/{a}/m/{id:path}.toml", "p/x/m/y/z.toml", {"a": "x", "id": "y/z"}),
        ("p/{a}/m/{id:path}.toml", "p/x/y/m/z.toml", None),
        ("p/{a}/m/{id}.toml", "p/x/m/y/z.toml", None),
        ("p/{a}/m/{id}.toml", "p/x/m/y.z.toml", {"a": "x", "id": "y.z"}),
        ("*/{id}.toml", "x/y.toml", {"id": "y"}),
        ("**/{id}.toml", "x/y/z.toml", {"id": "z"}),
        ("p/{a}.toml", "p/x.toml.toml", {"a": "x.toml"}),
    ],
)
def test_a_layout_names_the_parts_of_a_path(pattern: str, path: str, parts: Mapping[str, str] | None) -> None:
    assert layout_of(pattern).parts_of(path) == parts


@pytest.mark.parametrize(
    "pattern", ["", "x", "/p/{id}.toml", "../{id}.toml", "p//{id}.toml", "{id}/{id}.toml", "{ID}.toml", ".p/{id}.toml"]
)
def test_what_is_no_layout(pattern: str) -> None:
    with pytest.raises(ConfigError):
        layout_of(pattern)


def test_a_name_leads_to_a_path_and_never_out_of_the_tree() -> None:
    layout = layout_of("p/{a}/m/{id:path}.toml")
    assert layout.paths_of("x/y/z") == "p/x/m/y/z.toml"
    assert [layout.paths_of(name) for name in ("x", "x/../y", "/x", "x//y", "")] == [None] * 5


def test_the_shipped_mapping_is_one() -> None:
    mapping = read_mapping("models.dev")
    assert mapping.name == "models.dev"
    assert mapping.key_of({"provider": "acme", "id": "a/b"}) == "acme/a/b"


def test_the_least_mapping_is_one() -> None:
    mapping = _mapping(LEAST)
    found = mapping.kind_of("m/acme/one.toml")
    assert found == ("model", {"provider": "acme", "id": "one"})
    assert mapping.kind_of("n/acme/one.toml") is None


_WRONG: list[tuple[str, str]] = [
    ("format = 2\nname='x'\n[layout]\nmodel='{id}.toml'", "`format` is not 1"),
    (LEAST.replace('name = "ours"', ""), "`name` is missing"),
    (LEAST.replace('model = "m/{provider}/{id}.toml"', ""), "`layout.model` is missing"),
    (LEAST.replace("m/{provider}/{id}", "m/one"), "no named part"),
    (LEAST.replace("model_id", "modelid"), "`row.modelid` is no field of ours"),
    (LEAST.replace('"{id}"', '"{ident}"'), "names {ident}"),
    (LEAST + 'cost = "cost"\n"cost.base" = "cost.input"', "is there twice"),
    (LEAST + 'name = { from = "name", value = 1 }', "needs either from or value"),
    (LEAST + 'name = { from = "name", as = "prise" }', "`row.name.as` is"),
    (LEAST + 'name = { form = "name" }', "`row.name.form` is not a field"),
    (LEAST + "name = 5", "`row.name` is 5, expected a table"),
    (LEAST + "[lay]\nx = 1", "`lay` is not a field"),
    (LEAST + "[files.model]\nkeys = { a = 'nothing' }", "names the type 'nothing'"),
    (LEAST + "[types.a]\nitems = 'a'\ntype = 'list'", "is made of itself"),
    (LEAST + "[types.text]\ntype = 'number'", "is the name of a type"),
    (LEAST + "[types.a]\ntype = 'text'\nminimum = 1", "has no minimum"),
    (LEAST + "[types.a]\ntype = 'number'\nchoices = ['x']", "has no choices"),
    (LEAST + "[types.a]\ntype = 'text'\nkeys = {}\nrequired = ['x']", "has no keys"),
    (LEAST + "[types.a]\ntype = 'text'\ndates = ['DD']", "names DD"),
    (LEAST + "[types.a]\nordered = 5", "no list of pairs"),
    (LEAST + "[types.a]\nordered = [['x']]", "no list of pairs"),
    (LEAST + "[types.a]\nmeant = { x = 'y' }\nkeys = { x = 'text', y = 'text' }", "is a key itself"),
    (LEAST + "[[types.a.bond]]\nkey = 'x'", "needs key, either is or is_not"),
    (LEAST + "[[builds_on]]\nkey = 'x'", "needs key and file"),
    (LEAST + "[[content_type]]\nis = 'chat'\nkey = 'x'", "one of has, only and like"),
    (LEAST + "[files.thing]\nkeys = {}", "`files.thing` is not a field"),
    ("links = 'all'" + LEAST, "expected inside or never"),
    (LEAST + "name = []", "`row.name` is [], expected text"),
    (LEAST + "[types.a]\ntype = 'text'\nlooks = 'uri'", "expected url or variable"),
    (LEAST + "[types.a]\ntype = 'number'\nusual = ['x']", "has no choices, usual"),
    (LEAST + "[types.a]\nformer = { x = 'y' }\nkeys = { x = 'text', y = 'text' }", "is a key itself"),
    (LEAST + "[types.a]\nseldom = [['x']]", "no list of pairs"),
    (LEAST + "[[types.a.bond]]\nkey = 'x'\nis = 1\nis_not = ['y']\nneeds = ['z']", "either is or is_not"),
    (LEAST + "[[types.a.bond]]\nkey = 'x'\nis = 1\nneeds = ['z']\nhabit = true", "a bond of a whole file"),
    (LEAST + "[[files.model.bond]]\nkey = 'x'\nis = 1\nneeds = ['z']\nhabit = 1", "expected true or false"),
    (LEAST + "[[content_type]]\nis = 'chat'\n[[content_type]]\nkey = 'x'", "`content_type.1.is` is missing"),
]


@pytest.mark.parametrize(("text", "said"), _WRONG)
def test_what_is_wrong_in_a_mapping_is_said_with_its_field(text: str, said: str) -> None:
    with pytest.raises(MappingError) as error:
        _mapping(text)
    assert said in error.value.message


@pytest.mark.parametrize("value", [1, "x", [], [1], {"a": 1}, True, 1.5, {"type": 5}, {"keys": 5}, {"items": []}])
@pytest.mark.parametrize(
    "name", ["format", "name", "layout", "types", "files", "row", "builds_on", "content_type", "links", "provider_row"]
)
def test_a_mapping_of_any_shape_is_refused_or_taken(name: str, value: Any) -> None:
    document = {**tomli.loads(LEAST), name: value}
    if name == "types":
        document[name] = {"a": value}
    with suppress(MappingError):
        mapping_of(document)
