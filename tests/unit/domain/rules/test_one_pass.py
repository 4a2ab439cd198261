"""Each file is asked for once, and what files have in common is checked once; the findings are the same."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from modeltui.domain.document import Document, parse_field, with_value
from modeltui.domain.rules import check, runs
from modeltui.domain.rules import form as rules_of_form
from modeltui.domain.rules.files import check_model
from modeltui.domain.rules.form import deviation_of
from modeltui.domain.rules.one_pass import OnePass
from modeltui.domain.rules.runs import SoundRuns
from modeltui.domain.run_spec import RunSpec, compile_run

from .conftest import TODAY, catalog_of, model_file
from .test_run_rules import RUN

_SPOILT: tuple[tuple[str, Any], ...] = (
    ("request.body.n", "${inputs.count}"),
    ("request.body.n", "${saved.nothing}"),
    ("inputs.size.default", "4k"),
    ("inputs.spare", {"type": "string"}),
    ("rules", [{"require": ["count"], "message": "m"}]),
    ("cost.multipliers.size", {"4k": "2"}),
    ("cost.base", 1),
    ("poll.path", "/jobs"),
    ("unknown", 1),
    ("name", "Another"),
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> SoundRuns:
    """No run part is known from other tests."""
    sound = SoundRuns(100)
    monkeypatch.setattr(runs, "_SOUND", sound)
    return sound


def _count_compilations(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    compiled: list[Document] = []

    def counted(document: Document) -> RunSpec:
        compiled.append(document)
        return compile_run(document)

    monkeypatch.setattr(runs, "compile_run", counted)
    return compiled


def test_a_run_part_that_many_files_have_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = _count_compilations(monkeypatch)
    catalog = catalog_of((f"chat/m{number}", model_file(f"chat/m{number}", **RUN)) for number in range(20))
    assert check(catalog, TODAY) == []
    assert len(compiled) == 1


def test_a_run_part_is_not_taken_as_sound_where_the_engine_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = _count_compilations(monkeypatch)
    good = model_file("chat/a", **RUN)
    assert [finding.code for finding in check_model("p", {**good, "unknown": 1})] == ["unknown-key"]
    assert compiled == []
    assert check_model("p", good) == []
    assert len(compiled) == 1


def test_findings_are_the_same_whatever_was_seen_before(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(6)
    found: Counter[str] = Counter()
    for _ in range(300):
        document = _with(*dice.sample(_SPOILT, dice.randint(0, 2)))
        with monkeypatch.context() as patch:
            patch.setattr(runs, "_SOUND", SoundRuns(100))
            expected = check_model("p", document)
        assert check_model("p", document) == expected
        found.update(finding.code for finding in expected)
    assert len(found) >= 5


def test_of_a_run_part_that_differs_only_in_its_cost_the_cost_alone_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = _count_compilations(monkeypatch)
    for price in ("1", "2", "3"):
        assert check_model("p", _with(("cost.base", price))) == []
    assert len(compiled) == 1


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({"times": ["count"], "multipliers": {"size": {"1080p": "2"}}}, ["unknown-input"]),
        ({"multipliers": {"size": {"4k": "2"}}}, ["unknown-choice"]),
        ({"table": {"by": ["size"], "prices": {"720p": "1"}}}, ["cannot-run"]),
        ({}, ["unused-input"]),
        (None, ["unused-input"]),
    ],
)
def test_what_is_wrong_with_the_cost_is_said_of_a_run_part_that_is_sound_but_for_it(cost: Any, said: list[str]) -> None:
    good = _with(("rules", [{"when": {"seconds": 10}, "forbid": {"sound": [True]}, "message": "m"}]))
    assert check_model("p", good) == []
    bad = {name: value for name, value in good.items() if name != "cost"} | (
        {} if cost is None else {"cost": {"currency": "credits", "base": "1", **cost}}
    )
    found = check_model("p", bad)
    assert [finding.code for finding in found] == said
    assert check_model("p", bad) == found


def _with(*values: tuple[str, Any]) -> Document:
    document: Document = model_file("chat/a", **RUN)
    for field, value in values:
        document = with_value(document, parse_field(field), value)
    return document


def test_each_file_is_asked_for_once() -> None:
    asked: Counter[str] = Counter()

    def sources(path: str) -> bytes:
        asked[path] += 1
        return b'name = "x"\n'

    catalog = catalog_of((f"chat/m{number}", model_file(f"chat/m{number}", lock={"locked": True})) for number in (1, 2))
    check(catalog, TODAY, sources)
    assert asked == dict.fromkeys(
        ("models/chat/m1.toml", "models/chat/m2.toml", "catalog.toml", "providers/kie_ai.toml"), 1
    )


def test_the_last_look_at_a_file_counts() -> None:
    good = model_file("chat/a")
    catalog = catalog_of([("chat/a", good)])
    model = catalog.models["chat/a"]
    seen = OnePass()
    seen.look(model, {**good, "unknown": 1}, None)
    assert [finding.code for finding in seen.findings(catalog, TODAY, None)] == ["unknown-key"]
    seen.look(model, good, None)
    assert seen.findings(catalog, TODAY, None) == []


def test_the_quick_look_at_the_form_says_what_the_rules_say() -> None:
    dice = random.Random(6)
    pieces = (
        *(b'"', b"'", b'"""', b"'''", b"=", b" = ", b" ", b"  ", b"\n", b"#", b"\t", b"\r", b"a", b"\\", b"[", b", "),
        *(b'key = "v"\n', b"# it's\n", b'"x"', b'text = "a=b"\n', b"\n\n"),
    )
    plain = 0
    for _ in range(5_000):
        content = b"".join(dice.choice(pieces) for _ in range(dice.randint(1, 12))) + b"\n"
        bare = rules_of_form._bare(content)
        expected = next((said for pattern, said in rules_of_form._DEVIATIONS if pattern.search(bare)), None)
        assert deviation_of(content) == expected, content
        plain += expected is None
    assert 300 < plain < 4_700
