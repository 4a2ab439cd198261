"""`check`: all findings, in three forms."""

from __future__ import annotations

from cli.small import BROKEN, KLING, Line


def test_findings_as_json_and_exit_1_on_errors(modeltui: Line) -> None:
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace('family = "Kling"', 'famly = "Kling"'))
    ran = modeltui("check", "--format", "json")
    assert ran.code == 1
    found = ran.json
    assert all(set(row) == {"path", "line", "field", "code", "severity", "message", "hint"} for row in found)
    (misspelled,) = [row for row in found if row["field"] == "famly"]
    assert misspelled["path"] == f"models/{KLING}.toml"
    assert misspelled["line"] == path.read_text().splitlines().index('famly = "Kling"') + 1
    assert misspelled["severity"] == "error"
    assert "family" in f"{misspelled['message']} {misspelled['hint']}"
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


def test_a_catalogue_without_errors_is_exit_0(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    assert modeltui("set", "veo", "order=1").code == 1
    ran = modeltui("check", "--format", "json")
    assert [row for row in ran.json if row["severity"] == "error"] == []
    assert ran.code == 0
