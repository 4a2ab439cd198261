"""Steps before the request: uploads, once for each file, in their order, and never with the key to another place."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from modeltui.domain.job import JobState
from modeltui.errors import InvalidValueError
from modeltui.providers.contract import contract_of
from unit.providers.loopback import KEY, PNG, Answers, Given, Loopback, Runner, Seen, on_loopback

Serve = Callable[[Answers], Loopback]

PICTURE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "up",
    "name": "Up",
    "base_url": "https://api.example.com/v1",
    "bases": {"upload": "https://files.example.com/store"},
    "headers": {"x-version": "7"},
    "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]},
    "errors": {"message": "detail"},
}
MULTIPART = {
    "input": "image",
    "base": "upload",
    "path": "/file",
    "encoding": "multipart",
    "body": {"file": "${file.data_url}", "fileName": "${file.name}"},
    "save": {"url": "data.url"},
    "use": "${saved.url}",
}
SIGNED = [
    {
        "input": "image",
        "path": "/initiate",
        "body": {"content_type": "${file.media_type}", "size": "${file.size}"},
        "save": {"upload_url": "upload_url", "file_url": "file_url"},
    },
    {
        "input": "image",
        "method": "PUT",
        "url": "${saved.upload_url}",
        "headers": {"Content-Type": "${file.media_type}"},
        "encoding": "bytes",
        "body": "${file.bytes}",
        "use": "${saved.file_url}",
    },
]


def model(*steps: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "inputs": inputs or {"image": {"type": "image"}, "prompt": {"type": "string"}},
        "before": list(steps),
        "request": {"path": "/run", "body": {"prompt": "${inputs.prompt}", "image": "${inputs.image}"}},
        "result": {"kind": "text", "select": "answer"},
    }


def uploads(seen: Seen) -> Given:
    match seen.path:
        case "/store/file":
            return Given(body={"data": {"url": "https://cdn.example.com/a.png"}})
        case "/v1/run":
            return Given(body={"answer": "done"})
    return Given(404, {"detail": "no such place"})


async def test_a_file_is_uploaded_and_the_request_names_its_url(serve: Serve, runner: Runner) -> None:
    api = serve(uploads)
    jobs = await runner.jobs(model(MULTIPART), on_loopback(PROVIDER, api), {"image": PICTURE, "prompt": "a"})
    assert [seen.path for seen in api.seen] == ["/store/file", "/v1/run"]
    assert PNG in api.seen[0].content
    assert api.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert api.seen[1].json == {"prompt": "a", "image": "https://cdn.example.com/a.png"}
    assert [job.state for job in jobs][:2] == [JobState.PREPARING, JobState.SUBMITTING]
    assert jobs[-1].state is JobState.SUCCEEDED


@pytest.mark.parametrize("inputs", [{"image": "https://example.com/a.png"}, {"prompt": "a"}])
async def test_a_url_or_nothing_is_not_uploaded(serve: Serve, runner: Runner, inputs: dict[str, Any]) -> None:
    api = serve(uploads)
    jobs = await runner.jobs(model(MULTIPART), on_loopback(PROVIDER, api), inputs)
    assert [seen.path for seen in api.seen] == ["/v1/run"]
    assert api.seen[0].json == inputs
    assert jobs[0].state is JobState.SUBMITTING


async def test_each_file_of_a_list_takes_its_own_place(serve: Serve, runner: Runner) -> None:
    count = iter(range(1, 9))

    def answer(seen: Seen) -> Given:
        return Given(body={"data": {"url": f"https://c/{next(count)}"}}) if "store" in seen.path else uploads(seen)

    api = serve(answer)
    document = model(MULTIPART, image={"type": "array", "items": {"type": "image"}})
    del document["request"]["body"]["prompt"]
    given = [PICTURE, "https://example.com/b.png", PICTURE]
    await runner.jobs(document, on_loopback(PROVIDER, api), {"image": given})
    assert api.seen[-1].json == {"image": ["https://c/1", "https://example.com/b.png", "https://c/2"]}


async def test_a_signed_url_gets_the_bytes_and_neither_key_nor_headers(serve: Serve, runner: Runner) -> None:
    bucket = serve(lambda _: Given(body=b""))

    def answer(seen: Seen) -> Given:
        if seen.path == "/v1/initiate":
            return Given(body={"upload_url": f"{bucket.url}/put?sig=1", "file_url": "https://cdn/x.png"})
        return uploads(seen)

    api = serve(answer)
    last = await runner.last(model(*SIGNED), on_loopback(PROVIDER, api, bucket), {"image": PICTURE, "prompt": "a"})
    assert last.state is JobState.SUCCEEDED
    assert api.seen[0].json == {"content_type": "image/png", "size": len(PNG)}
    put = bucket.seen[0]
    assert (put.method, put.path, put.query, put.content) == ("PUT", "/put", {"sig": "1"}, PNG)
    assert put.headers["content-type"] == "image/png"
    assert "authorization" not in put.headers
    assert "x-version" not in put.headers
    assert api.seen[-1].json["image"] == "https://cdn/x.png"


async def test_a_signed_url_of_a_strange_host_is_not_used(serve: Serve, runner: Runner) -> None:
    strange = serve(lambda _: Given(body=b""))
    api = serve(lambda _: Given(body={"upload_url": f"{strange.url}/put", "file_url": "https://cdn/x.png"}))
    last = await runner.last(model(*SIGNED), on_loopback(PROVIDER, api), {"image": PICTURE})
    assert last.state is JobState.FAILED
    assert "nothing was sent there" in (last.error or "")
    assert strange.seen == []
    assert len(api.seen) == 1


async def test_an_upload_is_tried_again_and_the_request_only_then_sent(serve: Serve, runner: Runner) -> None:
    answers = [Given(503, {}), Given(is_cut=True), Given(429, {})]
    api = serve(lambda seen: answers.pop(0) if answers else uploads(seen))
    last = await runner.last(model(MULTIPART), on_loopback(PROVIDER, api), {"image": PICTURE})
    assert last.state is JobState.SUCCEEDED
    assert [seen.path for seen in api.seen] == ["/store/file"] * 4 + ["/v1/run"]


@pytest.mark.parametrize("answer", [Given(400, {"detail": "too big"}), Given(body=b"<html>no</html>"), Given(503, {})])
async def test_an_upload_that_fails_sends_nothing(serve: Serve, runner: Runner, answer: Given) -> None:
    api = serve(lambda seen: answer)
    last = await runner.last(model(MULTIPART), on_loopback(PROVIDER, api), {"image": PICTURE})
    assert last.state is JobState.FAILED
    assert {seen.path for seen in api.seen} == {"/store/file"}


async def test_a_step_without_input_runs_once_and_later_calls_see_what_it_saved(serve: Serve, runner: Runner) -> None:
    step = {"path": "/session", "body": {"a": 1}, "save": {"session": "id"}}
    document = model(step)
    document["request"]["path"] = "/run/${+saved.session}"
    api = serve(lambda seen: Given(body={"id": "s/1 x", "answer": "ok"}))
    last = await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert last.state is JobState.SUCCEEDED
    assert [seen.path for seen in api.seen] == ["/v1/session", "/v1/run/s/1%20x"]


@pytest.mark.parametrize("saved", ["a//b", "../b", "a/./b", "/a", ""])
async def test_a_saved_path_never_leads_out(serve: Serve, runner: Runner, saved: str) -> None:
    document = model({"path": "/session", "body": {"a": 1}, "save": {"session": "id"}})
    document["request"]["path"] = "/run/${+saved.session}"
    api = serve(lambda seen: Given(body={"id": saved, "answer": "ok"}))
    last = await runner.last(document, on_loopback(PROVIDER, api), {"prompt": "a"})
    assert last.state is JobState.FAILED
    assert [seen.path for seen in api.seen] == ["/v1/session"]


async def test_cancelling_an_upload_costs_nothing(serve: Serve, runner: Runner) -> None:
    api = serve(uploads)
    run = runner.run(model(MULTIPART), on_loopback(PROVIDER, api), {"image": PICTURE})
    events = run.events()
    assert (await anext(events)).state is JobState.PREPARING
    await events.aclose()
    assert (run.job.state, run.job.hint) == (JobState.CANCELLED, None)
    assert api.seen == []


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.PREPARING])
async def test_a_job_that_was_not_submitted_begins_anew(serve: Serve, runner: Runner, state: JobState) -> None:
    from msgspec.structs import replace

    api = serve(uploads)
    inputs = {"image": PICTURE, "prompt": "a"}
    fresh = runner.run(model(MULTIPART), on_loopback(PROVIDER, api), inputs).job
    jobs = await runner.jobs(model(MULTIPART), on_loopback(PROVIDER, api), inputs, resume=replace(fresh, state=state))
    assert (jobs[0].state, jobs[-1].state) == (JobState.PREPARING, JobState.SUCCEEDED)
    assert [seen.path for seen in api.seen] == ["/store/file", "/v1/run"]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({**MULTIPART, "use": None}, "before"),
        ({**MULTIPART, "encoding": "smoke"}, r"before\.0\.encoding"),
        ({**MULTIPART, "encoding": "bytes"}, r"before\.0\.body"),
        ({**MULTIPART, "save": {"url": "a..b"}}, r"before\.0\.save\.url"),
    ],
)
def test_a_step_that_cannot_work_names_its_field(step: dict[str, Any], field: str) -> None:
    document = model({name: value for name, value in step.items() if value is not None})
    with pytest.raises(InvalidValueError, match=f"^{field}:"):
        contract_of(document)


async def test_a_base_that_the_provider_lacks_is_said(serve: Serve, runner: Runner) -> None:
    api = serve(uploads)
    provider = {name: value for name, value in PROVIDER.items() if name != "bases"}
    last = await runner.last(model(MULTIPART), on_loopback(provider, api), {"image": PICTURE})
    assert (last.state, last.error) == (JobState.FAILED, "providers/up.toml has no bases.upload")
    assert api.seen == []
