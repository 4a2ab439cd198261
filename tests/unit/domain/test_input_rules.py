"""Rules between inputs."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.inputs.rules import compile_rules
from modeltui.domain.inputs.specs import read_inputs
from modeltui.errors import InvalidValueError

INPUTS = {
    "prompt": {"type": "string"},
    "image": {"type": "image"},
    "pictures": {"type": "array"},
    "duration": {"type": "string", "enum": ["5", "10"]},
    "resolution": {"type": "string", "enum": ["720p", "1080p"]},
    "custom": {"type": "boolean"},
    "shots": {"type": "array"},
}


def problems(rule: dict[str, Any], **values: Any) -> list[tuple[str | None, str]]:
    document = {"inputs": INPUTS, "rules": [{"message": "no", **rule}]}
    rules = compile_rules(document, read_inputs(document))
    found = [rule.problem(values) for rule in rules]
    return [(problem.input, problem.message) for problem in found if problem is not None]


FORBID = {"when": {"duration": "10"}, "forbid": {"resolution": ["1080p"]}}


def test_forbid_blames_the_input_that_is_forbidden() -> None:
    assert problems(FORBID, duration="10", resolution="1080p") == [("resolution", "no")]


@pytest.mark.parametrize(
    "values",
    [{}, {"duration": "10"}, {"duration": "5", "resolution": "1080p"}, {"duration": "10", "resolution": "720p"}],
)
def test_forbid_is_silent_elsewhere(values: dict[str, Any]) -> None:
    assert problems(FORBID, **values) == []


def test_require_counts_blank_and_empty_as_missing() -> None:
    rule = {"when": {"custom": True}, "require": ["prompt", "pictures"]}
    assert problems(rule, custom=True, prompt=" ", pictures=["a"]) == [("prompt", "no")]
    assert problems(rule, custom=True, prompt="a", pictures=[]) == [("prompt", "no")]
    assert problems(rule, custom=True, prompt="a", pictures=["a"]) == []
    assert problems(rule, custom=False) == []


def test_any_of_wants_one() -> None:
    rule = {"any_of": ["prompt", "image"]}
    assert problems(rule) == [("prompt", "no")]
    assert problems(rule, prompt="", image="") == [("prompt", "no")]
    assert problems(rule, image="https://example.invalid") == []


def test_when_takes_any_value_of_a_list() -> None:
    rule = {"when": {"duration": ["5", "10"], "custom": False}, "require": ["prompt"]}
    assert problems(rule, duration="5", custom=False) == [("prompt", "no")]
    assert problems(rule, duration="5", custom=True) == []


@pytest.mark.parametrize(
    ("lengths", "broken"), [([5, 5], False), ([10.5], False), ([9.5], False), ([10.6], True), ([], True), ([5], True)]
)
def test_total_allows_its_tolerance(lengths: list[float], broken: bool) -> None:
    rule = {"total": "shots[].seconds", "equals": "duration", "tolerance": 0.5}
    shots = [{"seconds": length} for length in lengths]
    assert bool(problems(rule, shots=shots, duration="10")) is broken


def test_total_takes_a_number_and_exact_is_the_default() -> None:
    rule = {"total": "shots[].seconds", "equals": 0.3}
    assert problems(rule, shots=[{"seconds": 0.1}, {"seconds": 0.2}]) == []
    assert problems(rule, shots=[{"seconds": 0.1}, {"other": 1}, "text"]) == [("shots", "no")]


def test_total_length_adds_characters() -> None:
    rule = {"total_length": "shots[].text", "max": 4}
    assert problems(rule, shots=[{"text": "ab"}, {"text": "cd"}]) == []
    assert problems(rule, shots=[{"text": "ab"}, {"text": "cde"}]) == [("shots", "no")]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({}, "rules"),
        ({"require": ["prompt"], "any_of": ["prompt"]}, "rules"),
        ({"require": ["prompts"]}, "require"),
        ({"require": []}, "require"),
        ({"forbid": {}}, "forbid"),
        ({"forbid": {"missing": 1}}, "forbid"),
        ({"when": {"duration": "7"}, "require": ["prompt"]}, "when.duration"),
        ({"when": {"missing": 1}, "require": ["prompt"]}, "when.missing"),
        ({"total": "shots", "equals": 1}, "total"),
        ({"total": "shots[].a", "equals": True}, "equals"),
        ({"total_length": "shots[].a"}, "max"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError, match=field):
        problems(rule)


def test_a_rule_needs_a_message() -> None:
    document = {"inputs": INPUTS, "rules": [{"require": ["prompt"]}]}
    with pytest.raises(InvalidValueError, match="message"):
        compile_rules(document, read_inputs(document))


@pytest.mark.parametrize("rules", [{"a": 1}, ["text"]])
def test_rules_are_a_list_of_tables(rules: Any) -> None:
    with pytest.raises(InvalidValueError, match="rules"):
        compile_rules({"rules": rules}, ())
