"""Jobs that were interrupted go on where they were, and never send a request twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.job import Job, JobState
from modeltui.errors import RefusedError
from modeltui.providers.contract import contract_of
from unit.providers.loopback import JOB_ID, PNG, Answers, Given, Loopback, Runner, Seen, media, on_loopback

Serve = Callable[[Answers], Loopback]

PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "p",
    "name": "P",
    "base_url": "https://api.example.com",
    "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]},
}


def model(**tables: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "inputs": {"prompt": {"type": "string"}},
        "request": {"path": "/run", "body": {"id": "${job.uuid}"}, **tables.pop("request", {})},
        "result": {"kind": "url", "select": "urls", "text": "words", "cost": "cost", "cost_currency": "USD"},
        **tables,
    }


TRACED = {"path": "/jobs/${job.uuid}", "status": "state", "success": ["done"], "pending": ["run"]}
SAVED = {"path": "/jobs/${saved.task_id}", "status": "state", "success": ["done"]}


def test_what_the_poll_itself_tells_is_no_hindrance_to_asking_by_our_own_id() -> None:
    result = {"kind": "url", "select": "url", "fetch": {"path": "/files/${saved.file_id}"}}
    assert contract_of(model(poll={**TRACED, "save": {"file_id": "file"}}, result=result)).is_traceable
    saved = {"save": {"file_id": "file"}}
    assert not contract_of(model(poll=TRACED, result=result, request=saved)).is_traceable


async def test_the_files_are_noted_before_the_first_is_fetched(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    urls = [f"{files.url}/{name}" for name in "ab"]
    api = serve(lambda _: Given(body={"urls": urls, "words": "hello", "cost": "0.5"}))
    provider = on_loopback(PROVIDER, api, files)
    events = runner.run(model(), provider, {}).events()
    noted: Job | None = None
    async for job in events:
        if job.state is JobState.DOWNLOADING:
            noted = job
            break
    await events.aclose()
    assert noted is not None
    assert (noted.remote_files, noted.text, str(noted.reported and noted.reported.amount)) == (
        tuple(urls),
        "hello",
        "0.5",
    )
    assert files.seen == []
    jobs = await runner.jobs(model(), provider, {}, resume=noted)
    assert (jobs[-1].state, len(jobs[-1].files), jobs[-1].remote_files) == (JobState.SUCCEEDED, 2, ())
    assert (jobs[-1].text, len(api.seen)) == ("hello", 1)


async def test_only_what_is_missing_is_fetched(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(lambda _: Given(body={"urls": [f"{files.url}/{name}" for name in "abc"]}))
    provider = on_loopback(PROVIDER, api, files)
    jobs = await runner.jobs(model(), provider, {})
    half = next(job for job in jobs if len(job.files) == 1)
    files.seen.clear()
    last = await runner.last(model(), provider, {}, resume=half)
    assert [seen.path for seen in files.seen] == ["/b", "/c"]
    assert len(last.files) == 3


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.UNCERTAIN])
async def test_an_uncertain_job_that_can_be_traced_is_asked_for(serve: Serve, runner: Runner, state: JobState) -> None:
    files = serve(media(PNG))

    def answer(seen: Seen) -> Given:
        return Given(body={"state": "done", "urls": f"{files.url}/a"})

    api = serve(answer)
    document, provider = model(poll=TRACED), on_loopback(PROVIDER, api, files)
    left = replace(runner.run(document, provider, {}).job, state=state, error="cut", hint="look")
    jobs = await runner.jobs(document, provider, {}, resume=left)
    assert (jobs[0].state, jobs[-1].state, jobs[-1].error) == (JobState.POLLING, JobState.SUCCEEDED, None)
    assert [(seen.method, seen.path) for seen in api.seen] == [("GET", f"/jobs/{JOB_ID}")]


@pytest.mark.parametrize(
    ("tables", "state"),
    [
        ({"poll": SAVED, "request": {"save": {"task_id": "id"}}}, JobState.SUBMITTING),
        ({"poll": SAVED, "request": {"save": {"task_id": "id"}}}, JobState.UNCERTAIN),
        ({}, JobState.UNCERTAIN),
        ({}, JobState.POLLING),
        ({"poll": TRACED}, JobState.SUCCEEDED),
        ({"poll": TRACED}, JobState.FAILED),
        ({"poll": TRACED}, JobState.CANCELLED),
    ],
)
def test_what_cannot_go_on_is_refused(serve: Serve, runner: Runner, tables: dict[str, Any], state: JobState) -> None:
    api = serve(lambda _: Given())
    provider = on_loopback(PROVIDER, api)
    fresh = runner.run(model(**tables), provider, {}).job
    with pytest.raises(RefusedError, match="cannot be taken up"):
        runner.run(model(**tables), provider, {}, resume=replace(fresh, state=state))
    assert api.seen == []


async def test_an_answer_that_was_lost_before_it_was_written_is_uncertain(serve: Serve, runner: Runner) -> None:
    """It was the result, and there is no way to ask for it again; nor is it asked for anew."""
    api = serve(lambda _: Given())
    provider = on_loopback(PROVIDER, api)
    fresh = runner.run(model(), provider, {}).job
    last = await runner.last(model(), provider, {}, resume=replace(fresh, state=JobState.DOWNLOADING))
    assert last.state is JobState.UNCERTAIN
    assert "while the answer was being written" in (last.error or "")
    assert api.seen == []


@pytest.mark.parametrize(
    ("tables", "is_traceable"),
    [
        ({}, False),
        ({"poll": TRACED}, True),
        ({"poll": {**TRACED, "query": {"m": "${inputs.prompt}", "v": "${model.version}"}}}, True),
        ({"poll": {**TRACED, "query": {"t": "${saved.task_id}"}}}, False),
        ({"poll": {**TRACED, "path": "/jobs"}}, False),
        ({"poll": {**TRACED, "path": "/jobs", "method": "POST", "body": [{"id": "${job.uuid}"}]}}, True),
    ],
)
def test_what_can_be_traced(tables: dict[str, Any], is_traceable: bool) -> None:
    assert contract_of(model(**tables)).is_traceable is is_traceable


def test_a_result_that_is_fetched_by_what_was_saved_cannot_be_traced() -> None:
    document = model(poll=TRACED)
    document["result"]["fetch"] = {"url": "${saved.response_url}"}
    assert not contract_of(document).is_traceable


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "30 s"), (600, "10 min"), (3600, "60 min"), (86400, "24 h"), (5400, "90 min"), (259200, "3 days")],
)
def test_how_long_the_provider_keeps_a_result(seconds: float, said: str) -> None:
    result = {"kind": "url", "select": "urls", "expires_s": seconds}
    assert contract_of(model(result=result)).result.kept == f"the provider keeps it {said}"


async def test_a_download_that_failed_says_how_long_there_is_time(serve: Serve, runner: Runner) -> None:
    files = serve(lambda _: Given(410, {}))
    api = serve(lambda _: Given(body={"urls": [f"{files.url}/a"]}))
    result = {"kind": "url", "select": "urls", "expires_s": 600}
    jobs = await runner.jobs(model(result=result), on_loopback(PROVIDER, api, files), {})
    assert "downloading 1 of 1; the provider keeps it 10 min" in [job.detail for job in jobs]
    assert (jobs[-1].state, jobs[-1].is_fetchable) == (JobState.FAILED, True)
    assert (jobs[-1].hint or "").endswith("the provider keeps it 10 min")
