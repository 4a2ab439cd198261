"""`explain`, and the page that is made of it."""

from __future__ import annotations

from pathlib import Path

from cli.small import Line
from modeltui.cli.explain import page
from modeltui.domain.rules.codes import CODES

PAGE = Path(__file__).parents[2] / "docs" / "codes.md"


def test_the_page_is_that_of_the_codes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: modeltui explain --format markdown > docs/codes.md"


def test_one_code_is_told_with_its_example(modeltui: Line) -> None:
    ran = modeltui("explain", "unknown-key")
    assert ran.code == 0
    code = CODES["unknown-key"]
    for said in (code.means, code.why, code.mend, code.fix, code.wrong, code.right):
        assert said in ran.out


def test_a_situation_has_no_lines(modeltui: Line) -> None:
    out = modeltui("explain", "link").out
    assert f"For example: {CODES['link'].wrong}" in out
    assert "Mended:" not in out
    assert "needs a decision" in out


def test_all_codes_as_json(modeltui: Line) -> None:
    rows = modeltui("explain", "--format", "json").json
    assert [row["code"] for row in rows] == list(CODES)
    assert all(set(row) == {"code", "severity", "means", "why", "mend", "fix", "example", "mended"} for row in rows)


def test_the_list_and_the_section(modeltui: Line) -> None:
    assert len(modeltui("explain").out.splitlines()) == len(CODES) + 1
    assert modeltui("explain", "form", "--format", "markdown").out.startswith("### form\n")


def test_a_code_that_is_none(modeltui: Line) -> None:
    ran = modeltui("explain", "unknown-kye")
    assert ran.code == 1
    assert "did you mean unknown-key?" in ran.err


def test_every_code_that_check_prints_can_be_explained(modeltui: Line) -> None:
    for row in modeltui("check", "--format", "json").json:
        assert modeltui("explain", row["code"]).code == 0
