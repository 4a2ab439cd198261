"""OpenAI in small: chat, responses, pictures, edits as form data, speech, and the video interface that has ended."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from unit.providers.loopback import KEY, MP4, Given, Seen
from unit.providers.servers.base import SAMPLES, Refusal, Route, allow, json_of, need
from unit.providers.servers.chats import FIELDS, USAGE, ChatServer, error_body
from unit.providers.servers.form import form_of, need_choice

_SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")
_PICTURE = ("model", "prompt", "size", "quality", "n", "background", "output_format", "output_compression")
_SPEECH = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/mpeg", "opus": "audio/mpeg", "aac": "audio/mpeg"}
_VIDEO_SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
_FORM = "multipart/form-data"


class OpenAIServer(ChatServer):
    provider = "openai"
    life = ("queued", "in_progress", "completed")
    chat_fields = (*FIELDS, "max_completion_tokens")
    poll_after_ms: int | None = None

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/v1/chat/completions", "submit", self.chat),
            Route("POST", "/v1/responses", "submit", self._responses),
            Route("POST", "/v1/images/generations", "submit", self._images),
            Route("POST", "/v1/images/edits", "submit", self._edits, _FORM),
            Route("POST", "/v1/audio/speech", "submit", self._speech),
            Route("POST", "/v1/videos", "submit", self._videos, _FORM),
            Route("GET", "/v1/videos/([^/]+)", "poll", self._video),
            Route("GET", "/v1/videos/([^/]+)/content", "fetch", self._content),
            Route("DELETE", "/v1/videos/([^/]+)", "cancel", self._delete),
        )

    def read_chat(self, seen: Seen) -> dict[str, Any]:
        body = super().read_chat(seen)
        if "codex" in body["model"]:
            raise Refusal(404, "this model is only in v1/responses")
        is_thinking = body["model"].startswith("gpt-5") and "chat" not in body["model"]
        if is_thinking and body.keys() & {"max_tokens", "temperature", "top_p"}:
            raise Refusal(400, "not supported with this model: use max_completion_tokens, and no temperature")
        return body

    def _responses(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("model", "input", "max_output_tokens", "reasoning", "instructions"), 400)
        need(body, {"model": str, "input": str}, 400)
        self.take(f"resp_{self.submits}", body, "text/plain")
        part = {"type": "output_text", "text": self.says.get("content")}
        if "refusal" in self.says:
            part = {"type": "refusal", "refusal": self.says["refusal"]}
        is_whole = self.finish_reason == "stop"
        return Given(
            body={
                "object": "response",
                "status": "completed" if is_whole else "incomplete",
                "error": None,
                "incomplete_details": None if is_whole else {"reason": self.finish_reason},
                "output": [{"type": "reasoning", "summary": []}, {"type": "message", "content": [part]}],
                "usage": {"input_tokens": 12, "output_tokens": 7},
            }
        )

    def _images(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, (*_PICTURE, "moderation"), 400)
        need(body, {"model": str, "prompt": str}, 400)
        return self._pictures(body, body)

    def _edits(self, seen: Seen, _: re.Match[str]) -> Given:
        form = form_of(seen, (*_PICTURE, "input_fidelity"), ("image", "image[]", "mask"))
        if not 1 <= len(form.files("image", "image[]")) <= 16:
            raise Refusal(400, "from 1 to 16 pictures are taken")
        texts: dict[str, Any] = form.texts()
        need(texts, {"model": str, "prompt": str}, 400)
        if not texts.get("n", "1").isdecimal():
            raise Refusal(400, "n must be a number")
        return self._pictures(texts | {"n": int(texts.get("n", "1"))}, form)

    def _pictures(self, body: dict[str, Any], asked: Any) -> Given:
        for name, choices in {
            "size": _SIZES,
            "quality": ("auto", "low", "medium", "high"),
            "background": ("auto", "opaque", "transparent"),
            "output_format": ("png", "jpeg", "webp"),
            "moderation": ("auto", "low"),
            "input_fidelity": ("low", "high"),
        }.items():
            need_choice(body, name, choices)
        if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
            raise Refusal(400, "a JPEG cannot be transparent")
        if not 1 <= body.get("n", 1) <= 10:
            raise Refusal(400, "n must be from 1 to 10")
        job = self.take(f"img-{self.submits}", asked, f"image/{body.get('output_format', 'png')}")
        picture = {"b64_json": base64.b64encode(SAMPLES[job.media_type][1]).decode()}
        return Given(body={"created": 1, "data": [picture] * body.get("n", 1), "usage": USAGE})

    def _speech(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("model", "input", "voice", "response_format", "speed", "instructions"), 400)
        need(body, {"model": str, "input": str, "voice": str}, 400)
        need_choice(body, "response_format", tuple(_SPEECH))
        if len(body["input"]) > 4096:
            raise Refusal(400, "at most 4096 characters")
        job = self.take(f"speech-{self.submits}", body, _SPEECH[body.get("response_format", "mp3")])
        return Given(body=SAMPLES[job.media_type][1], headers={"content-type": job.media_type})

    def _videos(self, seen: Seen, _: re.Match[str]) -> Given:
        form = form_of(seen, ("model", "prompt", "seconds", "size"), ("input_reference",))
        texts = form.texts()
        need(texts, {"model": str, "prompt": str}, 400)
        need_choice(texts, "seconds", ("4", "8", "12"))
        need_choice(texts, "size", _VIDEO_SIZES)
        job = self.take(f"video_{self.submits}", form, "video/mp4")
        return Given(body={"id": job.id, "object": "video", "status": "queued", "progress": 0, "error": None})

    def _video(self, _: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        state = job.next_state()
        error = {"code": "video_failed", "message": job.error} if state == "failed" else None
        headers = {} if self.poll_after_ms is None else {"openai-poll-after-ms": str(self.poll_after_ms)}
        progress = {"queued": 0, "completed": 100}.get(state, 40)
        body = {"id": job.id, "object": "video", "status": state, "progress": progress, "error": error}
        return Given(body=body, headers=headers)

    def _content(self, seen: Seen, match: re.Match[str]) -> Given:
        assert seen.headers["authorization"] == f"Bearer {KEY}"
        self.job(match[1])
        return Given(body=MP4, headers={"content-type": "video/mp4"})

    def _delete(self, _: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        self.jobs[job.id] = replace(job, is_cancelled=True)
        return Given(body={"id": job.id, "object": "video.deleted", "deleted": True})


def about_money() -> dict[str, Any]:
    return error_body("You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
