"""`alerts` and `stats`: what to look at, and how many of what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIE_AI_API_KEY", raising=False)


def _retire(modeltui: Line, key: str, days: int) -> None:
    path = modeltui.file(key)
    day = date.today() + timedelta(days=days)  # noqa: DTZ011  # the day that the command line takes
    path.write_text(path.read_text().replace("released_on", f"retires_on = {day}\nreleased_on"))


def test_alerts_as_json(modeltui: Line) -> None:
    _retire(modeltui, KLING, -2)
    ran = modeltui("alerts", "--format", "json")
    assert ran.code == 0
    found = {(row["code"], row["subject"]): row for row in ran.json}
    names = {"code", "severity", "subject", "message", "explanation", "keys", "query", "remedy", "changes"}
    assert all(set(row) == names for row in ran.json)
    assert found["broken", BROKEN]["severity"] == "error"
    retired = found["retired-active", KLING]
    assert (retired["remedy"], retired["keys"]) == ("disable", [KLING])
    assert retired["changes"] == [{"field": "active", "from": True, "to": False}]
    assert found["key-missing", "kie_ai"]["keys"] == [KLING, VEO]


def test_many_alerts_of_one_code_are_counted(modeltui: Line) -> None:
    for number in range(8):
        modeltui.file(f"broken/m{number}").parent.mkdir(exist_ok=True)
        modeltui.file(f"broken/m{number}").write_text("a = = 1\n")
    lines = modeltui("alerts").out.splitlines()
    assert sum(line.endswith("[broken]") for line in lines) == 5
    assert "error: and 4 more of 9 [broken]; --all shows them" in lines
    whole = modeltui("alerts", "--all").out.splitlines()
    assert sum(line.endswith("[broken]") for line in whole) == 9
    assert "more of" not in "".join(whole)
    assert sum(row["code"] == "broken" for row in modeltui("alerts", "--format", "json").json) == 9


def test_alerts_as_text_end_with_their_number(modeltui: Line) -> None:
    ran = modeltui("alerts")
    first, second = ran.out.splitlines()[:2]
    assert first.startswith(f"error: {BROKEN} cannot be used: ")
    assert first.endswith("[broken]")
    assert second.startswith("    ")
    assert "1 error, 1 warning, 2 notes" in ran.err


@pytest.mark.parametrize(("severity", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_fail_on_a_severity(modeltui: Line, severity: str, code: int) -> None:
    modeltui.file(BROKEN).unlink()
    assert modeltui("alerts", "--fail-on", severity).code == code


def test_alerts_of_a_query(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {row["subject"] for row in modeltui("alerts", VEO, "--format", "json").json} == {"kie_ai", VEO}
    monkeypatch.setenv("KIE_AI_API_KEY", "secret-value")
    ran = modeltui("alerts", VEO, "--format", "json")
    assert {row["code"] for row in ran.json} == {"price-unverified"}
    assert "secret-value" not in ran.out + ran.err


def test_the_age_of_a_price(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    path = modeltui.file(KLING)
    day = date.today() - timedelta(days=20)  # noqa: DTZ011  # the day that the command line takes
    path.write_text(path.read_text().replace("released_on", f"verified_on = {day}\nreleased_on"))

    def unverified(*words: str) -> set[str]:
        rows = modeltui("alerts", *words, "--format", "json").json
        return {row["subject"] for row in rows if row["code"] == "price-unverified"}

    assert unverified() == {VEO}
    assert unverified("--verified-within", "10") == {KLING, VEO}
    assert modeltui("alerts", "--verified-within", "-1").code == 2


def test_stats_as_json(modeltui: Line) -> None:
    found = modeltui("stats", "--format", "json").json
    assert (found["models"], found["active"], found["locked"], found["broken"]) == (4, 2, 1, 1)
    assert {row["value"]: (row["models"], row["active"]) for row in found["types"]} == {
        "prompt_to_video": (2, 2),
        "prompt_to_image": (1, 0),
        "none": (1, 0),
    }
    (costs,) = found["costs"]
    assert (costs["currency"], costs["least"], costs["most"]) == ("credits", "5", "60")
    assert sum(each["models"] for each in costs["bins"]) == 3
    assert len(found["retirements"]) == 12


def test_each_query_of_stats_lists_what_was_counted(modeltui: Line) -> None:
    found = modeltui("stats", "--format", "json").json
    bins = [each for costs in found["costs"] for each in costs["bins"]]
    for row in [*found["providers"], *found["types"], *found["statuses"], *found["locks"], *bins]:
        assert len(modeltui("list", "--format", "json", "--", row["query"]).json) == row["models"], row


def test_stats_as_text_of_a_query(modeltui: Line) -> None:
    _retire(modeltui, FLUX, 10)
    ran = modeltui("stats", FLUX)
    lines = ran.out.splitlines()
    assert lines[0].split() == ["What", "Value", "Models", "Active", "Query"]
    assert any(line.split() == ["provider", "kie_ai", "1", "0", "provider:kie_ai"] for line in lines)
    assert any(line.startswith("cost") and "5 to <10" in line for line in lines)
    assert any(line.startswith("retires") for line in lines)
    assert "1 model: 0 active, 0 locked, 0 broken" in ran.err
