"""Calls after the submit in the shapes that other providers have: given URLs, HTTP status as state, one more call."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from modeltui.errors import InvalidValueError
from modeltui.providers.contract import contract_of
from unit.providers.loopback import KEY, PNG, Answers, Given, Loopback, Runner, Seen, media, on_loopback

Serve = Callable[[Answers], Loopback]

PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "queue",
    "name": "Queue",
    "base_url": "https://queue.example.com",
    "auth": {"scheme": "key", "env": ["LOOPBACK_KEY"]},
    "errors": {"message": "detail"},
}


def model(**tables: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "inputs": {"prompt": {"type": "string", "required": True}},
        "request": {"path": "/run", "body": {"prompt": "${inputs.prompt}"}, **tables.pop("request", {})},
        "result": {"kind": "url", "select": "images[].url"},
        **tables,
    }


def queue_model() -> dict[str, Any]:
    """As fal has it: all URLs are given, a failure is COMPLETED with an error, the result is fetched apart."""
    return model(
        request={"save": {"task_id": "request_id", "status_url": "status_url", "response_url": "response_url"}},
        poll={
            "url": "${saved.status_url}",
            "status": "error && 'FAILED' || status",
            "pending": ["IN_QUEUE", "IN_PROGRESS"],
            "success": ["COMPLETED"],
            "failure": ["FAILED"],
            "error": "error",
        },
        result={"kind": "url", "select": "images[].url", "fetch": {"url": "${saved.response_url}"}},
    )


class Queue:
    def __init__(self, base: Callable[[], str], states: list[dict[str, Any]], images: list[str]) -> None:
        self.base, self.states, self.images = base, states, images

    def __call__(self, seen: Seen) -> Given:
        match seen.path:
            case "/run":
                urls = {name: f"{self.base()}/r-1/{name}" for name in ("status_url", "response_url")}
                return Given(body={"request_id": "r-1", **urls})
            case "/r-1/status_url":
                state = self.states.pop(0)
                return Given(202 if state["status"] != "COMPLETED" else 200, state)
            case "/r-1/response_url":
                return Given(body={"images": [{"url": url} for url in self.images]})
        return Given(404, {})


async def test_urls_that_the_provider_gave_are_followed_on_its_own_host(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    server = Queue(lambda: api.url, [{"status": "IN_QUEUE"}, {"status": "COMPLETED"}], [f"{files.url}/a"])
    api = serve(server)
    jobs = await runner.jobs(queue_model(), on_loopback(PROVIDER, api, files), {"prompt": "a"})
    assert [seen.path for seen in api.seen] == ["/run", *["/r-1/status_url"] * 2, "/r-1/response_url"]
    assert {seen.headers["authorization"] for seen in api.seen} == {f"Key {KEY}"}
    assert (jobs[-1].state, len(jobs[-1].files)) == (JobState.SUCCEEDED, 1)


async def test_completed_with_an_error_is_a_failure(serve: Serve, runner: Runner) -> None:
    api = serve(Queue(lambda: api.url, [{"status": "COMPLETED", "error": "out of memory"}], []))
    last = await runner.last(queue_model(), on_loopback(PROVIDER, api), {"prompt": "a"})
    assert (last.state, last.error) == (JobState.FAILED, "FAILED: out of memory")


@pytest.mark.parametrize(
    "url",
    [
        "{strange}/status",
        "http://user@{host}/status",
        "https://{host}/status",
        "file:///etc/passwd",
        "//{strange_host}/status",
        "http://{host}@{strange_host}/status",
        "http://{host}\\@{strange_host}/status",
        "http://127.0.0.1.nip.io/status",
        "http://[::ffff:127.0.0.1]/status",
        "http://2130706433/status",
        "javascript:alert(1)",
        "http://{host}.evil.example/status",
        "",
    ],
)
async def test_the_key_goes_to_no_other_place_whatever_url_is_given(serve: Serve, runner: Runner, url: str) -> None:
    strange = serve(lambda _: Given(body={"status": "COMPLETED"}))

    def answer(seen: Seen) -> Given:
        given = url.format(strange=strange.url, host=api.host, strange_host=strange.host)
        return Given(body={"request_id": "r", "status_url": given, "response_url": given})

    api = serve(answer)
    last = await runner.last(queue_model(), on_loopback(PROVIDER, api), {"prompt": "a"})
    assert last.state is (JobState.FAILED if url else JobState.UNCERTAIN)
    assert strange.seen == []
    assert [seen.path for seen in api.seen] == ["/run"]


async def test_a_relative_url_is_on_the_host_of_the_provider(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(Queue(lambda: "", [{"status": "COMPLETED"}], [f"{files.url}/a"]))
    last = await runner.last(queue_model(), on_loopback(PROVIDER, api, files), {"prompt": "a"})
    assert last.state is JobState.SUCCEEDED


async def test_the_http_status_may_be_the_state_and_the_body_the_file(serve: Serve, runner: Runner) -> None:
    answers = [Given(body={"id": "s"}), Given(202, {"status": "in-progress"}), Given(200, PNG)]
    api = serve(lambda _: answers.pop(0))
    document = model(
        request={"save": {"task_id": "id"}},
        poll={"path": "/results/${saved.task_id}", "status": "@http", "pending": ["202"], "success": ["200"]},
        result={"kind": "bytes", "media": "image/png"},
    )
    last = await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert (last.state, last.files[0].media_type) == (JobState.SUCCEEDED, "image/png")


async def test_a_boolean_state_and_a_download_that_needs_the_key(serve: Serve, runner: Runner) -> None:
    def answer(seen: Seen) -> Given:
        if seen.path == "/file":
            return Given(200 if seen.headers.get("authorization") == f"Key {KEY}" else 401, PNG)
        uri = f"{api.url}/file"
        return Given(body={"name": "models/veo/operations/7", "done": seen.method == "GET", "uri": uri})

    api = serve(answer)
    document = model(
        request={"save": {"task_id": "name", "operation_url": "join('', ['/v1beta/', name])"}},
        poll={"url": "${saved.operation_url}", "status": "to_string(done)", "pending": ["false"], "success": ["true"]},
        result={"kind": "url", "select": "uri", "authorized": True},
    )
    last = await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert last.state is JobState.SUCCEEDED
    assert [seen.path for seen in api.seen] == ["/run", "/v1beta/models/veo/operations/7", "/file"]


async def test_a_redirect_of_a_download_that_needs_the_key_does_not_get_it(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))

    def answer(seen: Seen) -> Given:
        if seen.path == "/file":
            return Given(302, b"", {"location": f"{files.url}/signed" if len(api.seen) < 3 else f"{api.url}/plain"})
        return Given(body=PNG) if seen.path == "/plain" else Given(body={"uri": f"{api.url}/file"})

    api = serve(answer)
    document = model(result={"kind": "url", "select": "uri", "authorized": True})
    last = await runner.last(document, on_loopback(PROVIDER, api, files), {"prompt": "a"})
    assert last.state is JobState.SUCCEEDED
    assert [seen.headers.get("authorization") for seen in (*api.seen, *files.seen)] == [f"Key {KEY}"] * 2 + [None]
    await runner.last(document, on_loopback(PROVIDER, api, files), {"prompt": "a"})
    assert (api.seen[-1].path, api.seen[-1].headers.get("authorization")) == ("/plain", None)


async def test_an_id_is_one_part_of_a_path_whatever_it_holds(serve: Serve, runner: Runner) -> None:
    api = serve(lambda seen: Given(body={"id": "../../admin?x=1#y", "status": "FAILED"}))
    document = model(
        request={"save": {"task_id": "id"}},
        poll={"path": "/jobs/${saved.task_id}/state", "status": "status", "success": ["DONE"], "failure": ["FAILED"]},
    )
    await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert api.seen[1].path == "/jobs/..%2F..%2Fadmin%3Fx%3D1%23y/state"


async def test_values_are_not_expanded_twice(serve: Serve, runner: Runner) -> None:
    api = serve(lambda seen: Given(body={"id": "${inputs.prompt}", "status": "FAILED"}))
    document = model(
        request={"save": {"task_id": "id"}},
        poll={
            "path": "/jobs",
            "query": {"id": "${saved.task_id}"},
            "status": "status",
            "success": ["x"],
            "failure": ["FAILED"],
        },
    )
    await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "${saved.task_id}"})
    assert api.seen[0].json == {"prompt": "${saved.task_id}"}
    assert api.seen[1].query == {"id": "${inputs.prompt}"}


async def test_progress_is_a_part_of_one(serve: Serve, runner: Runner) -> None:
    answers = [Given(body={"id": "s"}), *(Given(body={"s": "run", "p": p}) for p in ("50", 125, None, "soon"))]
    answers.append(Given(body={"s": "bad"}))
    api = serve(lambda _: answers.pop(0))
    poll = {"path": "/p", "status": "s", "success": ["ok"], "failure": ["bad"], "progress": "p", "progress_max": 100}
    document = model(request={"save": {"task_id": "id"}}, poll=poll)
    jobs = await runner.jobs(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert [job.progress for job in jobs[2:6]] == [0.5, 1.0, None, None]


async def test_an_answer_without_end_is_cut_off(serve: Serve, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.providers.exchange._MAX_ANSWER", 1000)
    api = serve(lambda _: Given(body=b"[" + b" " * 2000 + b"]"))
    last = await runner.last(model(), on_loopback(PROVIDER, api), {"prompt": "a"})
    said = "the request may have been taken, and billed: the answer is larger than 1,000 bytes"
    assert (last.state, last.error) == (JobState.UNCERTAIN, said)


async def test_a_result_of_unknown_shape_is_kept_as_json(serve: Serve, runner: Runner) -> None:
    api = serve(lambda _: Given(body={"output": {"mesh": [1, 2]}}))
    document = model(result={"kind": "json", "select": "output"})
    last = await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert last.files[0].media_type == "application/json"
    assert '"mesh"' in (last.text or "")


@pytest.mark.parametrize(
    ("table", "value", "field"),
    [
        ("poll", {"path": "/p", "status": "a..b", "success": ["x"]}, "poll.status"),
        ("poll", {"path": "/p", "status": "a", "success": []}, "poll.success"),
        ("poll", {"status": "a", "success": ["x"]}, "poll"),
        ("poll", {"path": "/p", "url": "${saved.x}", "status": "a", "success": ["x"]}, "poll"),
        ("poll", {"path": "/p", "status": "a", "success": ["x"], "interval_s": -1}, "poll.interval_s"),
        ("poll", {"path": "/p", "status": "a", "success": ["x"], "timeout_s": True}, "poll.timeout_s"),
        ("result", {"kind": "hologram"}, "result.kind"),
        ("result", {"kind": "url"}, "result.select"),
        ("result", {"kind": "url", "select": "a" * 301}, "result.select"),
        ("cancel", {"path": "/c", "method": "BREW"}, "cancel.method"),
    ],
)
def test_a_file_that_cannot_work_names_its_field(runner: Runner, table: str, value: Any, field: str) -> None:
    from modeltui.providers.contract import contract_of

    with pytest.raises(InvalidValueError, match=rf"^{field}:"):
        contract_of(model(**{table: value}))


FILE_ID: dict[str, Any] = {
    "path": "/jobs/${saved.task_id}",
    "status": "state",
    "pending": ["run"],
    "success": ["done"],
    "save": {"file_id": "file.id"},
}
"""As MiniMax has it: only the last poll tells the file's id, and one more call its URL."""


