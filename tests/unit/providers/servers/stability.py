"""Stability v2beta in small: forms in, bytes or base64 out, and an HTTP status that is the state."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import SAMPLES, ProtocolServer, Refusal, Route
from unit.providers.servers.form import form_of, need_choice

_TEXTS = ("prompt", "negative_prompt", "aspect_ratio", "seed", "output_format", "style_preset")
_RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
_FORM = "multipart/form-data"


class StabilityServer(ProtocolServer):
    provider = "stability"
    life = (202, 202, 200)
    finish_reason = "SUCCESS"

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/v2beta/stable-image/generate/(core|ultra|sd3)", "submit", self._generate, _FORM),
            Route("POST", "/v2beta/stable-image/upscale/creative", "submit", self._upscale, _FORM),
            Route("GET", "/v2beta/results/([0-9a-f]+)", "poll", self._result),
        )

    def error(self, code: int, message: str) -> Given:
        names = {401: "unauthorized", 403: "content_moderation", 429: "rate_limit_exceeded"}
        return Given(code, {"id": "e1", "name": names.get(code, "bad_request"), "errors": [message]})

    def moderate(self) -> None:
        self.finish_reason = "CONTENT_FILTERED"

    def _generate(self, seen: Seen, match: re.Match[str]) -> Given:
        more = ("model", "mode", "cfg_scale", "strength") if match[1] == "sd3" else ()
        texts = form_of(seen, (*_TEXTS, *more), ("image",)).texts()
        need_choice(texts, "model", ("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"))
        need_choice(texts, "aspect_ratio", _RATIOS)
        self._check(texts)
        job = self.take(f"{self.submits:x}", texts, f"image/{texts.get('output_format', 'png')}")
        return self._picture(seen, job.media_type)

    def _upscale(self, seen: Seen, _: re.Match[str]) -> Given:
        form = form_of(seen, ("prompt", "negative_prompt", "output_format", "seed", "creativity"), ("image",))
        if len(form.files("image")) != 1:
            raise Refusal(400, "image: one file is needed")
        texts = form.texts()
        self._check(texts)
        if not 0.1 <= float(texts.get("creativity", "0.3")) <= 0.5:
            raise Refusal(400, "creativity is out of bounds")
        job = self.take(f"a{self.submits:x}", texts, f"image/{texts.get('output_format', 'png')}")
        return Given(body={"id": job.id})

    @staticmethod
    def _check(texts: dict[str, str]) -> None:
        if not 1 <= len(texts.get("prompt", "")) <= 10_000:
            raise Refusal(400, "prompt: from 1 to 10000 characters")
        need_choice(texts, "output_format", ("png", "jpeg", "webp"))
        if not texts.get("seed", "0").isdecimal() or int(texts.get("seed", "0")) > 4_294_967_294:
            raise Refusal(400, "seed is out of bounds")

    def _result(self, seen: Seen, match: re.Match[str]) -> Given:
        job = self.job(match[1])
        state = job.next_state()
        if state == 202:
            return Given(202, {"id": job.id, "status": "in-progress"})
        return self._picture(seen, job.media_type) if state == 200 else self.error(state, job.error)

    def _picture(self, seen: Seen, media_type: str) -> Given:
        """As the `accept` header wants it."""
        content = SAMPLES[media_type][1]
        told = {"finish-reason": self.finish_reason, "seed": "7"}
        match seen.headers.get("accept"):
            case "image/*":
                return Given(body=content, headers={"content-type": media_type, **told})
            case "application/json":
                encoded = base64.b64encode(content).decode()
                body: dict[str, Any] = {"image": encoded, "finish_reason": self.finish_reason, "seed": 7}
                return Given(body=body)
        raise Refusal(400, "accept: image/* or application/json")
