"""Where catalog.toml does not say what money is worth, every price says so, and no budget is held against a guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.chain_catalog import CHAIN, chain_catalog
from cli.small import BROKEN, KLING, SETTINGS, Line, write
from cli.test_batch import ALL, CHAT
from cli.test_batch import sandbox as sandbox  # noqa: PLC0414  # a fixture
from cli.test_tested import keep
from modeltui.domain.job import JobState
from modeltui.storage.store import Store

Spoil = Callable[[Path], object]

MARGIN = '\n[units]\ncredits_per_usd = "50"\nmargin = "much"\n'
FAULTS: dict[str, tuple[Spoil, str]] = {
    "broken": (lambda path: write(path, "schema = 1\n[units\n"), "catalog.toml:2: "),
    "empty": (lambda path: write(path, ""), "catalog.toml: `schema` is missing; margin and credits are not known"),
    "unreadable": (lambda path: path.rename(path.with_name("kept")).with_name(path.name).mkdir(), "catalog.toml: "),
    "of another version": (lambda path: write(path, 'schema = 7\n[units]\nmargin = "2"\n'), "catalog.toml:1: "),
    "no table": (lambda path: write(path, "schema = 1\nunits = 3\n"), "catalog.toml:2: `units` is no table; margin"),
    "margin": (lambda path: write(path, SETTINGS + MARGIN), "catalog.toml:8: `units.margin` is "),
    "credits": (
        lambda path: write(path, 'schema = 1\n\n[units]\ncredits_per_usd = 0\nmargin = "x"\n'),
        "margin and credits are not known",
    ),
}


@pytest.fixture(params=FAULTS)
def spoilt(request: pytest.FixtureRequest, modeltui: Line) -> tuple[Line, str]:
    spoil, said = FAULTS[request.param]
    spoil(modeltui.root / "catalog.toml")
    return modeltui, said


def spoil(line: Line, text: str = 'schema = 1\n\n[units]\nmargin = "0"\n') -> str:
    write(line.root / "catalog.toml", text)
    return "catalog.toml:4: `units.margin` is "


def test_a_cost_is_ours_alone_and_says_why(spoilt: tuple[Line, str]) -> None:
    line, said = spoilt
    ran = line("cost", KLING)
    assert (ran.code, ran.out.splitlines()[:1]) == (0, ["28.5 credits"])
    assert "  for users: not known, since the margin is not" in ran.out
    assert "warning: catalog.toml" in ran.err
    assert said in ran.err
    found = line("cost", KLING, "--format", "json").json
    assert (found["cost"], found["margin"]) == ({"amount": "28.5", "currency": "credits"}, None)
    assert found["price"] == {"usd": None, "credits": None}
    assert said in found["units_problem"]
    assert "not known" in found["units_problem"]


def test_a_file_that_goes_while_the_catalogue_is_open(modeltui: Line) -> None:
    store = Store(str(modeltui.root))
    assert store.load().units.problem is None
    (modeltui.root / "catalog.toml").unlink()
    found = store.load()
    assert found.units.problem == "catalog.toml: the file is not there; margin and credits are not known"
    assert KLING in found.models


def test_other_commands_work_and_check_says_it(spoilt: tuple[Line, str]) -> None:
    line, _ = spoilt
    line.file(BROKEN).unlink()
    assert (line("list").code, line("show", KLING).code) == (0, 0)
    ran = line("check", "--format", "json")
    assert ran.code == 1
    assert any(finding["path"] == "catalog.toml" for finding in ran.json)


def test_a_credit_that_is_worth_nothing_known_leaves_the_margin(modeltui: Line) -> None:
    spoil(modeltui, 'schema = 1\n\n[units]\ncredits_per_usd = "-"\nmargin = "2"\n')
    ran = modeltui("cost", KLING)
    assert "for users × 2: 57 credits" in ran.out
    assert "catalog.toml:4: `units.credits_per_usd` is " in ran.err
    assert "what a credit is worth is not known" in ran.err


def test_a_catalogue_that_says_nothing_of_money_has_a_margin_of_1(modeltui: Line) -> None:
    ran = modeltui("cost", KLING, "--format", "json")
    assert (ran.json["margin"], ran.json["units_problem"], ran.err) == ("1", None, "")


def test_a_run_warns_before_it_asks(sandbox: Line) -> None:
    said = spoil(sandbox)
    ran = sandbox("run", CHAT, "-i", "prompt=x", "--dry-run")
    assert (ran.code, f"warning: {said}" in ran.err) == (0, True)
    ran = sandbox("run", CHAT, "-i", "prompt=x", "--dry-run", "--format", "json")
    assert said in ran.json["units_problem"]
    ran = sandbox("run", CHAT, "-i", "prompt=x", "--yes")
    assert (ran.code, said in ran.err) == (0, True)


def test_a_batch_warns_and_takes_no_budget(sandbox: Line) -> None:
    said = spoil(sandbox)
    plan = sandbox("batch", ALL, "-i", "prompt=x", "--dry-run", "--format", "json")
    assert (plan.code, plan.json["margin"], said in plan.json["units_problem"]) == (0, None, True)
    assert f"warning: {said}" in plan.err
    for words in (("batch", ALL), ("batch", ALL, "--dry-run"), ("compare", CHAT)):
        ran = sandbox(*words, "-i", "prompt=x", "--budget", "5credits", "--yes")
        assert (ran.code, "no budget can be held against a price: " + said in ran.err) == (2, True), ran.err
    assert sandbox("batch", "--list", "--format", "json").json == []
    assert sandbox("batch", ALL, "-i", "prompt=x", "--yes").code == 0


def test_a_batch_with_a_budget_goes_on_only_where_money_is_known(sandbox: Line) -> None:
    ran = sandbox("batch", ALL, "-i", "prompt=x", "--budget", "1credits", "--yes", "--format", "json")
    name, good = ran.json["id"], (sandbox.root / "catalog.toml").read_text()
    assert ran.json["state"] == "stopped"
    said = spoil(sandbox)
    for words in ((), ("--budget", "9credits")):
        ran = sandbox("batch", "--resume", name, *words, "--yes")
        assert (ran.code, said in ran.err) == (2, True), ran.err
    write(sandbox.root / "catalog.toml", good)
    assert sandbox("batch", "--resume", name, "--budget", "9credits", "--yes").code == 0


@pytest.fixture
def chained(modeltui: Line) -> Line:
    root = chain_catalog(modeltui.root)
    write(root / "workflows" / "chain.toml", CHAIN)
    return Line(root, modeltui._capsys)


def test_a_workflow_says_it_and_takes_no_budget(chained: Line, typed: Callable[[str], None]) -> None:
    said = spoil(chained)
    ran = chained("workflow", "cost", "chain", "-i", "idea=x")
    assert (ran.code, "for users: not known" in ran.out, said in ran.err) == (0, True, True)
    found = chained("workflow", "cost", "chain", "-i", "idea=x", "--format", "json").json
    assert (found["margin"], found["price"]["credits"], said in found["units_problem"]) == (None, None, True)
    ran = chained("workflow", "run", "chain", "-i", "idea=x", "--budget", "90credits", "--yes")
    assert (ran.code, "no budget can be held against a price: " + said in ran.err) == (2, True), ran.err
    assert chained("workflow", "runs", "--format", "json").json == []
    typed("n\n")
    ran = chained("workflow", "run", "chain", "-i", "idea=x", "--budget", "90credits")
    assert (ran.code, "Run Chain" in ran.err) == (2, False), "nobody is asked"
    assert said in chained("workflow", "run", "chain", "-i", "idea=x", "--dry-run").err


def test_a_chain_with_a_budget_goes_on_only_where_money_is_known(chained: Line) -> None:
    words = ("-i", "idea=x", "-i", "mode=fail", "--budget", "90credits", "--yes", "--format", "json")
    ran = chained("workflow", "run", "chain", *words)
    assert ran.json["state"] == "failed"
    said = spoil(chained)
    again = ("workflow", "resume", ran.json["id"], "--yes")
    for more in ((), ("--budget", "90credits")):
        ran = chained(*again, *more)
        assert (ran.code, said in ran.err) == (2, True), ran.err
    assert chained(*again, "--no-budget").code == 4, "it fails as it did before"


def test_statistics_and_alerts_of_what_was_spent(modeltui: Line) -> None:
    modeltui.file(BROKEN).unlink()
    keep(modeltui.root, KLING, JobState.SUCCEEDED)
    said = spoil(modeltui, "schema = 1\n\n[units]\ncredits_per_usd = 3\n").replace("margin", "credits_per_usd")
    for words in ((), ("--by", "model")):
        ran = modeltui("stats", *words)
        assert (ran.code, f"warning: {said}" in ran.err) == (0, True)
    assert said in modeltui("stats", "--format", "json").json["units_problem"]
    ran = modeltui("alerts", "--spend-over", "0.01", "--fail-on", "warning", "--format", "json")
    (alert,) = [each for each in ran.json if each["code"] == "spend-unknown"]
    assert (ran.code, said in alert["explanation"], alert["keys"]) == (1, True, [KLING])
    assert "spend-unknown" not in modeltui("alerts").out


def test_what_was_spent_in_dollars_needs_no_conversion(modeltui: Line) -> None:
    keep(modeltui.root, KLING, JobState.SUCCEEDED, cost="60")
    write(modeltui.root / "catalog.toml", 'schema = 1\n\n[units]\ncredits_per_usd = "50"\nmargin = "x"\n')
    codes = {each["code"]: each for each in modeltui("alerts", "--spend-over", "1", "--format", "json").json}
    assert "spend-unknown" not in codes
    assert "took $1.2 for test runs" in codes["spend"]["message"]


def test_a_pick_notes_it(modeltui: Line) -> None:
    said = spoil(modeltui)
    ran = modeltui("pick", "type:prompt_to_video")
    assert (ran.code, f"note: {said}" in ran.err) == (0, True)
    found = modeltui("pick", "type:prompt_to_video", "--format", "json").json
    assert said in found["notes"][0]
    assert found["models"][0]["price"] == {"usd": None, "credits": None}
