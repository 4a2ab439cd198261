"""Luma Dream Machine: generations of pictures and films; deleting one is how it is cancelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, RemoteJob, Route, json_of, need

_BASE = "/dream-machine/v1/generations"


class LumaServer(ProtocolServer):
    provider = "luma"
    life = ("queued", "dreaming", "completed")

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", f"{_BASE}/video", "submit", self._submit("video", "video/mp4")),
            Route("POST", f"{_BASE}/image", "submit", self._submit("image", "image/jpeg")),
            Route("GET", rf"{_BASE}/([\w-]+)", "poll", self._poll),
            Route("DELETE", rf"{_BASE}/([\w-]+)", "cancel", self._delete),
        ]

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"detail": message})

    def _submit(self, kind: str, media_type: str) -> Callable[[Seen, re.Match[str]], Given]:
        def answer(seen: Seen, _: re.Match[str]) -> Given:
            body = json_of(seen)
            need(body, {"model": str, "prompt": str})
            job = self.take(f"l{len(self.jobs) + 1}", body, media_type)
            job.extra = {"kind": kind}
            return Given(201, self._told(job, "queued"))

        return answer

    def _poll(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        return Given(200, self._told(job, job.next_state()))

    def _delete(self, seen: Seen, match: re.Match[str]) -> Given:
        self.job(match[1]).is_cancelled = True
        return Given(204, b"")

    def _told(self, job: RemoteJob, state: str) -> dict[str, Any]:
        reason = job.error if state == "failed" else None
        assets = {job.extra["kind"]: job.urls[0]} if state == "completed" else None
        return {"id": job.id, "state": state, "failure_reason": reason, "assets": assets, "request": job.asked}
