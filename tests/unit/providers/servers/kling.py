"""Kling: signed tokens in place of a key, a code in every answer, our own id beside its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import KEY, Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, RemoteJob, Route, json_of, need

_PATH = "/v1/videos/text2video"
SIGNING_KEY = "loopback-signing-key"


def claims_of(seen: Seen) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of the token that a request came with. Raises Refusal where its signature is wrong."""
    scheme, _, token = seen.headers.get("authorization", "").partition(" ")
    signed, _, signature = token.rpartition(".")
    expected = hmac.new(SIGNING_KEY.encode(), signed.encode(), hashlib.sha256).digest()
    if scheme != "Bearer" or not hmac.compare_digest(_decoded(signature), expected):
        raise Refusal(1000, "the token is not signed with the secret key")
    header, claims = signed.split(".")
    return json.loads(_decoded(header)), json.loads(_decoded(claims))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class KlingServer(ProtocolServer):
    provider = "kling"
    life = ("submitted", "processing", "succeed")

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", _PATH, "submit", self._submit),
            Route("GET", rf"{_PATH}/([\w-]+)", "poll", self._poll),
        ]

    def error(self, code: int, message: str) -> Given:
        """HTTP 200 with a code of its own, but for codes that are those of HTTP."""
        return Given(code if 400 <= code < 600 else 200, {"code": code, "message": message, "request_id": "r"})

    def check_auth(self, seen: Seen) -> None:
        header, claims = claims_of(seen)
        if header != {"alg": "HS256", "typ": "JWT"} or claims["iss"] != KEY:
            raise Refusal(1001, "the token names nobody")

    def _submit(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"model_name": str, "prompt": str, "duration": str, "external_task_id": str})
        job = self.take(f"k{len(self.jobs) + 1}", body, "video/mp4")
        self.jobs[body["external_task_id"]] = job
        return self._told(job, "submitted")

    def _poll(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        return self._told(job, job.next_state())

    def _told(self, job: RemoteJob, status: str) -> Given:
        data: dict[str, Any] = {"task_id": job.id, "task_status": status, "task_status_msg": ""}
        if status == "succeed":
            data["task_result"] = {"videos": [{"id": "v1", "url": url, "duration": "5"} for url in job.urls]}
        elif status == "failed":
            data["task_status_msg"] = job.error
        return Given(200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data})
