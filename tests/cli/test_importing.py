"""`import` and `export`: shown first, queued as one step, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line


@pytest.fixture
def rows(tmp_path: Path) -> Callable[[Any], str]:
    def write(content: Any) -> str:
        path = tmp_path / "rows.json"
        path.write_text(json.dumps(content))
        return str(path)

    return write


def test_a_preview_names_every_row(modeltui: Line, rows: Callable[[Any], str]) -> None:
    new = {"key": "chat/new", "model_id": "n", "name": "New", "provider": "kie_ai"}
    path = rows([{"key": KLING, "order": 7}, {"key": FLUX, "order": 1}, {"key": VEO, "order": 7}, new, 1])
    ran = modeltui("import", "json", path, "--dry-run")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "+ chat/new  (row 4)",
        f"~ {KLING}  (row 1)",
        "    order: 2 → 7",
        f"! row 3 ({VEO}): it is locked by alice (in production); unlock it, and apply that, before you change it",
        "! row 5: it is not a document; write { … } with the fields of one model",
        "= 1 row: already so",
    ]
    assert ran.err.endswith("1 to create, 1 to change, 1 skipped, 2 refused; nothing was queued\n")
    assert modeltui("pending", "--format", "json").json == []


def test_it_asks_and_queues_one_step(modeltui: Line, rows: Callable[[Any], str], typed: Callable[[str], None]) -> None:
    path = rows([{"key": KLING, "order": 7}, {"key": FLUX, "order": 7}])
    ran = modeltui("import", "json", path)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    typed("n\n")
    assert modeltui("import", "json", path).code == 1
    assert modeltui("pending", "--format", "json").json == []
    typed("y\n")
    assert modeltui("import", "json", path).code == 0
    assert {row["key"] for row in modeltui("pending", "--format", "json").json} == {KLING, FLUX}
    assert "import json rows.json; 0 models pending" in modeltui("undo").err


def test_json_tells_all_of_it(modeltui: Line, rows: Callable[[Any], str]) -> None:
    path = rows([{"key": KLING, "released_on": "2026-01-31"}, {"key": VEO, "order": 7}, {"key": FLUX}])
    ran = modeltui("import", "json", path, "--yes", "--format", "json")
    assert ran.json["changed"] == [
        {
            "row": "row 1",
            "key": KLING,
            "changes": [{"field": "released_on", "old": "2025-10-01", "new": "2026-01-31"}],
        }
    ]
    assert ran.json["refused"][0]["key"] == VEO
    assert ran.json["skipped"] == [{"row": "row 3", "key": FLUX, "reason": "already so"}]
    assert (ran.json["created"], ran.json["queued"]) == ([], 1)


def test_no_row_that_can_be_taken_is_a_refusal(modeltui: Line, rows: Callable[[Any], str]) -> None:
    ran = modeltui("import", "json", rows([{"key": VEO, "order": 7}]), "--yes")
    assert (ran.code, "no row can be taken" in ran.err) == (1, True)
    assert modeltui("import", "json", rows([]), "--yes").code == 0
    assert modeltui("import", "json", rows("text"), "--yes").code == 2
    assert modeltui("import", "json", "/no/such/file", "--yes").code == 2


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_comes_back_as_no_change(form: str, modeltui: Line, piped: Callable[[bytes], None]) -> None:
    exported = modeltui("export", form)
    assert exported.code == 0
    assert "1 left out: the file cannot be read" in exported.err
    assert BROKEN not in exported.out
    piped(exported.out.encode())
    ran = modeltui("import", form, "-", "--whole")
    assert (ran.code, ran.out) == (0, "= 3 rows: already so\n")


def test_an_export_takes_query_sort_and_columns(modeltui: Line) -> None:
    ran = modeltui("export", "csv", "type:prompt_to_video", "--sort", "-cost", "--columns", "name,cost.base")
    assert ran.out == f"key,name,cost.base\n{VEO},Veo 3.1,60\n{KLING},Kling 2.6,28.5\n"
    assert modeltui("export", "csv", "--columns", "nonsense").code == 2
    assert modeltui("export", "json", "--columns", "name").code == 2


def test_an_export_never_goes_over_a_file_unasked(modeltui: Line, tmp_path: Path, typed: Callable[[str], None]) -> None:
    path = tmp_path / "out.yaml"
    words = ("export", "litellm-proxy", "--provider", "kie_ai=openai", "--out", str(path))
    assert modeltui(*words).code == 0
    assert 'model_name: "kling"' in path.read_text()
    path.write_text("mine")
    assert modeltui(*words).code == 2
    typed("n\n")
    assert modeltui(*words).code == 1
    assert path.read_text() == "mine"
    assert modeltui(*words, "--yes").code == 0
    assert path.read_text() != "mine"


def test_a_hostile_name_is_shown_and_nothing_more(modeltui: Line, rows: Callable[[Any], str]) -> None:
    ran = modeltui("import", "json", rows([{"key": "\x1b[2J", "name": "\x1b]0;x\x07"}]), "--dry-run")
    assert "\x1b" not in ran.out + ran.err
    assert "\\e[2J" in ran.out


def test_what_models_dev_lists_comes_through_stdin(modeltui: Line, piped: Callable[[bytes], None]) -> None:
    entry = {"name": "New", "modalities": {"output": ["text"]}}
    piped(json.dumps({"kie-ai": {"models": {"maker/new": entry}}}).encode())
    ran = modeltui("import", "models.dev", "-", "--create", "--dry-run", "--format", "json")
    assert [row["key"] for row in ran.json["created"]] == ["chat/new"]