def poll_saves(**result: Any) -> dict[str, Any]:
    fetch = {"path": "/files", "query": {"id": "${saved.file_id}"}}
    return model(
        request={"save": {"task_id": "id"}},
        poll=FILE_ID,
        result={"kind": "url", "select": "url", "fetch": fetch, **result},
    )


def telling(files: Loopback, *polls: dict[str, Any]) -> Answers:
    left = list(polls)

    def answer(seen: Seen) -> Given:
        match seen.path:
            case "/run":
                return Given(body={"id": "j1"})
            case "/jobs/j1":
                return Given(body=left.pop(0))
        return Given(body={"url": f"{files.url}/{seen.query['id']}.png"})

    return answer


async def test_a_poll_tells_what_the_next_call_needs(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(telling(files, {"state": "run"}, {"state": "done", "file": {"id": "f7"}}))
    last = await runner.last(poll_saves(), on_loopback(PROVIDER, api, files), {"prompt": "a fox"})
    assert (last.state, last.error) == (JobState.SUCCEEDED, None)
    assert last.saved == {"task_id": "j1", "file_id": "f7"}
    assert [seen.path for seen in files.seen] == ["/f7.png"]


async def test_a_poll_without_it_fails_with_its_answer(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(telling(files, {"state": "done", "file": None}))
    last = await runner.last(poll_saves(), on_loopback(PROVIDER, api, files), {"prompt": "a fox"})
    assert last.state is JobState.FAILED
    assert (last.error or "").startswith("finished, but without file_id: ")
    assert "[poll.save]" in (last.hint or "")


async def test_what_a_poll_saves_may_come_late(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(telling(files, {"state": "done"}, {"state": "done", "file": {"id": "f7"}}))
    document = poll_saves(late_s=60)
    last = await runner.last(document, on_loopback(PROVIDER, api, files), {"prompt": "a fox"})
    assert (last.state, last.polls) == (JobState.SUCCEEDED, 2)


def test_a_poll_saves_nothing_that_it_is_asked_with() -> None:
    document = poll_saves()
    document["poll"] = {**FILE_ID, "save": {"task_id": "file.id"}}
    with pytest.raises(InvalidValueError, match="task_id"):
        contract_of(document)


@pytest.mark.parametrize(("told", "cost"), [(None, "0.06"), (2, "2"), ("no number", "0.06")])
async def test_the_cost_of_the_submit_counts_until_the_result_tells_another(
    serve: Serve, runner: Runner, told: Any, cost: str
) -> None:
    def answer(seen: Seen) -> Given:
        return Given(body={"id": "j1", "cost": 6.0} if seen.path == "/run" else {"state": "done", "t": "x", "c": told})

    document = model(
        request={"save": {"task_id": "id"}, "cost": "cost", "cost_factor": "0.01", "cost_currency": "USD"},
        poll={"path": "/jobs/${saved.task_id}", "status": "state", "success": ["done"]},
        result={"kind": "text", "select": "t", "cost": "c", "cost_currency": "USD"},
    )
    jobs = await runner.jobs(document, on_loopback(PROVIDER, serve(answer)), {"prompt": "a fox"})
    polling = next(job for job in jobs if job.state is JobState.POLLING)
    assert polling.reported == Cost(Decimal("0.060"), "USD")
    assert jobs[-1].state is JobState.SUCCEEDED
    assert jobs[-1].reported == Cost(Decimal(cost), "USD")
