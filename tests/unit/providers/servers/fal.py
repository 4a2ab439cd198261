"""The queue of fal: 202 while a job is pending and 200 when it is over; a failure is COMPLETED with an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, Route, json_of, need
from unit.providers.servers.outputs import outputs_of


class FalServer(ProtocolServer):
    provider = "fal"
    auth = ("authorization", "Key ")
    life = ("IN_QUEUE", "IN_PROGRESS", "COMPLETED")

    def __init__(self) -> None:
        super().__init__()
        self.cancel_status = "CANCELLATION_REQUESTED"

    def routes(self) -> Sequence[Route]:
        job = r"/(fal-ai/[\w./-]+?)/requests/([\w-]+)"
        return [
            Route("GET", f"{job}/status", "poll", self._status),
            Route("PUT", f"{job}/cancel", "cancel", self._cancel),
            Route("GET", job, "fetch", self._result),
            Route("POST", r"/(fal-ai/[\w./-]+)", "submit", self._submit),
        ]

    @property
    def failed_state(self) -> str:
        return "COMPLETED with an error"

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"detail": message}, {"x-fal-error-type": "request_error"})

    def _submit(self, seen: Seen, match: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"prompt": str})
        self.results = body.get("num_images", 1)
        job = self.take(f"f{len(self.jobs) + 1}", body, outputs_of("fal").get(match[1], "image/jpeg"))
        base = f"{self.api.url}/{match[1]}/requests/{job.id}"
        urls = {"response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}
        return Given(200, {"status": "IN_QUEUE", "request_id": job.id, **urls, "queue_position": 0})

    def _status(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[2])
        state = job.next_state()
        told: dict[str, Any] = {"request_id": job.id, "status": state.partition(" ")[0]}
        if state == self.failed_state:
            told |= {"error": job.error, "error_type": "request_error"}
        return Given(200 if told["status"] == "COMPLETED" else 202, told)

    def _result(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[2])
        if job.media_type == "video/mp4":
            return Given(200, {"video": {"url": job.urls[0], "content_type": "video/mp4"}})
        return Given(200, {"images": [{"url": url, "content_type": job.media_type} for url in job.urls]})

    def _cancel(self, seen: Seen, match: re.Match[str]) -> Given:
        if match[2] not in self.jobs:
            return Given(404, {"status": "NOT_FOUND"})
        job = self.jobs[match[2]]
        job.is_cancelled = self.cancel_status == "CANCELLATION_REQUESTED"
        return Given(202 if job.is_cancelled else 400, {"status": self.cancel_status})
