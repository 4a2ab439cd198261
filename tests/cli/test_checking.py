"""`check`: all findings, in three forms."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.small import BROKEN, FLUX, KLING, UIDS, VEO, Line
from modeltui.storage.toml import codec


def test_findings_as_json_and_exit_1_on_errors(modeltui: Line) -> None:
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace('family = "Kling"', 'famly = "Kling"'))
    ran = modeltui("check", "--format", "json")
    assert ran.code == 1
    found = ran.json
    names = {"path", "line", "column", "field", "code", "severity", "message", "hint", "fix"}
    assert all(set(row) == names for row in found)
    (misspelled,) = [row for row in found if row["field"] == "famly"]
    assert misspelled["path"] == f"models/{KLING}.toml"
    assert misspelled["line"] == path.read_text().splitlines().index('famly = "Kling"') + 1
    assert (misspelled["column"], misspelled["severity"]) == (1, "error")
    assert "family" in f"{misspelled['message']} {misspelled['hint']}"
    assert misspelled["fix"] == [
        {"field": "famly", "from": "Kling", "to": None},
        {"field": "family", "from": None, "to": "Kling"},
    ]
    assert [row["line"] for row in found if row["path"] == f"models/{BROKEN}.toml"][:1] == [1]


def test_findings_as_text_name_the_line(modeltui: Line) -> None:
    ran = modeltui("check")
    assert ran.code == 1
    assert any(line.startswith(f"models/{BROKEN}.toml:1: error: ") for line in ran.out.splitlines())
    assert "error" in ran.err


def test_findings_as_annotations(modeltui: Line) -> None:
    lines = modeltui("check", "--format", "github").out.splitlines()
    assert lines
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)
    assert any(f"models/{BROKEN}.toml,line=1,title=" in line for line in lines)
    assert any(",col=" in line for line in lines)


def test_a_catalogue_without_errors_is_exit_0(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    assert modeltui("set", "veo", "order=1").code == 1
    ran = modeltui("check", "--format", "json")
    assert [row for row in ran.json if row["severity"] == "error"] == []
    assert ran.code == 0


def _spoil(modeltui: Line, key: str, wrong: str, right: str) -> Path:
    path = modeltui.file(key)
    before = path.read_text()
    assert right in before
    path.write_text(before.replace(right, wrong))
    return path


def test_fix_queues_and_writes_nothing(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    path = _spoil(modeltui, KLING, 'famly = "Kling"\nstatus = "Active"', 'family = "Kling"')
    path.write_text(path.read_text().replace('status = "active"\n', ""))
    spoilt = path.read_text()
    plain = modeltui("check")
    assert "`modeltui check --fix` would queue what mends 2 of them" in plain.err
    assert modeltui("pending", "--format", "json").json == []

    ran = modeltui("check", "--fix")
    assert ran.code == 1, "the files are as they were"
    assert path.read_text() == spoilt
    assert f'queued {KLING}: status: "Active" → "active"' in ran.err
    assert f'queued {KLING}: family: – → "Kling"' in ran.err
    (pending,) = modeltui("pending", "--format", "json").json
    assert {change["field"] for change in pending["changes"]} == {"status", "famly", "family"}

    assert modeltui("apply", "--yes").code == 0
    assert modeltui("check").code == 0
    assert "# Kling 2.6, kept by hand\n" in path.read_text()


def test_fix_is_one_step_and_queues_nothing_twice(modeltui: Line) -> None:
    _spoil(modeltui, KLING, "order = 2.0", "order = 2")
    _spoil(modeltui, FLUX, 'tags = ["fast", "fast"]', 'tags = ["fast"]')
    assert "2 models queued" in modeltui("check", "--fix").err
    again = modeltui("check", "--fix").err
    assert f"pending already {KLING}" in again
    assert "queued" not in again.replace("`", "")
    modeltui("undo")
    assert modeltui("pending", "--format", "json").json == []


def test_fix_skips_what_is_locked_or_broken_and_says_so(modeltui: Line) -> None:
    _spoil(modeltui, VEO, 'active = "true"', "active = true")
    _spoil(modeltui, KLING, "", f'uid = "{UIDS[KLING]}"')
    ran = modeltui("check", "--fix")
    assert f"skipped {VEO}: Veo 3.1 is locked by alice (in production)" in ran.err
    assert re.search(rf'by hand {KLING}: has no uid; write uid = "[0-9a-f-]{{36}}"', ran.err)
    assert modeltui("pending", "--format", "json").json == []


def test_fix_with_nothing_to_mend(modeltui: Line) -> None:
    assert "nothing to queue: what is left needs a decision" in modeltui("check", "--fix").err


_HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def test_the_hook_checks_when_a_file_of_a_catalogue_is_committed() -> None:
    hook = dict(re.findall(r"^(?:- |  )(\w+): (.+)$", _HOOKS.read_text(), re.MULTILINE))
    assert hook["id"] == "modeltui-check"
    assert (hook["entry"], hook["language"], hook["pass_filenames"]) == ("modeltui check", "python", "false")
    for path in ("catalog.toml", "catalog/catalog.toml", "models/chat/a.toml", "x/providers/kie_ai.toml"):
        assert re.search(hook["files"], path), path
    for path in ("pyproject.toml", "models/chat/a.md", "notmodels/a.toml"):
        assert not re.search(hook["files"], path), path


def test_what_fails_on_every_run_is_named_on_its_own_line(modeltui: Line) -> None:
    path = _spoil(modeltui, KLING, "${input.prompt}", "${inputs.prompt}")
    path.write_text(path.read_text().replace('"data.url"', '"lower(data.url)"'))
    lines = path.read_text().splitlines()
    found = [row for row in modeltui("check", "--format", "json").json if row["path"] == f"models/{KLING}.toml"]
    where = {row["code"]: (row["field"], lines[row["line"] - 1]) for row in found if row["severity"] == "error"}
    assert where["bad-placeholder"][0] == "request.body.prompt"
    assert "${input.prompt}" in where["bad-placeholder"][1]
    assert where["bad-expression"][0] == "result.select"
    assert "lower(" in where["bad-expression"][1]


def test_check_parses_every_file_once(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[bytes] = Counter()
    fast_parse = codec.fast_parse

    def counted(content: bytes) -> dict[str, Any]:
        parsed[content] += 1
        return fast_parse(content)

    monkeypatch.setattr(codec, "fast_parse", counted)
    modeltui("check")
    assert modeltui.file(VEO).read_bytes() in parsed
    assert set(parsed.values()) == {1}
