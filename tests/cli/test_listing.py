"""`list` and `show`: the table, the stable JSON, the file as it is."""

from __future__ import annotations

import csv
import io
import json

import pytest

from cli.small import BROKEN, FLUX, KLING, UIDS, VEO, Line

NEEDED = {
    *("key", "uid", "model_id", "name", "provider", "content_type", "family", "active", "default", "status", "locked"),
    *("base_cost", "estimated_seconds", "pending"),
}


def test_the_table_of_all_models(modeltui: Line) -> None:
    ran = modeltui("list")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Key                     Name                    Provider  Cost  Time  Status  Active  Lock  Pending",
        "prompt_to_image/broken  prompt_to_image/broken                        broken",
        "prompt_to_image/flux    Flux                    kie_ai       5    9s  active  no",
        "prompt_to_video/kling   Kling 2.6               kie_ai    28.5  180s  active  yes",
        "prompt_to_video/veo     Veo 3.1                 kie_ai      60  120s  active  yes     L",
    ]
    assert ran.err == ""


def test_columns_sort_limit_and_a_query_of_several_words(modeltui: Line) -> None:
    ran = modeltui(
        "list", "kie_ai", "--sort", "-cost", "active:yes", "--columns", "name,base_cost,inputs.seconds.default"
    )
    assert ran.out.splitlines() == [
        "Name       Cost  inputs.seconds.default",
        "Veo 3.1      60  5",
        "Kling 2.6  28.5  5",
    ]
    assert modeltui("list", "--limit", "1", "--columns", "key", "--sort", "name").out.split() == ["Key", FLUX]


def test_a_query_that_begins_with_a_minus_follows_two(modeltui: Line) -> None:
    keys = [row["key"] for row in modeltui("list", "--format", "json", "--", "-lock:yes", "-broken:yes").json]
    assert keys == [FLUX, KLING]
    ran = modeltui("list", "-lock:yes")
    assert (ran.code, ran.out) == (2, "")
    assert "follows --" in ran.err


def test_json_rows_hold_what_the_contract_names(modeltui: Line) -> None:
    rows = {row["key"]: row for row in modeltui("list", "--format", "json").json}
    assert set(rows) == {KLING, VEO, FLUX, BROKEN}
    assert all(set(row) >= NEEDED for row in rows.values())
    veo = rows[VEO]
    assert {name: veo[name] for name in NEEDED} == {
        "key": VEO,
        "uid": UIDS[VEO],
        "model_id": "veo",
        "name": "Veo 3.1",
        "provider": "kie_ai",
        "content_type": "prompt_to_video",
        "family": "Veo",
        "active": True,
        "default": True,
        "status": "active",
        "locked": True,
        "base_cost": "60",
        "estimated_seconds": 120.0,
        "pending": False,
    }
    assert "error" not in veo


def test_a_broken_row_has_the_same_names_nulls_and_an_error(modeltui: Line) -> None:
    (row,) = modeltui("list", BROKEN, "--format", "json").json
    assert set(row) >= NEEDED
    assert (row["name"], row["active"], row["base_cost"], row["pending"]) == (None, None, None, False)
    assert row["error"].startswith(f"models/{BROKEN}.toml:1: ")


def test_pending_is_said_in_rows(modeltui: Line) -> None:
    modeltui("disable", KLING)
    assert [row["key"] for row in modeltui("list", "pending:yes", "--format", "json").json] == [KLING]
    assert modeltui("list", KLING, "--columns", "key,pending").out.splitlines()[1] == f"{KLING}  ~"


def test_jsonl_and_csv_hold_the_same_rows(modeltui: Line) -> None:
    rows = modeltui("list", "--format", "json").json
    assert [json.loads(line) for line in modeltui("list", "--format", "jsonl").out.splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(modeltui("list", "--format", "csv").out)))
    assert [row["key"] for row in table] == [row["key"] for row in rows]
    assert [row["active"] for row in table] == ["", "false", "true", "true"]
    assert (
        modeltui("list", KLING, "--format", "csv", "--columns", "name,cost,tags").out
        == "name,cost,tags\nKling 2.6,28.5,fast\n"
    )


def test_a_csv_cell_starts_no_formula(modeltui: Line) -> None:
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace('name = "Kling 2.6"', 'name = "=1+2"'))
    assert modeltui("list", KLING, "--format", "csv", "--columns", "name").out == "name\n'=1+2\n"


def test_nothing_found_is_no_failure(modeltui: Line) -> None:
    ran = modeltui("list", "no-such-model")
    assert (ran.code, ran.out, ran.err) == (0, "", "0 of 4 models\n")
    assert modeltui("list", "no-such-model", "--format", "json").json == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["provder:x"], "error: unknown field 'provder' (at character 1)"),
        (["veo", "cost<x"], "error: cost is compared with a number, not 'x' (at character 10)"),
        (["--sort", "name,nmae"], "error: unknown field 'nmae' in the order (at character 6)"),
        (["--columns", "nmae"], "error: no column 'nmae'"),
        (["--limit", "-1"], "error: argument --limit: '-1' is not a number of rows"),
        (["--format", "xml"], "error: argument --format: invalid choice: 'xml'"),
    ],
)
def test_a_mistake_is_exit_2_with_its_place(modeltui: Line, words: list[str], message: str) -> None:
    ran = modeltui("list", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)


def test_show_gives_the_bytes_of_the_file(modeltui: Line) -> None:
    content = "# ünd\r\n" + modeltui.file(KLING).read_text(encoding="utf-8").rstrip("\n")
    modeltui.file(KLING).write_bytes(content.encode())
    for name in (KLING, UIDS[KLING], "kling"):
        assert modeltui("show", name).out == content.replace("\r\n", "\n") or modeltui("show", name).out == content


def test_show_gives_the_document_as_json(modeltui: Line) -> None:
    document = modeltui("show", VEO, "--format", "json").json
    assert document["released_on"] == "2025-10-01"
    assert document["lock"]["at"] == "2026-11-01T10:00:00+00:00"
    assert document["inputs"]["seconds"]["enum"] == [5, 10]


def test_a_broken_file_shows_as_it_is_but_not_as_json(modeltui: Line) -> None:
    assert modeltui("show", BROKEN).out == 'name = "odd\n'
    ran = modeltui("show", BROKEN, "--format", "json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: models/{BROKEN}.toml:1")


def test_a_model_that_is_not_there_is_exit_1_with_the_nearest(modeltui: Line) -> None:
    ran = modeltui("show", "prompt_to_video/klng")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: no model 'prompt_to_video/klng'\n\nhint: did you mean {KLING}, ")


def test_hostile_text_reaches_no_terminal(modeltui: Line) -> None:
    path = modeltui.file(FLUX)
    path.write_text(path.read_text().replace('name = "Flux"', r'name = "\u001b[31mred\u202e\u0085[/]"'))
    table = modeltui("list", FLUX).out
    assert r"\e[31mred\u202e\x85[/]" in table
    for form in ("json", "jsonl", "csv"):
        shown = modeltui("list", FLUX, "--format", form).out
        assert not {"\x1b", "\u202e", "\x85"} & set(shown)
    assert modeltui("list", FLUX, "--format", "json").json[0]["name"] == "\x1b[31mred\u202e\x85[/]"
