"""Anthropic's messages in both versions: with Bearer and without sampling, and as it was in 2023."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, Route, allow, json_of, need
from unit.providers.servers.chats import check_messages

ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class AnthropicServer(ProtocolServer):
    provider = "anthropic"
    version = "2026-10-21"
    sampling: Sequence[str] = ()
    """Fields that only the older version takes."""

    def __init__(self) -> None:
        super().__init__()
        self.content: list[dict[str, Any]] = [{"type": "text", "text": "Hello."}]
        self.stop_reason = "end_turn"
        self.extra: dict[str, Any] = {}

    def routes(self) -> Sequence[Route]:
        return (Route("POST", "/v1/messages", "submit", self._messages),)

    def error(self, code: int, message: str) -> Given:
        kind = ERRORS.get(code, "api_error")
        return Given(code, {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})

    def stop(self, reason: str, *content: dict[str, Any], **extra: Any) -> None:
        """How the next messages end."""
        self.stop_reason, self.content, self.extra = reason, list(content), extra

    def check_auth(self, seen: Seen) -> None:
        super().check_auth(seen)
        if {"authorization", "x-api-key"} <= seen.headers.keys():
            raise Refusal(401, "one of authorization and x-api-key")
        if seen.headers.get("anthropic-version") != self.version:
            raise Refusal(400, f"anthropic-version: {self.version} is needed here")

    def _messages(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        known = ("model", "max_tokens", "messages", "system", "thinking", "metadata", "stop_sequences")
        allow(body, (*known, *self.sampling), 400)
        need(body, {"model": str, "max_tokens": int, "messages": list}, 400)
        check_messages(body["messages"], ("user", "assistant"))
        if not 0 <= body.get("temperature", 1) <= 1:
            raise Refusal(400, "temperature: must be from 0 to 1")
        self._check_thinking(body)
        self.take(f"msg_{self.submits}", body, "text/plain")
        return Given(
            body={
                "type": "message",
                "role": "assistant",
                "content": self.content,
                "stop_reason": self.stop_reason,
                "usage": {"input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 0},
                **self.extra,
            }
        )

    @staticmethod
    def _check_thinking(body: dict[str, Any]) -> None:
        thinking = body.get("thinking")
        if thinking is None:
            return
        allow(thinking, ("type", "budget_tokens"), 400)
        if thinking.get("type") != "enabled" or not 1024 <= thinking.get("budget_tokens", 0) < body["max_tokens"]:
            raise Refusal(400, "thinking.budget_tokens: from 1024 to less than max_tokens")


class Anthropic2023Server(AnthropicServer):
    provider = "anthropic_2023"
    auth = ("x-api-key", "")
    version = "2023-06-01"
    sampling = ("temperature", "top_p", "top_k")
