"""`schema`, and files that name theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.small import BROKEN, KLING, Line, model_text, write
from modeltui.cli.commands import load
from modeltui.domain.schema.json_schema import NAMES

COMMENT = "#:schema ../../schemas/model.schema.json\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_goes_to_stdout(modeltui: Line, name: str) -> None:
    ran = modeltui("schema", name)
    assert ran.code == 0
    Draft202012Validator.check_schema(ran.json)


def test_the_model_file_is_meant_where_nothing_is_said(modeltui: Line) -> None:
    assert modeltui("schema").out == modeltui("schema", "model").out
    assert modeltui("schema", "models").code == 2


def test_no_catalogue_is_needed() -> None:
    assert not load("schema").is_of_catalog


def test_a_file_is_replaced_on_a_yes_only(modeltui: Line, tmp_path: Path) -> None:
    out = tmp_path / "model.schema.json"
    assert modeltui("schema", "model", "--out", str(out)).code == 0
    before = out.read_text()
    assert json.loads(before)["type"] == "object"
    out.write_text("mine")
    assert modeltui("schema", "--out", str(out)).code != 0
    assert out.read_text() == "mine"
    assert modeltui("schema", "--out", str(out), "--yes").code == 0
    assert out.read_text() == before


def test_what_export_json_writes_fits_its_schema(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    schema = modeltui("schema", "export").json
    exported = modeltui("export", "json").json
    assert len(exported) == 3
    assert not list(Draft202012Validator(schema).iter_errors(exported))


def test_a_line_that_names_the_schema_outlives_edits(modeltui: Line) -> None:
    path = write(modeltui.file(KLING), COMMENT + model_text(KLING, "Kling 2.6"))
    for words in (
        ("set", KLING, "name=New", "tags=['x']"),
        ("apply", "--yes"),
        ("lock", KLING),
        ("apply", "--yes"),
        ("unlock", KLING, "--reason", "again"),
        ("apply", "--yes"),
        ("set", KLING, "--unset", "tags"),
        ("apply", "--yes"),
    ):
        assert modeltui(*words).code == 0, words
        assert path.read_text().startswith(COMMENT)
    assert 'name = "New"' in path.read_text()
    assert modeltui("duplicate", KLING).code == 0
    assert modeltui("apply", "--yes").code == 0
    copy = path.with_name("kling-copy.toml")
    assert copy.read_text().startswith(COMMENT)
