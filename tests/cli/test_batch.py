"""`batch` and `compare` on the sandbox: one plan, one question, all runs, and what came of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line, write

CATALOG = Path(__file__).parents[2] / "catalog"
CHAT, PRICED = "chat/sandbox-chat", "chat/unbound"
ALL = "provider:sandbox"


@pytest.fixture
def sandbox(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Two models that answer at once, for nothing and for 2 credits, beside those that need a key nobody has."""
    monkeypatch.delenv("KIE_AI_API_KEY", raising=False)
    chat = (CATALOG / "models" / f"{CHAT}.toml").read_text(encoding="utf-8")
    write(modeltui.file(CHAT), chat)
    priced = chat.replace('base = "0"', 'base = "2"').replace('name = "', 'name = "Priced ').replace(
        'model_id = "sandbox-chat"', 'model_id = "priced"'
    )  # fmt: skip
    uid = next(line for line in chat.splitlines() if line.startswith("uid"))
    write(modeltui.file(PRICED), priced.replace(uid, 'uid = "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d00aa"'))
    provider = (CATALOG / "providers" / "sandbox.toml").read_text(encoding="utf-8")
    write(modeltui.root / "providers" / "sandbox.toml", provider)
    write(modeltui.root / "catalog.toml", 'schema = 1\n\n[units]\ncredits_per_usd = "50"\nmargin = "1.5"\n')
    return modeltui


def batch(line: Line, *words: str) -> Any:
    """A batch that is sent, with its report."""
    ran = line("batch", *words, "--yes", "--format", "json")
    return ran.code, ran.json, ran.err


def test_a_plan_has_its_price_and_says_who_is_skipped(sandbox: Line) -> None:
    ran = sandbox("batch", "key:*", "-i", "prompt=a fox", "--dry-run", "--format", "json")
    assert ran.code == 0
    found = ran.json
    assert [item["model"] for item in found["items"]] == [CHAT, PRICED, FLUX, KLING, VEO]
    assert (found["totals"], found["in_usd"], found["margin"]) == ({"credits": "95.5"}, "1.91", "1.5")
    assert [skip["model"] for skip in found["skipped"]] == [BROKEN]
    assert list(found["unready"]) == ["kie_ai"]
    assert "5 runs at 2 providers: 95.5 credits, together $1.91 ($2.86 with the margin of 1.5)" in ran.err
    assert not (sandbox.root / ".modeltui").exists()


def test_who_cannot_be_sent_to_is_skipped(sandbox: Line) -> None:
    code, found, err = batch(sandbox, "key:*", "-i", "prompt=a fox")
    assert (code, found["state"], found["tally"]["succeeded"]) == (1, "finished", 2)
    assert [skip["model"] for skip in found["skipped"]] == [BROKEN, FLUX, KLING, VEO]
    assert "KIE_AI_API_KEY is not set" in err
    assert f"4 models not run: {BROKEN}, {FLUX}, {KLING}, {VEO}" in err
    assert sandbox("batch", "--show", found["id"]).code == 1
    assert batch(sandbox, "key:*", "-i", "prompt=a fox", "--skip-unready")[0] == 0


def test_inputs_that_do_not_fit_a_model_of_a_query_are_no_failure_but_in_a_comparison(sandbox: Line) -> None:
    given = ("--inputs", json.dumps({"*": {"prompt": "x"}, PRICED: {"max_tokens": 0}}), "--yes")
    assert sandbox("batch", ALL, *given).code == 0
    ran = sandbox("compare", CHAT, PRICED, *given)
    assert (ran.code, f"1 model not run: {PRICED}" in ran.err) == (1, True)
    assert sandbox("compare", CHAT, PRICED, *given[:-1], "--dry-run").code == 1


def test_each_model_reads_an_input_by_its_own_type(sandbox: Line) -> None:
    """`max_tokens` is a number to some, and others do not know it."""
    ran = sandbox("batch", "key:*", "-i", "prompt=x", "-i", "max_tokens=0", "--dry-run", "--format", "json")
    problems = {skip["model"]: skip["problems"] for skip in ran.json["skipped"]}
    assert problems[CHAT][0]["input"] == "max_tokens"
    assert ran.json["left_out"] == {"max_tokens": [FLUX, KLING, VEO]}
    strict = sandbox(
        "batch", "key:*", "-i", "prompt=x", "-i", "max_tokens=5", "--strict", "--dry-run", "--format", "json"
    )
    assert [item["model"] for item in strict.json["items"]] == [CHAT, PRICED]


