"""What the two providers that docs/providers.md added say when it does not go well, and what else they make."""

from __future__ import annotations

from modeltui.domain.job import JobState
from unit.providers.loopback import Runner
from unit.providers.servers.cartesia import CartesiaServer
from unit.providers.servers.leonardo import LeonardoServer
from unit.providers.servers.scene import Scene, check_done

PHOENIX, SONIC = "prompt_to_image/leonardo-phoenix-1", "text_to_speech/cartesia-sonic-3"


async def test_each_picture_of_a_generation_is_kept(runner: Runner) -> None:
    with LeonardoServer() as server:
        scene = Scene(server, runner, PHOENIX)
        jobs = await scene.jobs({"prompt": "a fox", "number_of_images": 3, "aspect_ratio": "16:9"})
    check_done(scene, jobs, 3)
    assert (scene.remote.asked["width"], scene.remote.asked["height"]) == (1472, 832)
    assert jobs[-1].remote_id == scene.remote.id


async def test_a_generation_that_failed_is_a_failure(runner: Runner) -> None:
    with LeonardoServer() as server:
        server.fail()
        last = await Scene(server, runner, PHOENIX).last({"prompt": "a fox"})
    assert last.state is JobState.FAILED
    assert server.submits == 1


async def test_what_leonardo_refuses_is_said_in_its_words(runner: Runner) -> None:
    with LeonardoServer() as server:
        server.refuse(400, "invalid modelId")
        last = await Scene(server, runner, PHOENIX).last({"prompt": "a fox"})
    assert last.state is JobState.FAILED
    assert "invalid modelId" in (last.error or "")


async def test_speech_comes_in_the_format_that_was_asked_for(runner: Runner) -> None:
    with CartesiaServer() as server:
        scene = Scene(server, runner, SONIC)
        jobs = await scene.jobs({"prompt": "A fox.", "output_format": "wav", "speed": 1.2})
    check_done(scene, jobs)
    assert [file.media_type for file in jobs[-1].files] == ["audio/wav"]
    assert scene.seen[0].json["generation_config"] == {"speed": 1.2}


async def test_what_cartesia_refuses_is_said_in_its_words(runner: Runner) -> None:
    with CartesiaServer() as server:
        server.refuse(400, "no such voice")
        last = await Scene(server, runner, SONIC).last({"prompt": "A fox."})
    assert last.state is JobState.FAILED
    assert "no such voice" in (last.error or "")
