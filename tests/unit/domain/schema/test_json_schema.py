"""The format as JSON Schema says the same of a file as `check` does, as far as it can."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator

from modeltui.domain.document import Document, plain
from modeltui.domain.schema.files import SHAPES, FileKind
from modeltui.domain.schema.findings import findings_of
from modeltui.domain.schema.json_schema import NAMES, SchemaName, schema_of

CATALOG = Path(__file__).parents[4] / "catalog"
VIDEO = CATALOG / "models" / "prompt_to_video" / "sandbox-video.toml"
FOLDERS: dict[FileKind, str] = {
    "model": "models/*/*.toml",
    "provider": "providers/*.toml",
    "catalog": "catalog.toml",
    "preset": "presets/*.toml",
    "workflow": "workflows/*.toml",
}


@cache
def validator(name: SchemaName) -> Draft202012Validator:
    return Draft202012Validator(schema_of(name))


def faults(name: SchemaName, document: Document) -> list[str]:
    """As an editor sees them: days and moments are text."""
    return [error.message for error in validator(name).iter_errors(plain(document))]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_json_schema_and_stays_in_order(name: SchemaName) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert json.dumps(schema) == json.dumps(schema_of(name))


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_shipped_file_fits(kind: FileKind) -> None:
    paths = sorted(CATALOG.glob(FOLDERS[kind]))
    assert paths
    wrong = {path.name: found for path in paths if (found := faults(kind, tomli.loads(path.read_text())))}
    assert wrong == {}


def test_what_is_exported_fits() -> None:
    documents = [
        {"key": f"{path.parent.name}/{path.stem}"} | plain(tomli.loads(path.read_text()))
        for path in sorted(CATALOG.glob(FOLDERS["model"]))
    ]
    assert not list(validator("export").iter_errors(documents))
    del documents[0]["key"]
    assert list(validator("export").iter_errors(documents))


def whole() -> dict[str, Any]:
    document: dict[str, Any] = tomli.loads(VIDEO.read_text())
    assert faults("model", document) == []
    return copy.deepcopy(document)


def _put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *above, last = path.split(".")
        for part in above:
            document = document.setdefault(part, {})
        if value is None:
            del document[last]
        else:
            document[last] = value

    return change


BROKEN = {
    "no uid": _put("uid", None),
    "another version": _put("schema", 2),
    "a misspelled key": _put("activ", True),
    "text for a switch": _put("active", "yes"),
    "a price as a number": _put("cost.base", 0.5),
    "a price of too many digits": _put("cost.base", "1" * 41),
    "a currency in lower case": _put("cost.currency", "usd"),
    "no price in a table": _put("cost.table", {"by": ["size"], "prices": {"a": 5}}),
    "a tag twice": _put("tags", ["a", "a"]),
    "a medium twice": _put("modalities", {"input": ["text", "text"]}),
    "more than all callers": _put("rollout", {"percent": 101}),
    "an unknown status": _put("status", "old"),
    "a blank name": _put("name", " "),
    "a list of capabilities": _put("capabilities", ["audio"]),
    "an unknown type of input": _put("inputs.prompt.type", "text"),
    "a bound of text": _put("inputs.prompt.minimum", 5),
    "a name that is none": _put("inputs", {"a b": {"type": "string"}}),
    "rules that say two things": _put("rules", [{"message": "x", "forbid": {"a": 1}, "require": ["a"]}]),
    "a rule without what": _put("rules", [{"message": "x"}]),
    "a path and a URL": _put("poll.url", "${saved.url}"),
    "nowhere to look": _put("result.select", None),
    "a rate with two prices": _put(
        "cost.rate", {"per": "second", "of": "media", "price": "1", "by": "a", "prices": {"b": "1"}}
    ),
    "a currency of no cost": _put("request.cost_currency", "USD"),
    "a day that is none": _put("verified_on", "tomorrow"),
    "a moment without offset": _put("lock", {"locked": True, "at": "2026-11-20T10:00:00"}),
    "a body that is text": _put("request.body", "${inputs.prompt}"),
    "a path with a host": _put("request.path", "//example.com/v1"),
    "no placeholder for a URL": _put("poll", {"url": "https://example.com", "status": "a", "success": ["b"]}),
    "an empty JMESPath": _put("poll.status", ""),
    "a header of two lines": _put("request.headers", {"x-a": "b\nc"}),
    "a number as the default of text": _put("inputs.prompt.default", 5),
    "text among whole numbers": _put("inputs.steps", {"type": "integer", "enum": [1, "2"]}),
    "a list as the default of a switch": _put("inputs.hd", {"type": "boolean", "default": []}),
    "prices too deep for one input": _put("cost.table", {"by": ["a"], "prices": {"b": {"c": "1"}}}),
    "prices too flat for two": _put("cost.table", {"by": ["a", "b"], "prices": {"c": "1"}}),
    "a rate of deep prices": _put(
        "cost.rate", {"per": "second", "of": "media", "by": "a", "prices": {"b": {"c": "1"}}}
    ),
    "tokens that are not assumed": _put("cost.tokens", {"input": "1"}),
    "a base without a path": _put("before", [{"url": "${saved.url}", "base": "upload"}]),
    "bytes without a file": _put("before", [{"path": "/a", "encoding": "bytes"}]),
    "a file without bytes": _put("before", [{"path": "/a", "body": "${file.bytes}"}]),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_what_check_refuses_an_editor_marks(wrong: str) -> None:
    document = whole()
    BROKEN[wrong](document)
    assert findings_of("x.toml", document, "model"), "the format takes it"
    assert faults("model", document)


def test_a_provider_without_its_key_is_marked() -> None:
    document: dict[str, Any] = tomli.loads((CATALOG / "providers" / "openai.toml").read_text())
    assert faults("provider", document) == []
    del document["auth"]["env"]
    assert faults("provider", document)
    document["auth"] = {"scheme": "bearer", "env": ["A_KEY"], "prefix": "Token"}
    assert faults("provider", document)
    document["auth"] = {"scheme": "bearer", "env": []}
    assert faults("provider", document)


def test_a_provider_of_this_machine_alone_has_http_and_keys_of_no_other() -> None:
    document: dict[str, Any] = tomli.loads((CATALOG / "providers" / "openai.toml").read_text())
    document |= {"base_url": "http://127.0.0.1:8080", "hosts": ["127.0.0.1:8080"]}
    assert faults("provider", document)
    document["loopback"] = True
    assert faults("provider", document)
    document["auth"] = {"scheme": "bearer", "env": ["LOOPBACK_KEY"]}
    assert faults("provider", document) == []
    assert findings_of("x.toml", document, "provider") == []


def test_fields_tell_what_they_are() -> None:
    fields = schema_of("model")["properties"]
    assert fields["tags"]["description"].startswith("Words to filter by.")
    assert all("description" in field for field in fields.values() if "$ref" not in field)
    timing = schema_of("model")["$defs"]["Timing"]["properties"]["estimated_seconds"]
    assert timing["description"] == "How long a run usually takes. In s."


@pytest.mark.parametrize("name", NAMES)
def test_every_table_and_field_is_described(name: SchemaName) -> None:
    schema = schema_of(name)
    tables = {"": schema.get("items", schema), **schema["$defs"]}
    for title, table in tables.items():
        assert table["description"], title
        for field, said in table.get("properties", {}).items():
            assert "description" in said or "$ref" in said, (title, field)


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_is_used_and_every_example_fits(name: SchemaName) -> None:
    schema = schema_of(name)
    text = json.dumps(schema)
    assert all(f'"#/$defs/{each}"' in text for each in schema["$defs"])
    shown = list(_with_examples(schema))
    assert shown
    for each in shown:
        holder = Draft202012Validator({**each, "$defs": schema["$defs"]})
        assert not [error.message for value in each["examples"] for error in holder.iter_errors(value)]


def _with_examples(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("examples"), list):
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _with_examples(part)


def test_each_has_a_name_of_its_own_that_is_no_address() -> None:
    names = [schema_of(name)["$id"] for name in NAMES]
    assert len(set(names)) == len(NAMES)
    assert names[0] == "urn:modeltui:schema:model:1"


def test_every_kind_of_file_has_one() -> None:
    assert {*SHAPES, "export"} == set(NAMES)
