"""OpenRouter in small: chat and pictures at once, videos as jobs whose results want the key."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import MP4, PNG, Given, Seen
from unit.providers.servers.base import Refusal, Route, allow, json_of, need
from unit.providers.servers.chats import FIELDS, USAGE, ChatServer
from unit.providers.servers.form import need_choice

_RATIOS = ("1:1", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9", "21:9", "9:21")
_VIDEO = ("model", "prompt", "duration", "resolution", "aspect_ratio", "seed", "size", "generate_audio", "input_images")


class OpenRouterServer(ChatServer):
    provider = "openrouter"
    life = ("pending", "in_progress", "completed")
    chat_fields = (*FIELDS, "reasoning", "provider", "modalities", "models", "top_k")
    cost = 0.00042
    is_relative = True
    """Whether `polling_url` is a path."""

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/api/v1/chat/completions", "submit", self.chat),
            Route("POST", "/api/v1/images", "submit", self._images),
            Route("POST", "/api/v1/videos", "submit", self._videos),
            Route("GET", "/api/v1/videos/([^/]+)", "poll", self._video),
            Route("GET", "/api/v1/videos/([^/]+)/content", "fetch", self._content),
        )

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"error": {"code": code, "message": message, "metadata": {}}})

    def check_auth(self, seen: Seen) -> None:
        super().check_auth(seen)
        if not seen.path.endswith("/content") and seen.headers.get("x-title") != "modeltui":
            raise Refusal(400, "x-title is sent with every call")

    def _images(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("model", "prompt", "aspect_ratio", "resolution", "n", "seed", "output_format", "quality"), 400)
        need(body, {"model": str, "prompt": str}, 400)
        need_choice(body, "aspect_ratio", _RATIOS)
        need_choice(body, "resolution", ("512", "768", "1K", "1.5K", "2K", "4K"))
        self.take(f"img{self.submits}", body, "image/png")
        picture = {"b64_json": base64.b64encode(PNG).decode(), "media_type": "image/png"}
        return Given(body={"created": 1, "data": [picture] * body.get("n", 1), "usage": {**USAGE, "cost": 0.04}})

    def _videos(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, _VIDEO, 400)
        need(body, {"model": str, "prompt": str}, 400)
        need_choice(body, "aspect_ratio", _RATIOS)
        need_choice(body, "resolution", ("480p", "720p", "1080p", "2K", "4K"))
        if "duration" in body:
            need(body, {"duration": int}, 400)
        job = self.take(f"gen-vid-{self.submits}", body, "video/mp4")
        path = f"/api/v1/videos/{job.id}"
        url = path if self.is_relative else self.api.url + path
        return Given(202, {"id": job.id, "polling_url": url, "status": "pending"})

    def _video(self, _: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        state = job.next_state()
        body: dict[str, Any] = {"id": job.id, "polling_url": f"/api/v1/videos/{job.id}", "status": state}
        if state in ("failed", "cancelled", "expired"):
            body["error"] = job.error
        if state == "completed":
            body["usage"] = {"cost": 0.64}
            if not job.is_result_late:
                body["unsigned_urls"] = [f"{self.api.url}/api/v1/videos/{job.id}/content?index=0"]
            job.is_result_late = False
        return Given(body=body)

    def _content(self, seen: Seen, match: re.Match[str]) -> Given:
        self.job(match[1])
        if seen.query.get("index", "0") != "0":
            raise Refusal(404, "there is one output")
        return Given(body=MP4, headers={"content-type": "video/mp4"})
