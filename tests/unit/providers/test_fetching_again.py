"""A job that was accepted and failed on our side is asked for again, and never sent again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from modeltui.domain.spend import billed
from modeltui.errors import RefusedError
from unit.providers.loopback import PNG, Answers, Given, Loopback, Runner, Seen, media, on_loopback

Serve = Callable[[Answers], Loopback]

PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "p",
    "name": "P",
    "base_url": "https://api.example.com",
    "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]},
    "errors": {"failed": "code != `200`", "code": "code", "message": "msg", "refused": ["501"]},
}
POLL = {"path": "/jobs/${saved.task_id}", "status": "state", "success": ["done"], "failure": ["failed"]}


def model(**tables: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "inputs": {"prompt": {"type": "string"}},
        "cost": {"currency": "USD", "base": "1"},
        "request": {"path": "/run", "body": {}, "save": {"task_id": "id"}},
        "poll": POLL,
        "result": {"kind": "url", "select": "urls"},
        **tables,
    }


def done(url: str) -> Given:
    return Given(body={"code": 200, "id": "t", "state": "done", "urls": url})


class Api:
    """Takes a job at once, and answers every poll with `polled`."""

    def __init__(self, polled: Given) -> None:
        self.polled = polled

    def __call__(self, seen: Seen) -> Given:
        return Given(body={"code": 200, "id": "t"}) if seen.path == "/run" else self.polled


REFUSED_US = [
    Given(401, {"code": 401, "msg": "no"}),
    Given(404, {"code": 404, "msg": "no"}),
    Given(body={"code": 401, "msg": "no"}),
    Given(400, b"<html>proxy</html>"),
]
REFUSED_IT = [
    Given(body={"code": 200, "state": "failed"}),
    Given(body={"code": 501, "msg": "the generation failed"}),
    Given(422, {"code": 422, "msg": "no such picture"}),
]


@pytest.mark.parametrize("polled", REFUSED_US)
async def test_what_says_nothing_of_the_job_leaves_it_to_be_fetched(
    serve: Serve, runner: Runner, polled: Given
) -> None:
    files = serve(media(PNG))
    answers = Api(polled)
    api = serve(answers)
    document, provider = model(), on_loopback(PROVIDER, api, files)
    failed = await runner.last(document, provider, {})
    assert (failed.state, failed.is_fetchable, failed.remote_id) == (JobState.FAILED, True, "t")
    assert (billed(failed), failed.cost) == (failed.estimate, failed.estimate)
    assert f"`modeltui jobs resume {failed.id[:8]}` fetches it without paying again" in (failed.hint or "")
    answers.polled = done(f"{files.url}/a")
    jobs = await runner.jobs(document, provider, {}, resume=failed)
    assert (jobs[0].state, jobs[0].is_fetchable, jobs[0].error) == (JobState.POLLING, False, None)
    assert (jobs[-1].state, len(jobs[-1].files)) == (JobState.SUCCEEDED, 1)
    assert len(api.to("POST", "/run")) == 1


@pytest.mark.parametrize("polled", REFUSED_IT)
async def test_a_job_that_failed_by_the_providers_word_has_failed(serve: Serve, runner: Runner, polled: Given) -> None:
    provider = on_loopback(PROVIDER, serve(Api(polled)))
    failed = await runner.last(model(), provider, {})
    assert (failed.state, failed.is_fetchable, billed(failed), failed.cost) == (JobState.FAILED, False, None, None)
    with pytest.raises(RefusedError, match="cannot be taken up"):
        runner.run(model(), provider, {}, resume=failed)


async def test_the_deadline_of_polling_is_no_word_of_the_provider(serve: Serve, runner: Runner) -> None:
    provider = on_loopback(PROVIDER, serve(Api(Given(body={"code": 200, "state": "running"}))))
    failed = await runner.last(model(poll={**POLL, "timeout_s": 10}), provider, {})
    assert (failed.state, failed.is_fetchable) == (JobState.FAILED, True)


async def test_a_mended_model_file_is_what_it_is_fetched_by(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(Api(done(f"{files.url}/a")))
    provider = on_loopback(PROVIDER, api, files)
    wrong = model(result={"kind": "url", "select": "links"})
    failed = await runner.last(wrong, provider, {})
    assert (failed.state, failed.is_fetchable) == (JobState.FAILED, True)
    assert (await runner.last(model(), provider, {}, resume=failed)).state is JobState.SUCCEEDED
    assert len(api.to("POST", "/run")) == 1


async def test_a_media_host_that_was_not_listed(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(Api(done(f"{files.url}/a")))
    failed = await runner.last(model(), on_loopback(PROVIDER, api), {})
    assert (failed.state, failed.is_fetchable) == (JobState.FAILED, True)
    assert (await runner.last(model(), on_loopback(PROVIDER, api, files), {}, resume=failed)).state.value == "succeeded"


def at_once(**tables: Any) -> dict[str, Any]:
    document = model(**tables)
    del document["poll"], document["request"]["save"]
    return document


async def test_an_answer_at_once_is_fetched_by_its_links(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    api = serve(lambda _: done(f"{files.url}/a"))
    failed = await runner.last(at_once(), on_loopback(PROVIDER, api), {})
    assert (failed.state, failed.is_fetchable) == (JobState.FAILED, True)
    last = await runner.last(at_once(), on_loopback(PROVIDER, api, files), {}, resume=failed)
    assert (last.state, len(api.seen)) == (JobState.SUCCEEDED, 1)


@pytest.mark.parametrize("answer", [Given(body=b"<html>hello</html>"), Given(body={"code": 200})])
@pytest.mark.parametrize("make", [model, at_once])
async def test_what_was_accepted_and_cannot_be_asked_for_is_uncertain(
    serve: Serve, runner: Runner, answer: Given, make: Callable[..., dict[str, Any]]
) -> None:
    api = serve(lambda _: answer)
    last = await runner.last(make(), on_loopback(PROVIDER, api), {})
    assert (last.state, last.is_fetchable) == (JobState.UNCERTAIN, False)
    assert billed(last) == last.estimate is not None
    assert "billed" in f"{last.error} {last.hint}"
    assert len(api.seen) == 1


def full(monkeypatch: pytest.MonkeyPatch, folder: Path | None = None) -> None:
    write = os.write

    def refuses(descriptor: int, content: bytes) -> int:
        if folder is None or os.readlink(f"/proc/self/fd/{descriptor}").startswith(str(folder)):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content)

    monkeypatch.setattr("modeltui.providers.new_file.os.write", refuses)


async def failed_on_a_full_disk(serve: Serve, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> tuple[Job, Any]:
    files = serve(media(PNG))
    provider = on_loopback(PROVIDER, serve(Api(done(f"{files.url}/a"))), files)
    with monkeypatch.context() as patched:
        full(patched)
        return await runner.last(model(), provider, {}), provider


async def test_a_full_disk_does_not_tell_anybody_to_pay_twice(
    serve: Serve, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, provider = await failed_on_a_full_disk(serve, runner, monkeypatch)
    assert (failed.state, failed.is_fetchable) == (JobState.FAILED, True)
    assert (failed.hint or "").startswith("make room; `modeltui jobs resume")
    assert "run it again" not in (failed.hint or "")
    assert (await runner.last(model(), provider, {}, resume=failed)).state is JobState.SUCCEEDED


async def test_a_folder_that_cannot_be_written_any_more_is_told_by_its_name(
    serve: Serve, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    files = serve(media(PNG))
    provider = on_loopback(PROVIDER, serve(Api(done(f"{files.url}/a"))), files)
    monkeypatch.setattr("modeltui.providers.new_file.os.write", refuses)
    last = await runner.last(model(), provider, {})
    assert runner.folder in (last.error or "")
    assert "room" not in (last.hint or "")


async def test_a_paid_result_goes_to_the_jobs_own_folder_where_the_named_one_fails(
    serve: Serve, runner: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named, own = tmp_path / "named", tmp_path / "own"
    files = serve(media(PNG))
    provider = on_loopback(PROVIDER, serve(Api(done(f"{files.url}/a"))), files)
    full(monkeypatch, named)
    last = await runner.last(model(), provider, {}, out_dir=str(named), spare_dir=str(own))
    assert (last.state, [os.path.dirname(file.path) for file in last.files]) == (JobState.SUCCEEDED, [str(own)])
    assert f"{named} cannot be written: No space left on device" in (last.hint or "")


async def test_a_link_that_took_the_place_of_the_folder_loses_nothing(
    serve: Serve, runner: Runner, tmp_path: Path
) -> None:
    named, own, away = tmp_path / "named", tmp_path / "own", tmp_path / "away"
    away.mkdir()
    named.symlink_to(away)
    files = serve(media(PNG))
    provider = on_loopback(PROVIDER, serve(Api(done(f"{files.url}/a"))), files)
    last = await runner.last(model(), provider, {}, out_dir=str(named), spare_dir=str(own))
    assert (last.state, list(away.iterdir()), len(list(own.iterdir()))) == (JobState.SUCCEEDED, [], 1)
