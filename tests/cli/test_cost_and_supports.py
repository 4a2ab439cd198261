"""`cost` and `supports`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.small import FLUX, KLING, SETTINGS, VEO, Line, write

UNITS = '\n[units]\ncredits_per_usd = "50"\nmargin = "1.32"\n'


@pytest.fixture
def priced(modeltui: Line, catalog: Path) -> Line:
    """Kling costs 2 credits a second; a credit is worth something."""
    write(catalog / "catalog.toml", SETTINGS + UNITS)
    text = modeltui.file(KLING).read_text(encoding="utf-8")
    rate = '\n[cost.rate]\nper = "second"\nof = "inputs.seconds"\nprice = "2"\n'
    write(modeltui.file(KLING), text + rate)
    return modeltui


def test_the_cost_is_told_in_every_money_with_its_steps(priced: Line) -> None:
    ran = priced("cost", KLING, "-i", "seconds=10")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "20 credits",
        "  is 0.4 USD",
        "  for users × 1.32: 0.528 USD, 26.4 credits",
        "    2   price",
        "  × 10  seconds of seconds",
    ]


def test_what_is_not_given_is_assumed_and_said(priced: Line) -> None:
    found = priced("cost", KLING, "--format", "json").json
    assert found["cost"] == {"amount": "10", "currency": "credits"}
    assert found["assumed"] == ["seconds is 5 by default"]
    assert (found["usd"], found["price"]) == ("0.2", {"usd": "0.264", "credits": "13.2"})
    assert [step["amount"] for step in found["steps"]] == ["2", "5"]


def test_without_a_rate_there_is_only_its_own_currency(modeltui: Line) -> None:
    found = modeltui("cost", VEO, "--format", "json").json
    assert found["usd"] is None
    assert found["margin"] == "1"


def test_an_input_that_does_not_fit_is_refused(priced: Line) -> None:
    ran = priced("cost", KLING, "-i", "seconds=7")
    assert (ran.code, ran.out) == (1, "")
    assert "seconds: must be one of 5, 10" in ran.err
    ran = priced("cost", KLING, "-i", "seconds=7", "--format", "json")
    assert ran.code == 1
    assert ran.json["errors"] == [{"input": "seconds", "message": "must be one of 5, 10"}]


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan", "inf"])
def test_a_length_that_is_none_is_refused(priced: Line, seconds: str) -> None:
    for command in ("cost", "supports"):
        assert priced(command, KLING, f"--media-seconds={seconds}").code == 2


def test_one_model_says_yes_or_why_not(priced: Line) -> None:
    assert priced("supports", KLING, "-i", "seconds=10").out == f"{KLING} takes it\n"
    ran = priced("supports", KLING, "-i", "seconds=7", "-i", "prompt=" + "x" * 30)
    assert ran.code == 1
    assert "  seconds: 5 or 10; 7 is not among them\n" in ran.out
    assert "  prompt: " in ran.out


def test_the_answer_as_json(priced: Line) -> None:
    ran = priced("supports", KLING, "-i", "seconds=7", "--format", "json")
    assert ran.code == 1
    assert ran.json == {
        "model": KLING,
        "supported": False,
        "reasons": [{"input": "seconds", "message": "5 or 10; 7 is not among them", "allowed": [5, 10]}],
    }


def test_a_query_asks_every_model_of_it(priced: Line) -> None:
    text = priced.file(VEO).read_text(encoding="utf-8").replace("enum = [5, 10]", "enum = [5, 7]")
    write(priced.file(VEO), text)
    ran = priced("supports", "type:prompt_to_video", "-i", "seconds=7", "--format", "json")
    assert ran.code == 0
    assert {each["model"]: each["supported"] for each in ran.json} == {KLING: False, VEO: True}
    table = priced("supports", "type:prompt_to_video", "-i", "seconds=7")
    assert "1 of 2 models take it" in table.err
    assert table.out.splitlines()[1].split()[:2] == [VEO, "yes"]


def test_a_broken_file_of_a_query_is_a_reason(modeltui: Line) -> None:
    ran = modeltui("supports", "type:prompt_to_image or-none", "--format", "json")
    assert ran.code == 1
    found = {each["model"]: each for each in modeltui("supports", "--format", "json").json}
    assert found[FLUX]["supported"] is True
    assert not found["prompt_to_image/broken"]["supported"]


def test_nobody_takes_it(priced: Line) -> None:
    assert priced("supports", "type:prompt_to_video", "--need", "smell").code == 1
    assert priced("supports", "no-such-model").code == 1