def test_inputs_of_single_models(sandbox: Line) -> None:
    given = json.dumps({"*": {"prompt": "all"}, CHAT: {"prompt": "one"}})
    _, found, _ = batch(sandbox, ALL, "--inputs", given, "--inputs-for", f'{PRICED}={{"prompt": "two"}}')
    shown = {job["model"]: sandbox("jobs", "show", job["id"], "--format", "json").json for job in found["jobs"]}
    assert {key: each["inputs"]["prompt"] for key, each in shown.items()} == {CHAT: "one", PRICED: "two"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "a batch needs a QUERY"),
        (["family:nothing", "-i", "prompt=x"], 1, "no model matches"),
        ([ALL, "-i", "promt=x"], 2, "no model of these takes promt"),
        ([ALL, "-i", "prompt=x", "--inputs-for", f"{KLING}={{}}"], 2, "is not among these models"),
        ([ALL, "-i", "prompt=x", "--budget", "many"], 2, "is no budget"),
        ([ALL, "-i", "prompt=x", "--report", "r.pdf"], 2, "no kind that a report has"),
        ([ALL, "-i", "prompt=x"], 2, "needs an answer"),
        (["--list", "--resume", "x"], 2, "only one of"),
        (["--resume", "nothing"], 1, "no batch 'nothing'"),
        ([ALL, "--show", "x"], 2, "a QUERY begins a new batch"),
    ],
)
def test_what_is_asked_for_wrongly(sandbox: Line, words: list[str], code: int, message: str) -> None:
    ran = sandbox("batch", *words)
    assert (ran.code, message in ran.err) == (code, True), ran.err


def test_one_question_with_the_price(sandbox: Line, typed: Callable[[str], None]) -> None:
    typed("n\n")
    ran = sandbox("batch", ALL, "-i", "prompt=x")
    assert (ran.code, ran.out) == (1, "")
    assert "Send 2 runs for 2 credits? [y/N]" in ran.err
    assert sandbox("batch", "--list", "--format", "json").json == []


def test_many_want_their_number_typed(sandbox: Line, typed: Callable[[str], None]) -> None:
    typed("y\n")
    ran = sandbox("batch", ALL, "-i", "prompt=x", "--repeat", "11")
    assert ran.code == 1
    assert "Type 22 to go on" in ran.err
    typed("22\n")
    assert sandbox("batch", ALL, "-i", "prompt=x", "--repeat", "11").code == 0


def test_the_budget_stops_it_and_a_higher_one_goes_on(sandbox: Line) -> None:
    code, found, err = batch(sandbox, f"key:{PRICED}", "-i", "prompt=x", "--repeat", "5", "--budget", "7credits")
    assert (code, found["state"]) == (1, "stopped")
    assert (found["tally"]["succeeded"], found["tally"]["queued"], found["spent"]) == (3, 2, {"credits": "6"})
    assert "3 of 5 fit into the budget of 7 credits" in err
    code, again, _ = batch(sandbox, "--resume", found["id"][:8])
    assert (code, again["tally"]["succeeded"]) == (1, 3)
    code, last, _ = batch(sandbox, "--resume", found["id"][:8], "--budget", "0.20USD")
    assert (code, last["state"], last["tally"]["succeeded"]) == (0, "finished", 5)
    assert last["budget"] == {"amount": "0.20", "currency": "USD"}
    assert sandbox("batch", "--resume", found["id"], "--yes").code == 1


def test_a_model_without_a_price_is_refused_under_a_budget(sandbox: Line) -> None:
    file = sandbox.file(PRICED)
    file.write_text(file.read_text(encoding="utf-8").partition("[cost]")[0], encoding="utf-8")
    words = ("batch", ALL, "-i", "prompt=x", "--budget", "5", "--dry-run", "--format", "json")
    assert [skip["model"] for skip in sandbox(*words).json["skipped"]] == [PRICED]
    allowed = sandbox(*words, "--allow-unpriced")
    assert (allowed.json["unpriced"], allowed.json["skipped"]) == (1, [])


