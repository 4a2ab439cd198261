"""Runware: one URL, arrays both ways, our own id, errors beside results, answers at once or acknowledged."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, RemoteJob, Route, json_of, need

_TASKS = {
    "imageInference": ("imageURL", "image/png", ("model", "positivePrompt")),
    "videoInference": ("videoURL", "video/mp4", ("model",)),
    "audioInference": ("audioURL", "audio/mpeg", ("model",)),
    "imageUpscale": ("imageURL", "image/png", ("inputImage",)),
    "imageBackgroundRemoval": ("imageURL", "image/png", ("inputImage",)),
}
_OLDER = {"imageToVideo": ("videoURL", "video/mp4", ("inputImage",))}


class RunwareServer(ProtocolServer):
    provider = "runware"
    life = ("processing", "processing", "success")
    takes_older_bodies = False
    """Also tasks without `model` and of a type that is gone; a few models of the catalogue send them."""

    def __init__(self) -> None:
        super().__init__()
        self.errors_beside: list[dict[str, Any]] = []
        """Told next to the results."""

    def routes(self) -> Sequence[Route]:
        return [Route("POST", "/v1", "submit", self._tasks)]

    @property
    def failed_state(self) -> str:
        return "error"

    def error(self, code: int, message: str) -> Given:
        body = {"errors": [{"code": _NAMES.get(code, str(code)), "message": message, "taskType": "imageInference"}]}
        return Given(code if code in (401, 402, 404, 408, 415, 429) or code >= 500 else 400, body)

    def refuse_with_200(self, code: str, message: str) -> None:
        self.answer({"errors": [{"code": code, "message": message}]})

    def moderate(self) -> None:
        self.fail("Invalid content detected in the prompt")

    def _routed(self, seen: Seen) -> tuple[Route, re.Match[str]]:
        route, match = super()._routed(seen)
        is_poll = b'"getResponse"' in seen.content
        return (route._replace(stage="poll") if is_poll else route), match

    def _tasks(self, seen: Seen, _: re.Match[str]) -> Given:
        tasks = json_of(seen, list)
        if len(tasks) != 1 or not isinstance(tasks[0], dict):
            raise Refusal(400, "an array of one task")
        task = tasks[0]
        need(task, {"taskType": str, "taskUUID": str}, 400)
        if task["taskType"] == "getResponse":
            return self._poll(self.job(task["taskUUID"], 400))
        self._check(task)
        job = self.jobs.get(task["taskUUID"]) or self._new(task)
        if _is_async(task):
            return Given(200, {"data": [{"taskType": task["taskType"], "taskUUID": job.id}]})
        return self._ended(job, "error" if self._script and "error" in self._script else "success", is_told=False)

    def _check(self, task: dict[str, Any]) -> None:
        try:
            is_ours = uuid.UUID(task["taskUUID"]).version == 4
        except ValueError:
            is_ours = False
        if not is_ours:
            raise Refusal(400, "taskUUID must be a UUID v4")
        known = {**_TASKS, **_OLDER} if self.takes_older_bodies else _TASKS
        if task["taskType"] not in known:
            raise Refusal(400, f"no task {task['taskType']}")
        if not self.takes_older_bodies:
            need(task, dict.fromkeys(known[task["taskType"]][2], str), 400)
        if task.get("includeCost") is not True:
            raise Refusal(400, "includeCost tells what it took")

    def _new(self, task: dict[str, Any]) -> RemoteJob:
        field, media_type, _ = {**_TASKS, **_OLDER}[task["taskType"]]
        self.results = task.get("numberResults", 1)
        job = self.take(task["taskUUID"], task, media_type)
        job.extra = {"field": field}
        return job

    def _poll(self, job: RemoteJob) -> Given:
        state = job.next_state()
        if state in ("success", "error"):
            return self._ended(job, state, is_told=True)
        return Given(200, {"data": [{"taskUUID": job.id, "taskType": job.asked["taskType"], "status": state}]})

    def _ended(self, job: RemoteJob, state: str, *, is_told: bool) -> Given:
        head = {"taskType": job.asked["taskType"], "taskUUID": job.id}
        if state == "error":
            body: dict[str, Any] = {"errors": [{"code": "generationFailed", "message": job.error, **head}]}
            if is_told:
                body["data"] = [{**head, "status": "error"}]
            return Given(200, body)
        status = {"status": "success"} if is_told else {}
        data = [{**head, **status, job.extra["field"]: url, "cost": 0.0013} for url in job.urls]
        beside = {"errors": self.errors_beside} if self.errors_beside else {}
        return Given(200, {"data": data, **beside})


_NAMES = {401: "invalidApiKey", 402: "insufficientCredits", 429: "tooManyRequests"}


def _is_async(task: dict[str, Any]) -> bool:
    return bool(task.get("deliveryMethod", "async" if "ideo" in task["taskType"] else "sync") == "async")
