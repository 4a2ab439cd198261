"""`batch` under a budget that does not hold all of it."""

from __future__ import annotations

from collections.abc import Callable

from cli.small import Line
from cli.test_batch import ALL, CHAT, PRICED, batch
from cli.test_batch import sandbox as sandbox  # noqa: PLC0414  # a fixture


def test_what_fits_runs_beside_what_is_too_dear(sandbox: Line) -> None:
    """The dear one comes first in the plan."""
    file = sandbox.file(CHAT)
    file.write_text(file.read_text(encoding="utf-8").replace('base = "0"', 'base = "90"'), encoding="utf-8")
    code, found, err = batch(sandbox, ALL, "-i", "prompt=x", "--budget", "5credits")
    assert {job["model"]: job["state"] for job in found["jobs"]} == {CHAT: "queued", PRICED: "succeeded"}
    assert (code, found["state"], found["spent"]) == (1, "stopped", {"credits": "2"})
    assert "1 of 2 fit into the budget of 5 credits" in err


def test_where_nothing_fits_nothing_is_asked_or_kept(sandbox: Line, typed: Callable[[str], None]) -> None:
    typed("y\n")
    ran = sandbox("batch", f"key:{PRICED}", "-i", "prompt=x", "--budget", "1credits")
    assert (ran.code, "no run fits into the budget of 1 credit" in ran.err) == (1, True), ran.err
    assert "Send" not in ran.err
    assert sandbox("batch", "--list", "--format", "json").json == []


def test_a_price_that_a_budget_cannot_be_held_against_is_skipped(sandbox: Line) -> None:
    file = sandbox.file(PRICED)
    text = file.read_text(encoding="utf-8").replace('currency = "credits"', 'currency = "EUR"')
    file.write_text(text, encoding="utf-8")
    words = ("-i", "prompt=x", "--budget", "5credits", "--yes")
    ran = sandbox("batch", f"key:{PRICED}", *words)
    assert (ran.code, "there is nothing to run" in ran.err) == (1, True)
    assert "nothing says what its price is in credits" in ran.err
    assert sandbox("batch", "--list", "--format", "json").json == []
    _, found, _ = batch(sandbox, ALL, *words[:-1])
    assert [job["model"] for job in found["jobs"]] == [CHAT]
