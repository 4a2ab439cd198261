"""KIE.ai alone: HTTP 200 with a code inside, jobs that are not visible at once, results as JSON in a string."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modeltui.domain.job import JobState
from modeltui.providers.data_url import parse_data_url
from unit.providers.loopback import KEY, FakeTime, Runner, content_of, model_file
from unit.providers.servers.base import MP3, SAMPLES
from unit.providers.servers.kie import KieServer
from unit.providers.servers.outputs import shipped
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.valid_inputs import file_inputs

JOBS = "prompt_to_image/seedream-4"
WAYS = {
    "jobs": (JOBS, "/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo"),
    "veo": ("prompt_to_video/veo-3-1-fast", "/api/v1/veo/generate", "/api/v1/veo/record-info"),
    "gpt4o": (
        "prompt_to_image/chatgpt-4o-image",
        "/api/v1/gpt4o-image/generate",
        "/api/v1/gpt4o-image/record-info",
    ),
    "kontext": (
        "prompt_to_image/flux-1-kontext-pro",
        "/api/v1/flux/kontext/generate",
        "/api/v1/flux/kontext/record-info",
    ),
    "mj": ("prompt_to_image/midjourney", "/api/v1/mj/generate", "/api/v1/mj/record-info"),
    "suno": ("prompt_to_audio/suno-5", "/api/v1/generate", "/api/v1/generate/record-info"),
    "runway": ("prompt_to_video/runway", "/api/v1/runway/generate", "/api/v1/runway/record-detail"),
}


@pytest.fixture
def server() -> Iterator[KieServer]:
    with KieServer() as server:
        yield server


@pytest.fixture
def scene(server: KieServer, runner: Runner) -> Scene:
    return Scene(server, runner, JOBS)


@pytest.mark.parametrize("name", WAYS)
async def test_each_way_has_its_own_paths_and_asks_by_task_id(server: KieServer, runner: Runner, name: str) -> None:
    key, submit_path, poll_path = WAYS[name]
    scene = Scene(server, runner, key)
    jobs = await scene.jobs()
    check_done(scene, jobs)
    submit, *polls = scene.seen
    assert (submit.method, submit.path, submit.query) == ("POST", submit_path, {})
    assert submit.headers["content-type"] == "application/json"
    assert {(poll.method, poll.path, poll.content) for poll in polls} == {("GET", poll_path, b"")}
    assert {tuple(poll.query.items()) for poll in polls} == {(("taskId", f"{name}-1"),)}
    assert {seen.headers["authorization"] for seen in scene.seen} == {f"Bearer {KEY}"}
    assert jobs[-1].remote_id == f"{name}-1"


async def test_a_job_sends_its_model_beside_its_input(scene: Scene) -> None:
    await scene.last({"prompt": "a harbour at night", "max_images": 2})
    assert scene.seen[0].json == {
        "model": "bytedance/seedream-v4-text-to-image",
        "input": {
            "prompt": "a harbour at night",
            "image_size": "square_hd",
            "image_resolution": "4K",
            "max_images": 2,
        },
    }


@pytest.mark.parametrize("code", [404, 422])
async def test_a_task_that_is_not_visible_yet_is_asked_for_again(scene: Scene, code: int) -> None:
    scene.server.refuse(code, "record is null", at="poll", times=3)
    jobs = await scene.jobs()
    assert [job.detail for job in jobs[2:5]] == ["not visible yet"] * 3
    check_done(scene, jobs)


@pytest.mark.parametrize("code", [404, 422])
async def test_a_task_that_stays_invisible_fails_after_the_grace(scene: Scene, time: FakeTime, code: int) -> None:
    scene.server.refuse(code, "record is null", at="poll", times=99)
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"answered 200 ({code}): record is null")
    assert 90 <= sum(time.sleeps) < 100
    assert scene.server.submits == 1


@pytest.mark.parametrize("name", WAYS)
async def test_every_way_waits_for_a_task_to_be_seen(server: KieServer, runner: Runner, name: str) -> None:
    server.unseen = 2
    assert (await Scene(server, runner, WAYS[name][0]).last()).state is JobState.SUCCEEDED


@pytest.mark.parametrize("code", [429, 455, 500, 505])
async def test_polls_back_off_and_go_on(scene: Scene, time: FakeTime, code: int) -> None:
    scene.server.refuse(code, "busy", at="poll", times=5)
    check_done(scene, await scene.jobs())
    assert time.sleeps[1:6] == [5, 5, 5, 8, 16]


@pytest.mark.parametrize("code", [401, 402, 408, 501])
async def test_polls_stop_at_what_will_not_get_better(scene: Scene, code: int) -> None:
    scene.server.refuse(code, "stop", at="poll")
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"answered 200 ({code}): stop")
    assert (last.hint or "").startswith("the account needs credit or another plan") == (code == 402)
    assert last.is_fetchable == (code in (401, 402))
    assert len(scene.seen) == 2


@pytest.mark.parametrize("code", [455, 500, 505])
async def test_a_submit_in_trouble_is_uncertain_and_sent_once(scene: Scene, code: int) -> None:
    scene.server.refuse(code, "maintenance", times=9)
    assert (await scene.last()).state is JobState.UNCERTAIN
    assert len(scene.seen) == 1


@pytest.mark.parametrize("status", [502, 503])
async def test_trouble_may_also_be_told_by_http(scene: Scene, status: int) -> None:
    scene.server.answer({"code": status, "msg": "gateway"}, status=status, at="poll")
    check_done(scene, await scene.jobs())


async def test_an_answer_without_a_task_is_shown(scene: Scene) -> None:
    scene.server.answer({"code": 200, "msg": "success", "data": {}})
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert (last.error or "").startswith("accepted, and may be billed, but without task_id: ")


@pytest.mark.parametrize("text", ['{"resultUrls": [', "null", "{}", '{"resultUrls": []}', ""])
async def test_a_result_that_is_no_json_or_empty_fails_with_the_answer(
    server: KieServer, scene: Scene, text: str
) -> None:
    server.break_result_json(text)
    last = await scene.last()
    assert (last.state, last.files) == (JobState.FAILED, ())
    assert "holds no result" in (last.error or "")


async def test_every_link_of_a_result_is_fetched(server: KieServer, scene: Scene) -> None:
    server.results = 4
    check_done(scene, await scene.jobs(), files=4)


async def test_both_songs_are_fetched_once_the_second_is_there(server: KieServer, runner: Runner) -> None:
    server.results = 2
    scene = Scene(server, runner, "prompt_to_audio/suno-5")
    jobs = await scene.jobs()
    assert [content_of(file) for file in jobs[-1].files] == [MP3, MP3]
    assert [job.polls for job in jobs if job.detail == "FIRST_SUCCESS"] == [3]


async def test_progress_comes_as_text(server: KieServer, runner: Runner) -> None:
    jobs = await Scene(server, runner, "prompt_to_image/chatgpt-4o-image").jobs()
    assert [job.progress for job in jobs if job.detail == "0"] == [0.5, 0.5]


async def test_words_come_in_the_string_too(server: KieServer, runner: Runner) -> None:
    server.takes_older_bodies = True
    scene = Scene(server, runner, "speech_to_text/elevenlabs-speech-to-text")
    jobs = await scene.jobs()
    check_done(scene, jobs)
    assert jobs[-1].text == SAMPLES["text/plain"][1].decode()


UPLOADING = [key for key in shipped("kie_ai") if any(step.get("input") for step in model_file(key).get("before", ()))]


@pytest.mark.parametrize("key", UPLOADING)
async def test_files_are_uploaded_first_and_the_model_gets_their_urls(
    server: KieServer, runner: Runner, key: str
) -> None:
    server.takes_older_bodies = True
    scene = Scene(server, runner, key)
    inputs = file_inputs(scene.model)
    jobs = await scene.jobs(inputs)
    check_done(scene, jobs)
    assert jobs[0].state is JobState.PREPARING
    files = [text for value in inputs.values() for text in (value if isinstance(value, list) else [value])]
    sent = [text for text in files if isinstance(text, str) and text.startswith("data:")]
    assert sorted(server.uploads) == sorted(found.content for text in sent if (found := parse_data_url(text)))
    assert {seen.path for seen in server.upload_host.seen} == {"/api/file-stream-upload"}
    assert all(f"/uploads/{number}.png" in str(scene.remote.asked) for number in range(1, len(sent) + 1))


async def test_urls_are_sent_as_they_are(server: KieServer, runner: Runner) -> None:
    scene = Scene(server, runner, "image_to_video/hailuo-02-pro")
    check_done(scene, await scene.jobs())
    assert server.upload_host.seen == []


async def test_an_upload_that_is_refused_ends_the_job_before_anything_is_sent(
    server: KieServer, runner: Runner
) -> None:
    scene = Scene(server, runner, "image_to_video/hailuo-02-pro")
    server.refuse(402, "no credits", at="upload")
    last = await scene.last(file_inputs(scene.model))
    assert last.state is JobState.FAILED
    assert "no credits" in (last.error or "")
    assert scene.seen == []
