"""`--as`: a tree of others is listed, shown, checked and exported, and never changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.small import Line
from foreign_trees import ACME, MODEL, PROVIDER, link, make, state_of
from modeltui.cli.commands import ENTRIES, load

AS = ("--as", "models.dev")
_REFUSED = "this catalogue is read as models.dev, which is read only; import makes it one of ours"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = make(tmp_path / "tree", {f"{ACME}/models/a/slip.toml": MODEL.replace("output = 2", "outputt = 2")})
    link(root, f"{ACME}/models/same.toml", "one.toml")
    link(root, f"{ACME}/models/gone.toml", "../../nobody/models/gone.toml")
    return root


@pytest.fixture
def line(tree: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tree, capsys)


def test_rows_are_listed_filtered_and_sorted(line: Line) -> None:
    rows = line(*AS, "list", "provider:acme cost<3", "--sort=-key", "--format", "json").json
    assert [row["key"] for row in rows] == ["acme/same", "acme/one", "acme/a/slip"]
    assert (rows[0]["base_cost"], rows[0]["currency"], rows[0]["released_on"]) == ("0.5", "USD", "2025-01-31")
    assert [row["key"] for row in line(*AS, "list", "broken:yes", "--format", "json").json] == ["acme/gone"]
    assert "128000" in line(*AS, "list", "limits.context>1000", "--columns", "key,limit.context").out


def test_dates_that_are_texts_are_compared_as_dates(line: Line) -> None:
    def keys(query: str) -> list[str]:
        return [row["key"] for row in line(*AS, "list", query, "--format", "json").json]

    every = ["acme/a/slip", "acme/one", "acme/same"]
    assert (
        keys(".release_date>2025-01-30") == keys(".last_updated>=2025-02-01") == keys(".last_updated<2025-03") == every
    )
    assert keys(".release_date>2025-01-31") == keys(".last_updated<2025-02") == keys(".release_date<30d") == []
    assert keys(".name>2025-01-01") == []


def test_a_table_takes_the_names_of_the_tree(line: Line) -> None:
    names = "key,.knowledge,.last_updated,cost.cache_read,limits.context"
    assert line(*AS, "export", "csv", "acme/one", "--columns", names).out.splitlines() == [
        "key,knowledge,last_updated,cost.cache_read,limits.context",
        "acme/one,,2025-02,0.05,128000",
    ]
    refused = line(*AS, "export", "csv", "--columns", "cost.nothing")
    assert (refused.code, refused.out) == (2, "")
    assert "'cost.nothing' is no field of a model file" in refused.err


def test_a_file_is_shown_as_it_is(line: Line) -> None:
    assert line("show", "acme/same", *AS).out == MODEL
    assert line("show", "acme/one", *AS, "--format", "json").json["limits"] == {"context": 128_000}
    assert "is not there" in line("show", "acme/gone", *AS).err


def test_findings_have_the_shape_of_check(line: Line, tree: Path) -> None:
    ran = line("check", *AS, "--format", "json")
    assert ran.code == 1
    slip, lacking, gone = sorted(ran.json, key=lambda row: (row["path"], row["code"] != "unknown-key"))
    assert slip == {
        "path": f"{ACME}/models/a/slip.toml",
        "line": 13,
        "column": 1,
        "field": "cost.outputt",
        "code": "unknown-key",
        "severity": "error",
        "message": "`cost.outputt` is not a key here",
        "hint": "did you mean `cost.output`?",
        "fix": None,
    }
    assert (lacking["code"], gone["code"]) == ("missing-key", "dangling-link")
    assert f"{ACME}/models/a/slip.toml:13: error: `cost.outputt`" in line("check", *AS).out
    assert "::error file=" in line("check", *AS, "--format", "github").out


def test_a_finding_has_its_column(line: Line, tree: Path) -> None:
    make(tree, {f"{ACME}/models/odd.toml": MODEL.replace('"One"', '"One'), f"{ACME}/provider.toml": '  nmae = "x"\n'})
    found = {row["path"]: row for row in line("check", *AS, "--format", "json").json if row["line"] == 1}
    assert found[f"{ACME}/models/odd.toml"]["column"] == len('name = "One') + 1
    assert (found[f"{ACME}/provider.toml"]["code"], found[f"{ACME}/provider.toml"]["column"]) == ("unknown-key", 3)
    assert ",line=1,title=unknown-key,col=3::" in line("check", *AS, "--format", "github").out


def test_keys_without_a_dot_are_asked_for_with_one_before_them(line: Line) -> None:
    assert [row["key"] for row in line(*AS, "list", ".open_weights:no -key:slip", "--format", "json").json] == [
        "acme/a/slip",
        "acme/one",
        "acme/same",
    ]
    assert line(*AS, "list", ".open_weights:yes", "--format", "json").json == []
    assert "2025-02" in line(*AS, "list", "acme/one", "--columns", "key,.last_updated", "--sort", "-.last_updated").out
    assert ".open_weights that key" in line(*AS, "list", "open_weights:yes").err


def test_a_folder_within_a_tree_is_not_taken_for_one(line: Line, tree: Path) -> None:
    for below in (ACME, "providers", f"{ACME}/models/a"):
        ran = line("check", *AS, str(tree / below))
        assert ran.code == 2
        assert f"name the top folder of the tree: -C {tree}" in ran.err


def test_what_is_no_name_of_a_variable_is_never_shown(line: Line, tree: Path) -> None:
    make(tree, {f"{ACME}/provider.toml": PROVIDER.replace("ACME_API_KEY", "sk-live-53cr3t")})
    runs = [line("check", *AS), line(*AS, "export", "litellm-proxy"), line("check", *AS, "--format", "json")]
    assert "`env.0` is no name of a variable" in runs[0].out
    assert not any("53cr3t" in ran.out + ran.err for ran in runs)


def test_the_tree_may_be_named_after_check(line: Line, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELTUI_CATALOG", "/nowhere")
    named = line("check", *AS, str(tree), "--format", "json")
    assert len(named.json) == 3


def test_a_tree_without_fault_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Line(make(tmp_path / "clean"), capsys)("check", *AS)
    assert (ran.code, ran.out) == (0, "")


def test_every_code_is_explained(line: Line) -> None:
    for row in line("check", *AS, "--format", "json").json:
        assert line("explain", row["code"]).code == 0


def test_numbers_views_and_exports(line: Line) -> None:
    assert line(*AS, "stats", "--format", "json").json["models"] == 4
    assert line(*AS, "views").code == 0
    assert line(*AS, "export", "csv", "--columns", "key,cost.base").out.splitlines()[1] == "acme/a/slip,0.5"
    assert len(line(*AS, "export", "json").out.splitlines()) >= 3


@pytest.mark.parametrize(
    "words",
    [
        ("disable", "acme/one"),
        ("set", "acme/one", "name=Two"),
        ("undo",),
        ("apply", "--yes"),
        ("lock", "acme/one"),
        ("run", "acme/one", "--yes"),
        ("import", "models.dev", "."),
        ("recover",),
        ("history",),
        ("alerts",),
        ("check", "--fix"),
    ],
)
def test_what_changes_or_runs_is_refused(line: Line, tree: Path, words: tuple[str, ...]) -> None:
    before = state_of(tree)
    ran = line(*AS, *words)
    assert ran.code == 1
    assert _REFUSED in ran.err
    assert state_of(tree) == before


def test_only_what_reads_is_let_on_a_foreign_tree() -> None:
    reading = {name for name in ENTRIES if load(name).reads_foreign}
    assert reading == {"list", "show", "views", "check", "stats", "export", "console"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_tree_that_nobody_may_write(line: Line, tree: Path) -> None:
    for place, _, _ in os.walk(tree):
        Path(place).chmod(0o555)
    try:
        assert line(*AS, "list").code == 0
        assert line(*AS, "check").code == 1
    finally:
        for place, _, _ in os.walk(tree):
            Path(place).chmod(0o755)


def test_nothing_is_written_by_reading(line: Line, tree: Path) -> None:
    before = state_of(tree)
    for words in (("list",), ("show", "acme/one"), ("check",), ("stats",), ("export", "json"), ("views",)):
        line(*AS, *words)
    assert state_of(tree) == before


def test_state_of_ours_in_a_foreign_tree_is_left_alone(line: Line, tree: Path) -> None:
    queue = tree / ".modeltui/queue/root.jsonl"
    queue.parent.mkdir(parents=True)
    queue.write_text("not a queue\n", encoding="utf-8")
    (tree / ".modeltui/journal").write_text("{}", encoding="utf-8")
    before = state_of(tree)
    assert line(*AS, "list").code == 0
    assert state_of(tree) == before


def test_the_environment_names_a_mapping_and_an_argument_comes_before_it(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELTUI_AS", "models.dev")
    assert len(line("list", "--format", "json").json) == 4
    assert "no mapping 'other'" in line("--as", "other", "list").err
    assert "has no catalog.toml" in line("--as", "", "list").err


def test_a_mapping_of_ones_own(line: Line, tree: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text(
        'format = 1\nname = "ours"\n[layout]\nmodel = "providers/{who}/models/{id:path}.toml"\n'
        '[row]\nmodel_id = "{id}"\nprovider = "{who}"\n',
        encoding="utf-8",
    )
    assert json.loads(line("--as", str(mapping), "list", "acme/one", "--format", "json").out)[0]["provider"] == "acme"
    mapping.write_text("format = 3\n", encoding="utf-8")
    ran = line("--as", str(mapping), "list")
    assert ran.code == 2
    assert "ours.toml:1: `format` is not 1" in ran.err


def test_a_folder_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").mkdir()
    ran = Line(tmp_path / "x", capsys)(*AS, "list")
    assert ran.code == 2
    assert "no file that lies as models.dev has them" in ran.err
    assert Line(tmp_path / "y", capsys)(*AS, "list").code == 2


def test_a_tree_that_looks_foreign_is_named_in_the_hint(line: Line) -> None:
    assert "`--as models.dev` reads a tree of that kind" in line("list").err


def test_names_and_texts_are_escaped(line: Line, tree: Path) -> None:
    make(tree, {f"{ACME}/models/odd\x1b[31m.toml": MODEL.replace('"One"', '"\\u001b]0;x"')})
    for words in (("list",), ("check",), ("check", "--format", "github"), ("stats",)):
        ran = line(*AS, *words)
        assert "\x1b" not in ran.out + ran.err