def test_failures_by_reason_and_only_they_are_tried_again(sandbox: Line) -> None:
    given = json.dumps({"*": {"prompt": "x"}, PRICED: {"sandbox_mode": "fail"}})
    code, found, err = batch(sandbox, ALL, "--inputs", given, "--repeat", "3")
    assert (code, found["tally"]["succeeded"], found["tally"]["failed"]) == (1, 3, 3)
    (failure,) = found["failures"]
    assert failure["keys"] == [PRICED] * 3
    assert f"3 failed: {failure['reason']}" in err
    code, again, _ = batch(sandbox, "--retry-failed", found["id"])
    assert {job["model"] for job in again["jobs"]} == {PRICED}
    assert (code, again["tally"]["total"]) == (1, 3)
    assert not {job["id"] for job in again["jobs"]} & {job["id"] for job in found["jobs"]}
    listed = sandbox("batch", "--list", "--format", "json").json
    assert [each["id"] for each in listed] == [again["id"], found["id"]]


def test_reports_go_to_files_and_over_none(sandbox: Line, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("r.json", "r.xml", "r.md")]
    words = [word for name in names for word in ("--report", name)]
    given = json.dumps({"*": {"prompt": "x"}, PRICED: {"sandbox_mode": "fail"}})
    code, found, _ = batch(sandbox, "key:*", "--inputs", given, *words)
    assert code == 1
    assert json.loads(Path(names[0]).read_text(encoding="utf-8"))["id"] == found["id"]
    suite = ET.parse(names[1]).getroot().find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "skipped": "4",
    }
    assert [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None] == [PRICED]
    assert "| chat/unbound | sandbox | failed |" in Path(names[2]).read_text(encoding="utf-8")
    ran = sandbox("batch", ALL, "-i", "prompt=x", "--yes", "--report", names[0])
    assert (ran.code, "is there already" in ran.err) == (1, True)
    assert len(sandbox("batch", "--list", "--format", "json").json) == 1
    assert sandbox("batch", "--show", found["id"], "--report", names[0], "--force").code == 1


def test_a_model_whose_last_day_is_over(sandbox: Line) -> None:
    file = sandbox.file(PRICED)
    file.write_text(f"retires_on = 2020-01-01\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    words = ("batch", ALL, "-i", "prompt=x", "--dry-run", "--format", "json")
    assert sandbox(*words).json["skipped"][0]["problems"][0]["message"] == "retired on 2020-01-01"
    assert sandbox(*words, "--include-retired").json["skipped"] == []


def test_a_session_that_is_read_only_sends_nothing(sandbox: Line) -> None:
    ran = sandbox("batch", ALL, "-i", "prompt=x", "--yes", "--read-only")
    assert (ran.code, "read-only" in ran.err) == (1, True)
    assert not (sandbox.root / ".modeltui" / "jobs.db").exists()


def test_start_and_end_are_in_the_audit_log(sandbox: Line) -> None:
    _, found, _ = batch(sandbox, ALL, "-i", "prompt=x")
    noted = [each for each in sandbox("history", "--audit", "--format", "json").json if each["what"] == "batch"]
    assert [(each["subject"], each["detail"]) for each in noted] == [
        (found["id"], "finished, 2 of 2 succeeded"),
        (found["id"], "started, 2 runs"),
    ]


def test_a_batch_that_nobody_follows_cannot_be_stopped(sandbox: Line) -> None:
    _, found, _ = batch(sandbox, ALL, "-i", "prompt=x")
    for act in ("--pause", "--go-on", "--stop"):
        ran = sandbox("batch", act, found["id"])
        assert (ran.code, "nobody is at work on this batch" in ran.err) == (1, True)


def test_side_by_side(sandbox: Line) -> None:
    ran = sandbox("compare", CHAT, PRICED, "-i", "prompt=a fox", "--yes")
    assert ran.code == 0
    rows = {line.split()[0]: line for line in ran.out.splitlines()[1:]}
    assert ran.out.splitlines()[0].split() == [CHAT, PRICED]
    assert rows["State"].split() == ["State", "succeeded", "succeeded"]
    assert rows["Cost"].split() == ["Cost", "0", "credits", "2", "credits"]
    assert {"Time", "Text", "File"} <= rows.keys()
    as_json = sandbox("compare", PRICED, CHAT, "-i", "prompt=x", "-y", "--format", "json").json
    assert [job["model"] for job in as_json["jobs"]] == [PRICED, CHAT]
