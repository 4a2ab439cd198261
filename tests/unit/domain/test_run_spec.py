"""From inputs to problems, cost and request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Call, Cost, InputProblem
from modeltui.domain.run_spec import RunSpec, compile_run
from modeltui.errors import InvalidValueError

DOCUMENT: dict[str, Any] = {
    "model_id": "m-1",
    "inputs": {
        "prompt": {"type": "string", "required": True, "max_length": 10},
        "duration": {"type": "integer", "default": 5, "enum": [5, 10]},
        "resolution": {"type": "string", "default": "720p", "send": "given", "enum": ["720p", "1080p"]},
        "seed": {"type": "integer", "minimum": 0},
        "legacy": {"type": "string", "ignored": True},
    },
    "rules": [{"when": {"duration": 10}, "forbid": {"resolution": ["1080p"]}, "message": "10 s stop at 720p"}],
    "request": {
        "path": "/v1/run",
        "body": [
            {
                "model": "m-1",
                "id": "${job.uuid}",
                "prompt": "${inputs.prompt}",
                "seconds": "${inputs.duration}",
                "resolution": "${inputs.resolution}",
                "seed": "${inputs.seed}",
            }
        ],
    },
    "cost": {"currency": "credits", "base": "4", "multipliers": {"duration": {"10": "2"}}},
}


@pytest.fixture
def spec() -> RunSpec:
    return compile_run(DOCUMENT)


def test_a_good_run_has_a_request_and_a_price(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "fox", "seed": 7.0}, job_uuid="u-1")
    assert prepared.is_valid
    assert prepared.inputs == {"prompt": "fox", "duration": 5, "resolution": "720p", "seed": 7}
    assert prepared.cost == Cost(Decimal(4), "credits")
    body = [{"model": "m-1", "id": "u-1", "prompt": "fox", "seconds": 5, "seed": 7}]
    assert prepared.call == Call("POST", "/v1/run", {}, {}, body, "json")
    assert type(prepared.inputs["seed"]) is int


def test_what_is_given_wins_over_the_default(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "fox", "duration": 10, "resolution": "720p"}, job_uuid="u")
    assert prepared.call is not None
    assert prepared.call.body[0]["seconds"] == 10
    assert prepared.call.body[0]["resolution"] == "720p"
    assert prepared.cost == Cost(Decimal(8), "credits")


def test_every_problem_is_named_at_once(spec: RunSpec) -> None:
    prepared = spec.prepare({"duration": 7, "seed": -1, "promt": "fox", "zzz": 1}, job_uuid="u")
    assert prepared.problems == (
        InputProblem("prompt", "is required"),
        InputProblem("duration", "must be one of 5, 10"),
        InputProblem("seed", "must be at least 0"),
        InputProblem("promt", "is not an input of this model; did you mean prompt?"),
        InputProblem("zzz", "is not an input of this model"),
    )
    assert prepared.call is None
    assert prepared.cost is None


def test_rules_are_problems_too(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "x" * 11, "duration": 10, "resolution": "1080p"}, job_uuid="u")
    assert [problem.input for problem in prepared.problems] == ["prompt", "resolution"]


def test_a_rule_is_silent_about_inputs_that_are_wrong_anyway(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "fox", "duration": 11, "resolution": "1080p"}, job_uuid="u")
    assert [problem.input for problem in prepared.problems] == ["duration"]


def test_null_is_not_absent(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "fox", "seed": None}, job_uuid="u")
    assert prepared.problems == (InputProblem("seed", "must be a whole number"),)


def test_an_ignored_input_is_accepted_and_not_sent(spec: RunSpec) -> None:
    prepared = spec.prepare({"prompt": "fox", "legacy": "x"}, job_uuid="u")
    assert prepared.call == spec.prepare({"prompt": "fox"}, job_uuid="u").call


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), True])
def test_a_length_that_is_none_is_a_problem(spec: RunSpec, seconds: float) -> None:
    prepared = spec.prepare({"prompt": "fox"}, job_uuid="u", media_seconds=seconds)
    assert [problem.input for problem in prepared.problems] == [None]


def test_what_cannot_be_priced_is_a_problem() -> None:
    rate = {"per": "second", "of": "media", "price": "1"}
    spec = compile_run(DOCUMENT | {"cost": {"currency": "credits", "base": "1", "rate": rate}})
    prepared = spec.prepare({"prompt": "fox"}, job_uuid="u", media_seconds=1e300)
    assert prepared.problems == (InputProblem(None, "a value is too large to be priced"),)


def test_a_model_may_have_no_cost() -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != "cost"}
    prepared = compile_run(document).prepare({"prompt": "fox"}, job_uuid="u")
    assert prepared.is_valid
    assert prepared.cost is None


def test_a_value_missing_from_the_path_is_a_problem() -> None:
    spec = compile_run(DOCUMENT | {"request": {"path": "/v1/${inputs.seed}"}})
    assert not spec.prepare({"prompt": "fox"}, job_uuid="u").is_valid
    assert spec.prepare({"prompt": "fox", "seed": 1}, job_uuid="u").is_valid


def test_inputs_are_those_of_the_file(spec: RunSpec) -> None:
    assert [entry.name for entry in spec.inputs] == ["prompt", "duration", "resolution", "seed", "legacy"]


def test_giving_runs_no_side_effects(spec: RunSpec) -> None:
    given = {"prompt": "fox"}
    first = spec.prepare(given, job_uuid="u")
    assert given == {"prompt": "fox"}
    assert first == spec.prepare(given, job_uuid="u")


def test_a_file_that_cannot_work_names_its_field() -> None:
    with pytest.raises(InvalidValueError, match=r"^inputs\.prompt\.type: "):
        compile_run({"inputs": {"prompt": {}}, "request": {"path": "/"}})


@pytest.mark.parametrize(
    ("inputs", "amount"),
    [
        ({}, 4),
        ({"duration": 10}, 8),
        ({"prompt": "much too long a prompt", "seed": -1, "nothing": 1}, 4),
        ({"duration": 10, "resolution": "1080p"}, 8),
        ({"duration": 7}, None),
        ({"duration": "10"}, None),
    ],
)
def test_the_price_is_there_before_the_rest_is_right(spec: RunSpec, inputs: dict[str, Any], amount: int | None) -> None:
    prepared = spec.prepare(inputs, job_uuid="u")
    assert not prepared.is_valid
    assert prepared.call is None
    assert prepared.cost == (None if amount is None else Cost(Decimal(amount), "credits"))


def test_a_price_by_an_input_that_is_not_there_is_not_known() -> None:
    inputs = {"text": {"type": "string", "required": True}, "voice": {"type": "string", "required": True}}
    rate = {"per": "character", "of": "inputs.text", "price": "1"}
    cost = {"currency": "credits", "base": "1", "rate": rate}
    spec = compile_run({"inputs": inputs, "request": {"path": "/", "body": {"t": "${inputs.text}"}}, "cost": cost})
    assert spec.prepare({"voice": "v"}, job_uuid="u").cost is None
    assert spec.prepare({"text": "four"}, job_uuid="u").cost == Cost(Decimal(4), "credits")
    assert spec.prepare({"text": "four"}, job_uuid="u", media_seconds=-1).cost is None


def test_what_steps_before_will_save_stands_in_the_request() -> None:
    before = [{"path": "/session", "save": {"session": "id"}}]
    request = {"path": "/run", "body": {"s": "${saved.session}"}}
    prepared = compile_run({"inputs": {}, "before": before, "request": request}).prepare({}, job_uuid="u")
    assert prepared.call is not None
    assert prepared.call.body == {"s": "${saved.session}"}
