"""Replicate: a prediction with six states, problems as RFC 7807, seconds to wait in the text of a 429."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, RemoteJob, Route, allow, json_of, need
from unit.providers.servers.outputs import outputs_of

ENDED = ("succeeded", "failed", "canceled", "aborted")


class ReplicateServer(ProtocolServer):
    provider = "replicate"
    life = ("starting", "processing", "succeeded")

    def __init__(self) -> None:
        super().__init__()
        self.is_single = False
        """The output is one URL in place of an array."""

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/v1/models/([\w.-]+)/([\w.-]+)/predictions", "submit", self._model),
            Route("POST", "/v1/predictions", "submit", self._version),
            Route("GET", r"/v1/predictions/([\w-]+)", "poll", self._poll),
            Route("POST", r"/v1/predictions/([\w-]+)/cancel", "cancel", self._cancel),
        ]

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"title": "Problem", "detail": message, "status": code})

    def throttle_in_words(self, seconds: int, times: int = 1) -> None:
        self.refuse(429, f"Request was throttled. Your rate limit resets in ~{seconds}s.", times=times)

    def _model(self, seen: Seen, match: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("input", "webhook", "webhook_events_filter", "stream"))
        return self._new(body, f"{match[1]}/{match[2]}")

    def _version(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"version": str})
        return self._new(body, body["version"])

    def _new(self, body: dict[str, Any], model: str) -> Given:
        need(body, {"input": dict})
        need(body["input"], {"prompt": str})
        self.results = body["input"].get("num_outputs", self.results)
        job = self.take(f"p{len(self.jobs) + 1}", body, outputs_of("replicate").get(model, "image/webp"))
        return Given(201, self._told(job, "starting"))

    def _poll(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        return Given(200, self._told(job, "canceled" if job.is_cancelled else job.next_state()))

    def _cancel(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        job.is_cancelled = True
        return Given(200, self._told(job, "canceled"))

    def _told(self, job: RemoteJob, state: str) -> dict[str, Any]:
        base = f"{self.api.url}/v1/predictions/{job.id}"
        is_single = self.is_single or job.media_type == "video/mp4"
        output: Any = (job.urls[0] if is_single else job.urls) if state == "succeeded" else None
        return {
            "id": job.id,
            "status": state,
            "input": job.asked["input"],
            "output": output,
            "error": job.error if state in ENDED[1:] else None,
            "logs": "",
            "metrics": {"predict_time": 1.5} if state == "succeeded" else {},
            "urls": {"get": base, "cancel": f"{base}/cancel"},
        }
