"""Long values and unknown names in what the command line says of an import."""

from __future__ import annotations

import json
from pathlib import Path

from cli.small import FLUX, KLING, Line


def _file(tmp_path: Path, content: str) -> str:
    path = tmp_path / "rows"
    path.write_text(content)
    return str(path)


def test_a_long_value_is_shown_by_its_ends_and_whole_in_json(modeltui: Line, tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps([{"key": KLING, "name": "n" * 20_000}]))
    ran = modeltui("import", "json", path, "--yes")
    assert ran.code == 0
    assert "…" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 1000
    pending = modeltui("pending")
    assert max(map(len, pending.out.splitlines())) <= 1000
    assert modeltui("pending", "--format", "json").json[0]["changes"][0]["new"] == "n" * 20_000


def test_a_value_that_no_file_takes_is_refused_when_it_is_set(modeltui: Line) -> None:
    ran = modeltui("set", KLING, f"name={'n' * 300_000}")
    assert ran.code == 1
    assert "Kling 2.6: `name` takes 300,000 bytes" in ran.err
    assert modeltui("pending", "--format", "json").json == []


def test_a_price_of_a_million_digits_is_refused_in_a_short_line(modeltui: Line) -> None:
    ran = modeltui("set", KLING, f"cost.base={'1' * 10**6}")
    assert ran.code == 1
    assert "`cost.base` has 1,000,000 characters" in ran.err
    assert len(ran.err) < 1000


def test_an_unknown_column_is_told_before_the_rows(modeltui: Line, tmp_path: Path) -> None:
    ran = modeltui("import", "csv", _file(tmp_path, f"key,estimated_seconds\n{FLUX},7\n"), "--yes")
    assert ran.code == 2
    assert "did you mean `timing.estimated_seconds`?" in ran.err


def test_providers_that_are_not_here_are_counted(modeltui: Line, tmp_path: Path) -> None:
    theirs = {f"m{number}": {"litellm_provider": "theirs", "mode": "chat"} for number in range(3)}
    ran = modeltui("import", "litellm", _file(tmp_path, json.dumps(theirs)), "--dry-run")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "= 3 rows: the catalogue has no provider theirs",
        "    hint: `--provider THEIRS=OURS` says which of yours a provider is; `--format json` lists the rows",
    ]
    assert "--provider THEIRS=OURS" in ran.err
