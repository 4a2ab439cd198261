"""ElevenLabs in small: speech, sounds and music, each answered with the sound itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import MP3, ProtocolServer, Refusal, Route, allow, json_of, need

_FORMAT = re.compile(r"mp3_\d+_\d+|pcm_\d+|wav_\d+|opus_\d+_\d+|[au]law_8000")
_STATUS = {401: "invalid_api_key", 429: "too_many_concurrent_requests"}


class ElevenLabsServer(ProtocolServer):
    provider = "elevenlabs"
    auth = ("xi-api-key", "")
    character_cost: str | None = "11"

    def routes(self) -> Sequence[Route]:
        return (
            Route("POST", "/v1/text-to-speech/([A-Za-z0-9-]+)", "submit", self._speech),
            Route("POST", "/v1/sound-generation", "submit", self._sound),
            Route("POST", "/v1/music", "submit", self._music),
        )

    def error(self, code: int, message: str) -> Given:
        if code == 422:
            detail: Any = [{"loc": ["body", "text"], "msg": message, "type": "value_error"}]
        else:
            detail = {"status": _STATUS.get(code, "error"), "message": message}
        return Given(code, {"detail": detail})

    def _speech(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        known = ("text", "model_id", "language_code", "voice_settings", "seed", "previous_text", "next_text")
        allow(body, known)
        return self._sounds(seen, body, {"text": str, "model_id": str})

    def _sound(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("text", "loop", "duration_seconds", "prompt_influence", "model_id"))
        if not 0.5 <= body.get("duration_seconds", 1) <= 30 or not 0 <= body.get("prompt_influence", 0.3) <= 1:
            raise Refusal(422, "out of bounds")
        return self._sounds(seen, body, {"text": str})

    def _music(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        allow(body, ("prompt", "composition_plan", "music_length_ms", "model_id", "seed", "force_instrumental"))
        if not 3000 <= body.get("music_length_ms", 3000) <= 600_000:
            raise Refusal(422, "music_length_ms is out of bounds")
        return self._sounds(seen, body, {"prompt": str})

    def _sounds(self, seen: Seen, body: dict[str, Any], required: Mapping[str, type]) -> Given:
        need(body, required)
        if seen.query.keys() - {"output_format", "enable_logging"}:
            raise Refusal(422, "the query is not known")
        if not _FORMAT.fullmatch(seen.query.get("output_format", "mp3_44100_128")):
            raise Refusal(422, "output_format is not known")
        self.take(f"sound-{self.submits}", body, "audio/mpeg")
        told = {} if self.character_cost is None else {"character-cost": self.character_cost}
        return Given(body=MP3, headers={"content-type": "audio/mpeg", "request-id": "req1", **told})
