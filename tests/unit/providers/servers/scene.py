"""A shipped model on a protocol server: the file as it ships, inputs that it must take, a clock that never waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modeltui.domain.job import Job, JobState
from unit.providers.loopback import Runner, Seen, content_of, model_file
from unit.providers.servers.base import SAMPLES, ProtocolServer, RemoteJob
from unit.providers.servers.valid_inputs import least_inputs


class Scene:
    def __init__(self, server: ProtocolServer, runner: Runner, key: str) -> None:
        self.server = server
        self.runner = runner
        self.model = model_file(key)
        self.provider = server.document()

    async def jobs(self, inputs: Mapping[str, Any] | None = None, **options: Any) -> list[Job]:
        """Every state of a run; `inputs` in place of the least that the model takes."""
        given = least_inputs(self.model) if inputs is None else inputs
        return await self.runner.jobs(self.model, self.provider, given, **options)

    async def last(self, inputs: Mapping[str, Any] | None = None, **options: Any) -> Job:
        return (await self.jobs(inputs, **options))[-1]

    @property
    def seen(self) -> list[Seen]:
        return self.server.api.seen

    @property
    def remote(self) -> RemoteJob:
        """The last job that the server took."""
        return list(self.server.jobs.values())[-1]


def check_done(scene: Scene, jobs: list[Job], files: int = 1) -> None:
    """It went through its states to `files` files on disk, taken once, with nothing wrong in any request."""
    last = jobs[-1]
    assert last.state is JobState.SUCCEEDED, last.error
    assert scene.server.problems == []
    assert scene.server.submits == 1
    expected = SAMPLES[scene.remote.media_type][1]
    assert [content_of(file) for file in last.files] == [expected] * files
    states = [job.state for job in jobs if job.state is not JobState.QUEUED]
    assert sorted(set(states), key=states.index) == sorted(set(states), key=list(JobState).index)
