"""What files say of answers beside the result: a cost in a header or another unit, failures, and what is not whole."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import parse_field, with_value
from modeltui.domain.schema.files import FileKind
from modeltui.domain.schema.findings import findings_of

Document = dict[str, Any]


def codes(document: Document, kind: FileKind, field: str, value: Any) -> list[str]:
    return [finding.code for finding in findings_of("a.toml", with_value(document, parse_field(field), value), kind)]


@pytest.mark.parametrize("cost", ["@header:character-cost", "usage.cost"])
def test_a_cost_is_an_expression_or_a_header(model: Document, cost: str) -> None:
    result = {**model["result"], "cost": cost, "cost_factor": "0.00008", "cost_currency": "USD"}
    assert codes(model, "model", "result", result) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cost": "@header:"}, "bad-expression"),
        ({"cost": "@header:a b"}, "bad-expression"),
        ({"cost": "@http"}, "bad-expression"),
        ({"cost": "usage.cost", "cost_factor": 0.5}, "wrong-type"),
        ({"cost": "usage.cost", "cost_factor": "-1"}, "bad-value"),
        ({"cost_factor": "1"}, "misplaced-key"),
        ({"cost_currency": "USD"}, "misplaced-key"),
    ],
)
def test_other_costs_are_found(model: Document, changes: Document, code: str) -> None:
    assert codes(model, "model", "result", {**model["result"], **changes}) == [code]


def test_the_answer_to_a_request_may_tell_the_cost(model: Document) -> None:
    told = {"cost": "credits", "cost_factor": "0.01", "cost_currency": "USD"}
    assert codes(model, "model", "request", {**model["request"], **told}) == []
    assert codes(model, "model", "request", {**model["request"], "cost_factor": "0.01"}) == ["misplaced-key"]


def test_headers_tell_of_failure_and_an_expression_of_half_an_answer(provider: Document) -> None:
    errors = {"failed_headers": {"finish-reason": ["CONTENT_FILTERED"]}, "partial": "stop_reason"}
    assert codes(provider, "provider", "errors", errors) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"failed_headers": {"finish reason": ["X"]}}, "bad-name"),
        ({"failed_headers": {"finish-reason": "X"}}, "wrong-type"),
        ({"failed_headers": {"finish-reason": [1]}}, "wrong-type"),
        ({"failed_headers": ["finish-reason"]}, "wrong-type"),
        ({"partial": "a ||"}, "bad-expression"),
    ],
)
def test_other_headers_and_expressions_are_found(provider: Document, changes: Document, code: str) -> None:
    assert codes(provider, "provider", "errors", changes) == [code]
