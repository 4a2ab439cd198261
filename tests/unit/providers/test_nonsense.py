"""A provider that answers nonsense: the job fails and shows the start of the answer, and what is paid is not lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import PNG, Answers, Given, Loopback, Runner, Seen, media, on_loopback

Serve = Callable[[Answers], Loopback]

PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "p",
    "name": "P",
    "base_url": "https://api.example.com",
    "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]},
}
POLL = {"path": "/poll/${saved.task_id}", "status": "state", "success": ["done"], "failure": ["bad"], "error": "why"}
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
NONSENSE = {
    "html": b"<html><body>Bad gateway \x1b[31m</body></html>",
    "binary": bytes(range(256)) * 20,
    "huge": b'{"a": "' + b"x" * 3_000_000 + b'"}',
    "deep": DEEP,
    "half": b'{"a": [1, 2',
    "empty": b"",
    "list": b"[[], {}, null]",
    "number": b"[" + b"9" * 6000 + b"]",
}


def model(**tables: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "inputs": {"prompt": {"type": "string"}},
        "request": {"path": "/run", "body": {"a": 1}, **tables.pop("request", {})},
        "result": {"kind": "url", "select": "urls[].url", **tables.pop("result", {})},
        **tables,
    }


@pytest.mark.parametrize("name", NONSENSE)
@pytest.mark.parametrize("stage", ["sync", "save", "poll", "fetch"])
async def test_the_answer_is_shown_cut_and_escaped(serve: Serve, runner: Runner, name: str, stage: str) -> None:
    content = NONSENSE[name]
    tables: dict[str, Any] = {}
    if stage != "sync":
        tables = {"request": {"save": {"task_id": "id"}}, "poll": {**POLL, "timeout_s": 30}}
    if stage == "fetch":
        tables["result"] = {"fetch": {"path": "/fetch"}}

    def answer(seen: Seen) -> Given:
        is_good = {"/run": stage in ("poll", "fetch"), "/poll/7": stage == "fetch"}.get(seen.path, False)
        return Given(body={"id": 7, "state": "done"}) if is_good else Given(body=content)

    last = await runner.last(model(**tables), on_loopback(PROVIDER, serve(answer)), {})
    is_told = stage in ("poll", "fetch")
    assert (last.state, last.is_fetchable) == (JobState.FAILED if is_told else JobState.UNCERTAIN, is_told)
    shown = last.error or ""
    assert len(shown) < 2048 * 8 + 400
    assert "\x1b" not in shown
    assert last.hint
    if name == "html":
        assert "Bad gateway" in shown


@pytest.mark.parametrize(
    ("tables", "answer"),
    [
        ({"request": {"save": {"task_id": "id"}}, "poll": POLL}, {"id": {"a": 1}}),
        ({"request": {"save": {"task_id": "id"}}, "poll": POLL}, {"id": [1]}),
        ({"request": {"save": {"task_id": "id"}}, "poll": POLL}, {"id": "x" * 9000}),
        ({"request": {"save": {"task_id": "max(id)"}}, "poll": POLL}, {"id": "text"}),
        ({}, {"urls": [{"url": {"a": 1}}]}),
        ({}, {"urls": [{"url": 7}]}),
        ({}, {"urls": [{"url": "h" * 9000}]}),
        ({"result": {"select": "max(urls)"}}, {"urls": "text"}),
        ({"result": {"kind": "base64", "select": "b"}}, {"b": "%%%"}),
        ({"result": {"kind": "data_url", "select": "b"}}, {"b": "https://x/y"}),
    ],
)
async def test_a_value_of_another_type_fails_with_the_answer(
    serve: Serve, runner: Runner, tables: dict[str, Any], answer: dict[str, Any]
) -> None:
    last = await runner.last(model(**tables), on_loopback(PROVIDER, serve(lambda _: Given(body=answer))), {})
    assert last.state is JobState.UNCERTAIN
    assert "{" in (last.error or "")
    assert last.hint


@pytest.mark.parametrize("state", [None, {"a": 1}, [1, 2], "max(x)"])
async def test_a_status_that_is_none_is_waited_out_and_shown(serve: Serve, runner: Runner, state: Any) -> None:
    poll = {**POLL, "timeout_s": 20}
    if state == "max(x)":
        poll["status"] = "max(state)"
    api = serve(lambda seen: Given(body={"id": 7, "state": state, "mark": "here"}))
    last = await runner.last(model(request={"save": {"task_id": "id"}}, poll=poll), on_loopback(PROVIDER, api), {})
    assert (last.state, last.is_fetchable) == (JobState.FAILED, True)
    assert '"mark": "here"' in (last.error or "")
    assert last.hint


@pytest.mark.parametrize("why", [None, 7, ["a"], {"b": 1}, "x" * 100_000])
async def test_a_reason_of_any_type_is_told(serve: Serve, runner: Runner, why: Any) -> None:
    api = serve(lambda seen: Given(body={"id": 7, "state": "bad", "why": why}))
    last = await runner.last(model(request={"save": {"task_id": "id"}}, poll=POLL), on_loopback(PROVIDER, api), {})
    assert (last.state, last.is_fetchable) == (JobState.FAILED, False)
    assert (last.error or "").startswith("bad: ")
    assert len(last.error or "") < 2100


@pytest.mark.parametrize("expression", ["max(cost)", "cost.deep", "cost"])
@pytest.mark.parametrize("cost", [None, "much", {"a": 1}, [1], "NaN", "-1", True, "1e999999"])
async def test_a_paid_result_is_not_lost_by_its_cost(serve: Serve, runner: Runner, expression: str, cost: Any) -> None:
    files = serve(media(PNG))
    api = serve(lambda seen: Given(body={"urls": [{"url": f"{files.url}/a"}], "cost": cost}))
    result = {"cost": expression, "cost_currency": "USD", "text": expression}
    last = await runner.last(model(result=result), on_loopback(PROVIDER, api, files), {})
    assert last.state is JobState.SUCCEEDED
    assert last.error is None


async def test_lone_surrogates_break_nothing(serve: Serve, runner: Runner) -> None:
    poll = {"path": "/poll", "query": {"id": "${saved.task_id}"}, "status": "state", "success": ["x"]}
    api = serve(lambda seen: Given(body=b'{"id": "\\ud800", "state": "\\udfff", "urls": []}'))
    document = model(request={"save": {"task_id": "id"}}, poll={**poll, "timeout_s": 20})
    last = await runner.last(document, on_loopback(PROVIDER, api), {})
    assert (last.state, last.is_fetchable) == (JobState.FAILED, True)
    (last.error or "").encode()
