"""The request of a model file."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.call import Call
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.request.payload import compile_request, model_scope
from modeltui.errors import InvalidValueError

INPUTS = {"prompt": {"type": "string"}, "voice": {"type": "string"}, "old": {"type": "string", "ignored": True}}


def build(request: dict[str, Any], document: dict[str, Any] | None = None, **inputs: Any) -> Call | str:
    whole = {"inputs": INPUTS, "model_id": "m-1", "request": request, **(document or {})}
    scope = {"inputs": inputs, "job": {"uuid": "u-1"}, "model": model_scope(whole), "saved": {}}
    return compile_request(whole, read_inputs(whole))(scope)


def test_a_request_is_filled_in() -> None:
    call = build(
        {
            "method": "PUT",
            "path": "/v1/${inputs.voice}",
            "query": {"n": "1", "gone": "${inputs.missing | inputs.prompt}"},
            "headers": {"x-model": "${model.model_id}"},
            "encoding": "multipart",
            "body": {"text": "${inputs.prompt}", "id": "${job.uuid}"},
        }
        | {"query": {"n": "1", "gone": "${inputs.prompt}"}},
        voice="a b",
    )
    assert call == Call("PUT", "/v1/a%20b", {"n": "1"}, {"x-model": "m-1"}, {"id": "u-1"}, "multipart")


def test_post_and_json_are_the_defaults() -> None:
    assert build({"path": "/v1"}) == Call("POST", "/v1", {}, {}, None, "json")


def test_a_body_may_be_a_list() -> None:
    call = build({"path": "", "body": [{"task": "${job.uuid}", "prompt": "${inputs.prompt}"}]}, prompt="fox")
    assert isinstance(call, Call)
    assert call.body == [{"task": "u-1", "prompt": "fox"}]


def test_values_of_the_query_are_text() -> None:
    call = build({"path": "/v1", "query": {"a": "${inputs.prompt}", "b": "x${inputs.voice}"}}, prompt=True, voice=2)
    assert isinstance(call, Call)
    assert call.query == {"a": "true", "b": "x2"}


def test_a_path_without_its_value_is_a_problem_not_a_request() -> None:
    assert build({"path": "/v1/${inputs.voice}"}) == "the path of the request needs a value that is not given"
    assert isinstance(build({"path": "/v1/${inputs.voice}"}, voice=".."), str)


@pytest.mark.parametrize("value", ["a\r\nhost: evil", "a\x00", "ü"])
def test_a_header_cannot_be_smuggled(value: str) -> None:
    assert isinstance(build({"path": "/v1", "headers": {"x-a": "${inputs.prompt}"}}, prompt=value), str)


@pytest.mark.parametrize(
    ("request_table", "said"),
    [
        ({}, "request.path"),
        ({"path": "https://evil.invalid/"}, "request.path"),
        ({"path": "//evil.invalid/"}, "request.path"),
        ({"path": "/v1", "method": "TRACE"}, "request.method"),
        ({"path": "/v1", "encoding": "xml"}, "request.encoding"),
        ({"path": "/v1", "body": "text"}, "request.body"),
        ({"path": "/v1", "query": {"a": 1}}, "request.query.a"),
        ({"path": "/v1", "body": {"a": [{"b": "${inputs.promt}"}]}}, "request.body.a"),
        ({"path": "/v1", "body": {"a": "${inputs.old}"}}, "ignored"),
        ({"path": "/v1", "body": {"a": "${saved.task_id}"}}, "saved.task_id"),
        ({"path": "/v1", "body": {"a": "${job.id}"}}, "job.id"),
        ({"path": "/v1", "body": {"a": "${model.keys}"}}, "model.keys"),
        ({"path": "/v1", "body": {"a": "${item}"}}, "item"),
        ({"path": "/v1", "body": {"a": "${environment.HOME}"}}, "not a placeholder"),
        ({"path": "/v1/${inputs.nothing}"}, "inputs.nothing|input nothing"),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_run(request_table: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        build(request_table)


def test_item_is_known_inside_each() -> None:
    call = build({"path": "/v1", "body": {"a": [{"$each": "${inputs.prompt}", "b": "${item}"}]}}, prompt=["x"])
    assert isinstance(call, Call)
    assert call.body == {"a": [{"b": "x"}]}


@pytest.mark.parametrize("place", ["poll", "result.fetch", "cancel"])
def test_later_calls_know_what_the_request_saves(place: str) -> None:
    def call(path: str) -> dict[str, Any]:
        return {"result": {"fetch": {"path": path}}} if place == "result.fetch" else {place: {"path": path}}

    request = {"path": "/v1", "save": {"task_id": "id"}}
    build(request, call("/v1/${saved.task_id}"))
    with pytest.raises(InvalidValueError, match=f"^{place}.path: there is no saved.job here"):
        build(request, call("/v1/${saved.job}"))


def test_a_model_needs_a_request() -> None:
    with pytest.raises(InvalidValueError, match="request"):
        compile_request({}, ())
