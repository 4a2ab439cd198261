"""Google: contents at once, long-running operations with a boolean, downloads that need the key, interactions."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import MP4, PNG, Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, RemoteJob, Route, json_of, need

_BASE = "/v1beta"
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


class GoogleServer(ProtocolServer):
    provider = "google"
    auth = ("x-goog-api-key", "")
    life = ("in_progress", "in_progress", "completed")
    """Of an interaction; an operation is done with the first that is none of `queued` and `in_progress`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_blocked = False

    def routes(self) -> Sequence[Route]:
        model = rf"{_BASE}/models/([\w.-]+)"
        return [
            Route("POST", f"{model}:generateContent", "submit", self._content),
            Route("POST", f"{model}:predictLongRunning", "submit", self._operation),
            Route("GET", rf"{_BASE}/(models/[\w.-]+/operations/[\w-]+)", "poll", self._done),
            Route("GET", rf"{_BASE}/files/([\w-]+):download", "media", self._download),
            Route("POST", f"{_BASE}/interactions", "submit", self._interaction),
            Route("GET", rf"{_BASE}/interactions/([\w-]+)", "poll", self._interacted),
            Route("POST", rf"{_BASE}/interactions/([\w-]+)/cancel", "cancel", self._cancel),
        ]

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"error": {"code": code, "message": message, "status": _STATUS.get(code, "INTERNAL")}})

    def moderate(self) -> None:
        self.is_blocked = True

    def _content(self, seen: Seen, match: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"contents": list, "generationConfig": dict}, 400)
        for content in body["contents"]:
            need(content, {"role": str, "parts": list}, 400)
        self.take(f"g{len(self.jobs) + 1}", body, "text/plain")
        if self.is_blocked:
            return Given(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})
        parts: list[dict[str, Any]] = [{"text": "I think", "thought": True}, {"text": "Hello."}]
        if "IMAGE" in body["generationConfig"].get("responseModalities", ()):
            parts.append({"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}})
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
        return Given(200, {"candidates": [candidate], "usageMetadata": {"totalTokenCount": 9}})

    def _operation(self, seen: Seen, match: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"instances": list, "parameters": dict}, 400)
        if len(body["instances"]) != 1:
            raise Refusal(400, "one instance")
        need(body["instances"][0], {"prompt": str}, 400)
        name = f"models/{match[1]}/operations/o{len(self.jobs) + 1}"
        self.take(name, body, "video/mp4")
        return Given(200, {"name": name})

    def _done(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        state = job.next_state()
        if state in ("queued", "in_progress"):
            return Given(200, {"name": job.id})
        if state != "completed":
            return Given(200, {"name": job.id, "done": True, "error": {"code": 13, "message": job.error}})
        return Given(200, {"name": job.id, "done": True, "response": {"generateVideoResponse": self._samples(job)}})

    def _samples(self, job: RemoteJob) -> dict[str, Any]:
        if self.is_blocked:
            return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["the prompt goes against the rules"]}
        uri = f"{self.api.url}{_BASE}/files/{job.id.rpartition('/')[2]}:download?alt=media"
        return {"generatedSamples": [{"video": {"uri": uri}}]}

    def _download(self, seen: Seen, _: re.Match[str]) -> Given:
        if self._media_status != 200:
            raise Refusal(self._media_status, "no such file any more")
        return Given(200, MP4, {"content-type": "video/mp4"})

    def _interaction(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"model": str, "input": str}, 400)
        job = self.take(f"i{len(self.jobs) + 1}", body, "text/plain")
        if not body.get("background"):
            return Given(200, self._told(job, "completed"))
        return Given(200, self._told(job, "in_progress"))

    def _interacted(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        return Given(200, self._told(job, "cancelled" if job.is_cancelled else job.next_state()))

    def _cancel(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        job.is_cancelled = True
        return Given(200, self._told(job, "cancelled"))

    def _told(self, job: RemoteJob, status: str) -> dict[str, Any]:
        told: dict[str, Any] = {"id": job.id, "object": "interaction", "model": job.asked["model"], "status": status}
        if status == "completed":
            told["outputs"] = [{"type": "thought", "signature": "x"}, {"type": "text", "text": "Hello."}]
        elif status == "failed":
            told["error"] = {"code": 13, "message": job.error}
        return told
