"""Together in small: chat, pictures, speech, and videos of its second version."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import JPEG, SAMPLES, Refusal, Route, allow, json_of, need
from unit.providers.servers.chats import ChatServer
from unit.providers.servers.form import need_choice

_VIDEO = ("model", "prompt", "width", "height", "seconds", "seed", "fps", "steps", "negative_prompt", "ratio")


class TogetherServer(ChatServer):
    provider = "together"
    life = ("in_progress", "in_progress", "completed")

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/v1/chat/completions", "submit", self.chat),
            Route("POST", "/v1/images/generations", "submit", self._images),
            Route("POST", "/v1/audio/speech", "submit", self._speech),
            Route("POST", "/v2/videos", "submit", self._videos),
            Route("GET", "/v2/videos/([^/]+)", "poll", self._video),
        )

    def _images(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("model", "prompt", "width", "height", "steps", "seed", "n", "response_format"), 400)
        numbers = {name: int for name in ("width", "height", "steps", "seed", "n") if name in body}
        need(body, {"model": str, "prompt": str, **numbers}, 400)
        need_choice(body, "response_format", ("base64", "url"))
        job = self.take(f"img{self.submits}", body, "image/jpeg")
        data = {"b64_json": base64.b64encode(JPEG).decode()}
        if body.get("response_format") != "base64":
            data = {"url": job.urls[0]}
        return Given(body={"id": job.id, "object": "list", "data": [{"index": 0, **data}]})

    def _speech(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("model", "input", "voice", "response_format", "language", "sample_rate"), 400)
        need(body, {"model": str, "input": str, "voice": str}, 400)
        need_choice(body, "response_format", ("mp3", "wav", "raw"))
        job = self.take(f"speech{self.submits}", body, f"audio/{body.get('response_format')}".replace("mp3", "mpeg"))
        return Given(body=SAMPLES[job.media_type][1], headers={"content-type": job.media_type})

    def _videos(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, _VIDEO, 400)
        need(body, {"model": str, "prompt": str, "seconds": str, "width": int, "height": int}, 400)
        if not body["seconds"].isdecimal():
            raise Refusal(400, "seconds is a number as text")
        job = self.take(f"video{self.submits}", body, "video/mp4")
        return Given(body={"id": job.id, "object": "video", "status": "in_progress", "seconds": body["seconds"]})

    def _video(self, _: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        state = job.next_state()
        body = {"id": job.id, "object": "video", "status": state, "error": None, "outputs": None}
        if state == "failed":
            body["error"] = {"code": "internal", "message": job.error}
        if state == "completed":
            body["outputs"] = {"cost": 0.49, "video_url": job.urls[0]}
        return Given(body=body)
