"""The gateways of Lovable and Vercel in small: chats of OpenAI's shape, pictures in them as data URLs."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import PNG, Seen
from unit.providers.servers.base import Refusal, Route, allow, json_of, need
from unit.providers.servers.chats import FIELDS, ChatServer

DATA_URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


class VercelServer(ChatServer):
    provider = "vercel"
    chat_fields = (*FIELDS, "providerOptions")

    def routes(self) -> Sequence[Route]:
        return (Route("POST", "/v1/chat/completions", "submit", self.chat),)

    def read_chat(self, seen: Seen) -> dict[str, Any]:
        body = super().read_chat(seen)
        if not re.fullmatch(r"[a-z0-9-]+/[a-z0-9.-]+", body["model"]):
            raise Refusal(400, "model is creator/model")
        options = body.get("providerOptions", {})
        allow(options, ("gateway",), 400)
        allow(options.get("gateway", {}), ("order", "only"), 400)
        return body


class LovableServer(ChatServer):
    provider = "lovable"
    chat_fields = (*FIELDS, "modalities")
    chat_media = "image/png"

    def __init__(self) -> None:
        super().__init__()
        images = [{"type": "image_url", "image_url": {"url": DATA_URL}}]
        self.say("stop", content="Here it is.", images=images)

    def routes(self) -> Sequence[Route]:
        return (Route("POST", "/v1/chat/completions", "submit", self.chat),)

    def read_chat(self, seen: Seen) -> dict[str, Any]:
        body: dict[str, Any] = json_of(seen)
        if "messages" in body:
            return super().read_chat(seen)
        # The body of its older pictures, which the catalogue's first model still sends.
        allow(body, ("prompt", "aspect_ratio", "number_of_images", "seed"), 400)
        need(body, {"prompt": str}, 400)
        return body
