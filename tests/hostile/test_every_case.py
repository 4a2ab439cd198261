"""Every hostile case is said in `check`, hangs nothing, and leaves the healthy models usable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hostile.ground import HEALTHY, Ground
from hostile.hostile_catalog import CASES, Built, content_cases, fingerprint
from hostile.line import many, modeltui


@pytest.fixture(scope="session")
def findings(stranger: Built) -> list[dict[str, Any]]:
    ran = modeltui(stranger.root, "check", "--format", "json")
    assert ran.code == 1
    return list(ran.json)


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_said(stranger: Built, findings: list[dict[str, Any]], name: str) -> None:
    if name in stranger.skipped:
        pytest.skip(stranger.skipped[name])
    missing = [
        each
        for each in stranger.expected_of[name]
        if not any(_fits(finding, each.path, each.code, each.line) for finding in findings)
    ]
    assert not missing, [(each, _of(findings, each.path)) for each in missing[:5]]


def _fits(finding: dict[str, Any], path: str, code: str, line: int | None) -> bool:
    """An empty path or code stands for any; a finding without line is of the file as a whole."""
    is_there = finding["path"] == path or not path
    return is_there and code in {"", finding["code"]} and line in {None, finding["line"]}


def _of(findings: list[dict[str, Any]], path: str) -> list[tuple[Any, ...]]:
    return [(each["code"], each["line"], each["message"][:80]) for each in findings if each["path"] == path][:4]


@pytest.mark.parametrize("name", content_cases.WRONG)
def test_a_wrong_value_is_named_by_its_field(stranger: Built, findings: list[dict[str, Any]], name: str) -> None:
    field = content_cases.WRONG[name][1]
    here = [each for each in findings if each["path"] == stranger.ground.path(f"wrong-{name}")]
    assert any((each["field"] or "").startswith(field) and each["line"] for each in here), here


def test_every_file_fault_has_a_next_step(findings: list[dict[str, Any]]) -> None:
    kinds = {"toml-syntax", "not-utf8", "too-large", "limits", "link", "hard-link", "not-a-file", "key-collision"}
    assert not [each for each in findings if each["code"] in kinds and not each["hint"]]


def test_the_healthy_models_have_no_finding(stranger: Built, findings: list[dict[str, Any]]) -> None:
    healthy = {f"models/{key}.toml" for key in HEALTHY}
    assert not [each for each in findings if each["path"] in healthy]
    assert {each["key"] for each in modeltui(stranger.root, "list", "--format", "json").json} >= set(HEALTHY)


def test_broken_rows_are_shown_as_such(stranger: Built) -> None:
    rows = {each["key"]: each for each in modeltui(stranger.root, "list", "broken:yes", "--format", "json").json}
    key = stranger.ground.path("broken-deep-arrays").removeprefix("models/").removesuffix(".toml")
    assert rows[key]["error"].startswith("models/")
    assert len(rows) > len(content_cases.BROKEN)


SHOWN = {"link-out", "link-zero", "pipe", "dev-zero", "folder", "sparse", "many-keys", "hard-out", "wrong-order-inf"}


def test_each_can_be_named(stranger: Built) -> None:
    """Showing each works or says why; running it without sending says yes or no; nothing else."""
    keys = [each["key"] for each in modeltui(stranger.root, "list", "--format", "json").json]
    shown = [key for number, key in enumerate(keys) if number % 150 == 0 or key.rpartition("/")[2] in SHOWN]
    commands = [(stranger.root, ["show", "--format", "json", "--", key]) for key in shown]
    for key, ran in zip(shown, many(commands), strict=True):
        assert ran.json is not None if ran.code == 0 else ran.err.startswith("error: "), key
        assert "must never be shown" not in ran.out + ran.err
    asked = "".join(json.dumps({"model": key, "inputs": {"prompt": "x"}}) + "\n" for key in keys)
    ran = modeltui(stranger.root, "run", "--dry-run", "--jsonl", "-", given=asked.encode())
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["model"] for answer in answers] == keys
    assert {each["model"] for each in answers if each["valid"]} >= set(HEALTHY)
    assert all(each["errors"] for each in answers if not each["valid"])


def test_reading_touches_nothing(stranger: Built) -> None:
    before = fingerprint(stranger.root.parent)
    names = ("list", "check", "pending", "history", "drift", "providers", "conflicts")
    assert {ran.code for ran in many([(stranger.root, [name]) for name in names])} <= {0, 1}
    after = fingerprint(stranger.root.parent)
    assert after == before


def test_a_healthy_model_can_be_worked_with(fresh: Built) -> None:
    """Among all that, a toggle and its apply touch that one file."""
    before = fingerprint(fresh.root.parent)
    target = f"catalog/models/{HEALTHY[0]}.toml"
    steps = [
        ["disable", HEALTHY[0]],
        ["run", HEALTHY[1], "-i", "prompt=x", "--dry-run"],
        ["pending", "--format", "json"],
        ["apply", "--yes", "--format", "json"],
    ]
    queued, ran, pending, applied = many((fresh.root, words) for words in steps)
    assert (queued.code, ran.code) == (0, 0)
    assert [each["key"] for each in pending.json] == [HEALTHY[0]]
    assert applied.json["files"] == [f"models/{HEALTHY[0]}.toml"]
    after = fingerprint(fresh.root.parent)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == {target}


def test_what_names_everything_says_what_it_left_out(fresh: Built) -> None:
    """A bulk edit over the whole catalogue: what can be queued is, the rest is named with a reason."""
    before = fingerprint(fresh.ground.outside)
    steps = [["set", "Sound", "order=7"], ["pending", "--format", "diff"], ["apply", "--yes", "--format", "json"]]
    queued, _, applied = many((fresh.root, words) for words in steps)
    assert queued.code == 0
    assert "only in case" in queued.err
    assert "is broken" in queued.err
    assert "hard links" in queued.err
    assert set(applied.json["files"]) > {f"models/{key}.toml" for key in HEALTHY}
    assert fingerprint(fresh.ground.outside) == before


QUERIES = [
    *("~(a+)+$", "name:~(a+)+$", "name:~((a*)*)*b", "name:~(?=a)b", "name:~" + "(" * 150, "name:~[", "name:~a{99999}"),
    *("name:~" + "a?" * 90 + "a" * 90, "name:~" + "x" * 5000, "*" * 3000, "name:" + "*a" * 2000, '"', "a" * 100_000),
    *("cost<1e999999999", "cost:nan", "cost>inf", "order:" + "9" * 5000, "released<0000-00-00", "tested<99999999999d"),
    *("limits." + "a." * 5000 + "b>1", "\x1b[31m", "\u202e:x", "-" * 1000, ":", "::", "a:b:c", "\udcff"),
]


def test_a_hostile_query_ends(texts: Built) -> None:
    commands = [(texts.root, ["list", "--limit", "5", "--", query]) for query in QUERIES]
    assert {ran.code for ran in many(commands)} == {0, 2}


def test_a_ground_is_healthy(ground: Ground) -> None:
    """Else all else proves nothing."""
    ran = modeltui(ground.root, "check")
    assert "error" not in ran.out
