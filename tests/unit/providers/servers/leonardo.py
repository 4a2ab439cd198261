"""Leonardo.Ai in small: generations, each asked for by its id, with the pictures in a table of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, RemoteJob, Route, allow, json_of, need

_BASE = "/api/rest/v1/generations"
_KNOWN = ("modelId", "prompt", "negative_prompt", "width", "height", "num_images", "contrast", "alchemy", "seed")
_CODES = {400: "bad-request", 401: "unauthorized", 404: "not-found", 429: "too-many-requests"}


class LeonardoServer(ProtocolServer):
    provider = "leonardo"
    life = ("PENDING", "PENDING", "COMPLETE")

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", _BASE, "submit", self._submit),
            Route("GET", rf"{_BASE}/([\w-]+)", "poll", self._poll),
        )

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"error": message, "path": "$", "code": _CODES.get(code, "unexpected")})

    @property
    def failed_state(self) -> str:
        return "FAILED"

    def _submit(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, _KNOWN, 400)
        need(body, {"modelId": str, "prompt": str, "width": int, "height": int, "num_images": int}, 400)
        _check(body)
        self.results = body["num_images"]
        job = self.take(f"g{len(self.jobs) + 1}", body, "image/jpeg")
        return Given(200, {"sdGenerationJob": {"generationId": job.id, "apiCreditCost": 11 * self.results}})

    def _poll(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        return Given(200, {"generations_by_pk": _told(job, job.next_state())})


def _check(body: Mapping[str, Any]) -> None:
    if any(not 32 <= body[side] <= 1536 or body[side] % 8 for side in ("width", "height")):
        raise Refusal(400, "width and height are multiples of 8 from 32 to 1536")
    if not 1 <= body["num_images"] <= 8 or len(body["prompt"]) > 1500:
        raise Refusal(400, "too many pictures, or too long a prompt")
    if body.get("contrast", 3.5) not in (1, 1.3, 1.8, 2.5, 3, 3.5, 4, 4.5):
        raise Refusal(400, "contrast is none of its steps")
    if body.get("alchemy") is False and body.get("contrast", 3.5) < 3:
        raise Refusal(400, "contrast needs alchemy below 3")


def _told(job: RemoteJob, state: Any) -> dict[str, Any]:
    is_late, job.is_result_late = job.is_result_late, False
    pictures = job.urls if state == "COMPLETE" and not is_late else []
    images = [{"id": f"i{number}", "url": url, "nsfw": False} for number, url in enumerate(pictures)]
    return {"id": job.id, "status": state, "prompt": job.asked["prompt"], "generated_images": images}
