"""Cartesia in small: speech, answered with the sound itself in the format that was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import SAMPLES, ProtocolServer, Refusal, Route, allow, json_of, need

_LANGUAGES = ("en", "de", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh")
_FORMATS: Mapping[str, tuple[str, Mapping[str, type]]] = {
    "mp3": ("audio/mpeg", {"container": str, "sample_rate": int, "bit_rate": int}),
    "wav": ("audio/wav", {"container": str, "encoding": str, "sample_rate": int}),
}
"""Media type and fields of each container."""


class CartesiaServer(ProtocolServer):
    provider = "cartesia"
    auth = ("x-api-key", "")

    def routes(self) -> Sequence[Route]:
        return (Route("POST", "/tts/bytes", "submit", self._speech),)

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"error_code": f"error_{code}", "title": "Refused", "message": message, "request_id": "r1"})

    def _speech(self, seen: Seen, _: re.Match[str]) -> Given:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", seen.headers.get("cartesia-version", "")):
            raise Refusal(400, "cartesia-version is required")
        body = json_of(seen)
        allow(body, ("model_id", "transcript", "voice", "language", "output_format", "generation_config"), 400)
        need(body, {"model_id": str, "transcript": str, "voice": dict, "output_format": dict}, 400)
        _check_voice(body)
        media_type = _checked_format(body["output_format"])
        self.take(f"speech-{self.submits}", body, media_type)
        return Given(body=SAMPLES[media_type][1], headers={"content-type": media_type})


def _check_voice(body: Mapping[str, Any]) -> None:
    allow(body["voice"], ("mode", "id"), 400)
    need(body["voice"], {"mode": str, "id": str}, 400)
    config = body.get("generation_config", {"speed": 1})
    allow(config, ("speed", "volume", "emotion"), 400)
    if body["voice"]["mode"] != "id" or body.get("language", "en") not in _LANGUAGES:
        raise Refusal(400, "the voice or the language is not known")
    if not config or not 0.6 <= config.get("speed", 1) <= 1.5:
        raise Refusal(400, "generation_config is empty or out of bounds")


def _checked_format(asked: Mapping[str, Any]) -> str:
    if asked.get("container") not in _FORMATS:
        raise Refusal(400, "the container is not known")
    media_type, fields = _FORMATS[asked["container"]]
    allow(asked, tuple(fields), 400)
    need(asked, fields, 400)
    if asked.get("encoding", "pcm_s16le") != "pcm_s16le" or asked["sample_rate"] not in (22050, 44100):
        raise Refusal(400, "the format cannot be made")
    return media_type
