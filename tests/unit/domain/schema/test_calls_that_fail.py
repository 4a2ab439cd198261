"""What would fail on every run, or after the bill, is found before: functions, placeholders, paths."""

from __future__ import annotations

from typing import Any

import pytest
from jmespath.functions import Functions

from modeltui.domain.document import parse_field, with_value
from modeltui.domain.expressions import AT_LEAST_ONE, BY_EXPRESSION, FUNCTIONS
from modeltui.domain.finding import Finding
from modeltui.domain.schema.findings import findings_of
from modeltui.errors import InvalidValueError
from modeltui.providers.expression import compiled

Document = dict[str, Any]


def found(document: Document, field: str, value: Any) -> list[Finding]:
    return findings_of("a.toml", with_value(document, parse_field(field), value), "model")


WRONG_CALLS = [
    "lower(data.url)",
    "data[?lower(kind) == 'video'].url",
    "{url: data.url, kind: upper(kind)}",
    "a || uper(b)",
    "length()",
    "length(a, b)",
    "join(',')",
    "merge()",
    "not_null()",
    "sort_by(files, size)",
    "map(files, &url)",
    "to_string(to_string(to_string(a)))",
    "join(sep, files)",
]


@pytest.mark.parametrize("expression", WRONG_CALLS)
def test_a_call_that_fails_on_every_answer_is_no_expression(model: Document, expression: str) -> None:
    (finding,) = found(model, "result.select", expression)
    assert (finding.code, finding.field) == ("bad-expression", "result.select")
    assert finding.hint
    with pytest.raises(InvalidValueError, match=r"calls|quotes|joins"):
        compiled(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "data.url",
        "join(',', files[*].url)",
        "sort_by(files, &size)[-1].url",
        "map(&url, files)",
        "not_null(a, b, c)",
        "merge(a, b)",
        "files[?contains(type, 'video')].url | [0]",
        "a[1:3]",
    ],
)
def test_what_jmespath_can_do_is_taken(model: Document, expression: str) -> None:
    assert found(model, "result.select", expression) == []
    compiled(expression)


def test_the_functions_are_those_of_jmespath() -> None:
    signatures = {name: entry["signature"] for name, entry in Functions.FUNCTION_TABLE.items()}
    variadic = {name for name, parts in signatures.items() if parts[-1].get("variadic")}
    assert set(AT_LEAST_ONE) == variadic
    assert {name: len(parts) for name, parts in signatures.items() if name not in variadic} == FUNCTIONS
    by_expression = {
        name: position
        for name, parts in signatures.items()
        for position, part in enumerate(parts)
        if part["types"] == ["expref"]
    }
    assert by_expression == BY_EXPRESSION


def test_a_placeholder_that_cannot_be_read_is_named_where_it_stands(model: Document) -> None:
    body = {
        "prompt": "${inputs.prompt}",
        "n": "${input.n}",
        "parts": [{"text": "a"}, {"text": "${inputs.prompt"}],
        "maybe": {"$when": "always", "a": 1},
        "many": [{"$each": "${inputs}", "url": "${item}"}],
    }
    assert [(finding.code, finding.field) for finding in found(model, "request.body", body)] == [
        ("bad-placeholder", "request.body.n"),
        ("bad-placeholder", "request.body.parts.1.text"),
        ("bad-placeholder", 'request.body.maybe."$when"'),
        ("bad-placeholder", 'request.body.many.0."$each"'),
    ]


def test_a_placeholder_of_a_single_text_is_named_there(model: Document) -> None:
    assert [finding.field for finding in found(model, "request.query", {"n": "${input.n}"})] == ["request.query.n"]


@pytest.mark.parametrize(
    "path", ["/../../paint", "/v1/../paint", "/v1/.", "/%2e%2E/paint", "/v1/${saved.id}/..", "/a b", "/a?b=1", "/v1#a"]
)
def test_a_path_that_every_run_refuses_is_found(model: Document, path: str) -> None:
    (finding,) = found(model, "request.path", path)
    assert (finding.code, finding.field) == ("bad-value", "request.path")


@pytest.mark.parametrize("path", ["/v1/paint", "/v1.2/a..b", "/v1/${saved.task_id}/x", "/m/${+saved.name}:run"])
def test_other_paths_are_taken(model: Document, path: str) -> None:
    assert [finding.code for finding in found(model, "poll.path", path)] == []
