"""`schema`, and files that name theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli
from jsonschema import Draft202012Validator

from cli.small import BROKEN, KLING, Line, model_text, write
from modeltui.cli.commands import load
from modeltui.domain.document import plain
from modeltui.domain.schema.json_schema import NAMES

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "schema"
COMMENT = "#:schema ../../schemas/model.schema.json\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_goes_to_stdout(modeltui: Line, name: str) -> None:
    ran = modeltui("schema", name)
    assert ran.code == 0
    Draft202012Validator.check_schema(ran.json)


def test_the_model_file_is_meant_where_nothing_is_said(modeltui: Line) -> None:
    assert modeltui("schema").out == modeltui("schema", "model").out
    assert modeltui("schema", "models").code == 2


def test_those_in_docs_are_what_the_command_writes(modeltui: Line) -> None:
    """`make schema` writes them anew."""
    assert sorted(path.name for path in PUBLISHED.iterdir()) == sorted(f"{name}.schema.json" for name in NAMES)
    for name in NAMES:
        assert (PUBLISHED / f"{name}.schema.json").read_text() == modeltui("schema", name).out, (
            f"run `make schema`: {name}"
        )


def test_all_go_into_a_folder(modeltui: Line, tmp_path: Path, typed: Callable[[str], None]) -> None:
    assert modeltui("schema", "all").code == 2
    assert "No such file" in modeltui("schema", "all", "--out", str(tmp_path / "none" / "schemas")).err
    (tmp_path / "file").touch()
    assert modeltui("schema", "all", "--out", str(tmp_path / "file")).code == 2
    folder = tmp_path / "schemas"
    assert modeltui("schema", "all", "--out", str(folder)).code == 0, "the folder is made"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert before == {path.name: path.read_text() for path in PUBLISHED.iterdir()}
    (folder / "model.schema.json").write_text("mine")
    typed("n\n")
    assert modeltui("schema", "all", "--out", str(folder)).code == 1
    assert (folder / "model.schema.json").read_text() == "mine"
    assert modeltui("schema", "all", "--out", str(folder), "--yes").code == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_the_editor_setting_of_the_sample_catalogue_covers_each_file_once() -> None:
    rules = tomli.loads((ROOT / ".taplo.toml").read_text())["rule"]
    covered: list[Path] = []
    for rule in rules:
        schema = json.loads((ROOT / rule["schema"]["path"]).read_text())
        files = [path for pattern in rule["include"] for path in sorted(ROOT.glob(pattern))]
        assert files, rule
        covered += files
        validator = Draft202012Validator(schema)
        for path in files[:: 1 + len(files) // 10]:
            assert not list(validator.iter_errors(plain(tomli.loads(path.read_text())))), path
    everything = (path for path in (ROOT / "catalog").rglob("*.toml") if ".modeltui" not in path.parts)
    assert sorted(covered) == sorted(everything)


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


def test_a_new_model_names_the_schema_of_those_beside_it(modeltui: Line, catalog: Path) -> None:
    """Not that of its preset, which is another one, and lies elsewhere."""
    preset = (ROOT / "catalog" / "presets" / "kie-veo.toml").read_text()
    write(catalog / "presets" / "kie-veo.toml", f"#:schema ../../schemas/preset.schema.json\n{preset}")
    made = catalog / "models" / "prompt_to_video" / "new.toml"
    for above in ("", COMMENT):
        write(modeltui.file(KLING), above + model_text(KLING, "Kling 2.6"))
        assert modeltui("new", "prompt_to_video/new", "--from", "kie-veo", "model_id=new").code == 0
        assert modeltui("apply", "--yes").code == 0
        assert made.read_text().startswith(f"{above}schema = 1\n")
        made.unlink()


def test_an_imported_model_names_it_too(modeltui: Line, tmp_path: Path) -> None:
    write(modeltui.file(KLING), COMMENT + model_text(KLING, "Kling 2.6"))
    (row,) = modeltui("export", "json", f"key:{KLING}").json
    other = {name: value for name, value in row.items() if name != "uid"}
    rows = [{**row, "name": "Changed"}, {**other, "key": "prompt_to_video/other"}]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    assert modeltui("import", "json", str(file), "--yes").code == 0
    assert modeltui("apply", "--yes").code == 0
    made = modeltui.file("prompt_to_video/other").read_text()
    assert (made.startswith(COMMENT), made.count("#:schema")) == (True, 1)
    changed = modeltui.file(KLING).read_text()
    assert (changed.startswith(COMMENT), 'name = "Changed"' in changed) == (True, True)
