"""Rules within one model file: inputs, calls, prices, and the engine's own word."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import parse_field, with_value
from modeltui.domain.finding import Finding
from modeltui.domain.rules.files import check_model

from .conftest import model_file

RUN: dict[str, Any] = {
    "inputs": {
        "prompt": {"type": "string", "required": True},
        "size": {"type": "string", "enum": ["720p", "1080p"], "default": "720p"},
        "sound": {"type": "boolean", "default": False},
        "seconds": {"type": "integer", "enum": [5, 10], "default": 5},
        "old": {"type": "string", "ignored": True},
    },
    "rules": [{"when": {"seconds": 10}, "forbid": {"size": ["1080p"]}, "message": "m"}],
    "request": {
        "path": "/jobs",
        "body": {"prompt": "${inputs.prompt}", "sound": "${inputs.sound}"},
        "save": {"task_id": "id"},
    },
    "poll": {"path": "/jobs/${saved.task_id}", "status": "state", "success": ["done"]},
    "result": {"kind": "url", "select": "url"},
    "cost": {"currency": "credits", "base": "1", "multipliers": {"size": {"1080p": "2"}}},
}


def _check(field: str = "", value: Any = None) -> list[Finding]:
    document = model_file("chat/a", **RUN)
    if field:
        document = with_value(document, parse_field(field), value)
    return check_model("models/chat/a.toml", document)


def test_a_good_file_has_no_findings() -> None:
    assert _check() == []


@pytest.mark.parametrize(
    ("field", "value", "code", "at"),
    [
        ("request.body.n", "${inputs.count}", "unknown-input", "request.body.n"),
        ("request.body.n", "${inputs.old}", "unknown-input", "request.body.n"),
        ("request.body.list", [{"a": "${inputs.count}"}], "unknown-input", "request.body.list.0.a"),
        ("rules", [{"require": ["count"], "message": "m"}], "unknown-input", "rules.0.require"),
        ("rules", [{"total": "shots[].s", "equals": 3, "message": "m"}], "unknown-input", "rules.0.total"),
        ("inputs.prompt.together_with", ["count"], "unknown-input", "inputs.prompt.together_with"),
        ("inputs.prompt.send_when", {"count": 1}, "unknown-input", "inputs.prompt.send_when.count"),
        ("cost.times", ["count"], "unknown-input", "cost.times"),
        ("cost.multipliers.count", {"1": "2"}, "unknown-input", "cost.multipliers.count"),
        ("cost.rate", {"per": "item", "of": "inputs.count", "price": "1"}, "unknown-input", "cost.rate.of"),
        ("cost.table", {"by": ["count"], "prices": {"1": "1"}}, "unknown-input", "cost.table.prices"),
        ("cost.multipliers.size", {"4k": "2"}, "unknown-choice", "cost.multipliers.size"),
        ("cost.multipliers.sound", {"yes": "2"}, "unknown-choice", "cost.multipliers.sound"),
        ("cost.multipliers.seconds", {"5": "1", "7": "2"}, "unknown-choice", "cost.multipliers.seconds"),
        ("inputs.prompt.send_when", {"seconds": "5"}, "unknown-choice", "inputs.prompt.send_when.seconds"),
        ("inputs.size.labels", {"4k": "sharp"}, "unknown-choice", "inputs.size.labels"),
        ("inputs.size.map", {"4k": 3}, "unknown-choice", "inputs.size.map"),
        ("inputs.seed", {"type": "integer"}, "unused-input", "inputs.seed"),
        ("poll.path", "/jobs", "poll-without-id", "poll"),
        ("poll.query", {"a": "${saved.other}"}, "unknown-saved", "poll.query.a"),
        ("cancel", {"url": "${saved.cancel_url}"}, "unknown-saved", "cancel.url"),
        ("poll.save", {"task_id": "file.id"}, "repeated-value", "poll.save.task_id"),
        ("result.fetch", {"url": "${saved.result_url}"}, "unknown-saved", "result.fetch.url"),
        ("request.body.id", "${saved.task_id}", "unknown-placeholder", "request.body.id"),
        ("request.body.id", "${job.id}", "unknown-placeholder", "request.body.id"),
        ("request.body.id", "${model.secret}", "unknown-placeholder", "request.body.id"),
    ],
)
def test_a_fault_is_found_where_it_stands(field: str, value: Any, code: str, at: str) -> None:
    assert (code, at) in [(finding.code, finding.field) for finding in _check(field, value)]


def test_a_forbidden_value_that_cannot_be_is_found() -> None:
    rule = {"when": {"seconds": [5, 20]}, "forbid": {"size": ["4k"]}, "message": "m"}
    found = [(finding.code, finding.field) for finding in _check("rules", [rule])]
    assert found == [("unknown-choice", "rules.0.when.seconds"), ("unknown-choice", "rules.0.forbid.size")]


def test_prices_are_by_values_that_can_be() -> None:
    table = {"by": ["size", "seconds"], "prices": {"720p": {"5": "1", "10": "2"}, "1080p": {"5": "2", "15": "3"}}}
    (finding,) = [finding for finding in _check("cost.table", table) if finding.code == "unknown-choice"]
    assert '"15"' in finding.message
    assert finding.hint == "its values are 5, 10"


def test_an_id_of_our_own_is_enough_for_a_poll() -> None:
    assert _check("poll", {**RUN["poll"], "path": "/jobs/${job.uuid}"}) == []


def test_what_only_the_engine_knows_is_said_by_the_engine() -> None:
    (finding,) = _check("request.body.id", "${item}")
    assert (finding.code, finding.field) == ("cannot-run", "request.body.id")
    assert "item" in finding.message


def test_faults_of_shape_come_alone_where_the_rest_cannot_be_read() -> None:
    assert [finding.code for finding in _check("inputs.prompt", "text")] == ["wrong-type"]
    assert [finding.code for finding in _check("rules", {"a": 1})] == ["wrong-type"]
    assert [finding.code for finding in _check("poll", [])] == ["wrong-type"]


def test_a_slip_in_one_key_hides_nothing_else() -> None:
    document = with_value(model_file("chat/a", **RUN), ("poll", "intervall_s"), 3)
    document = with_value(document, ("request", "body", "n"), "${inputs.count}")
    assert [finding.code for finding in check_model("a.toml", document)] == ["unknown-key", "unknown-input"]
