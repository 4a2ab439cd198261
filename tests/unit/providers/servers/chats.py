"""Chat completions as OpenAI has them and the gateways repeat them: what is taken, and what is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from unit.providers.loopback import Given, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, allow, json_of, need

USAGE = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}
FIELDS = ("model", "messages", "max_tokens", "temperature", "top_p", "stop", "seed", "stream", "reasoning_effort")


class ChatServer(ProtocolServer):
    """What the servers share whose errors and chats have OpenAI's shape."""

    chat_fields: Sequence[str] = FIELDS
    chat_media = "text/plain"
    cost: float | None = None
    """Of an answer, where the provider tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.says: Mapping[str, Any] = {"content": "Hello."}
        """The message of the next chats."""
        self.finish_reason = "stop"

    def error(self, code: int, message: str) -> Given:
        return Given(code, error_body(message, {429: "rate_limit_exceeded"}.get(code)))

    def say(self, finish_reason: str, **message: Any) -> None:
        """How the next chats end."""
        self.finish_reason, self.says = finish_reason, message

    def chat(self, seen: Seen, _: re.Match[str]) -> Given:
        body = self.read_chat(seen)
        self.take(f"chatcmpl-{self.submits}", body, self.chat_media)
        message = {"role": "assistant", **self.says}
        usage = USAGE if self.cost is None else {**USAGE, "cost": self.cost}
        choices = [{"index": 0, "message": message, "finish_reason": self.finish_reason}]
        return Given(body={"object": "chat.completion", "choices": choices, "usage": usage})

    def read_chat(self, seen: Seen) -> dict[str, Any]:
        """Raises Refusal for what no chat is."""
        body: dict[str, Any] = json_of(seen)
        allow(body, self.chat_fields, 400)
        need(body, {"model": str, "messages": list}, 400)
        check_messages(body["messages"], ("system", "developer", "user", "assistant"))
        if not 0 <= body.get("temperature", 1) <= 2:
            raise Refusal(400, "temperature must be from 0 to 2")
        for name in ("max_tokens", "max_completion_tokens"):
            if name in body:
                need(body, {name: int}, 400)
        return body


def error_body(message: str, code: str | int | None = None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def check_messages(messages: Sequence[Any], roles: Sequence[str]) -> None:
    """Raises Refusal for messages that are none, or hold nothing."""
    for message in messages:
        if not isinstance(message, dict):
            raise Refusal(400, "a message must be an object")
        allow(message, ("role", "content", "name"), 400)
        if message.get("role") not in roles or not message.get("content"):
            raise Refusal(400, f"a message has a role of {', '.join(roles)}, and content")
    if not messages or messages[-1]["role"] != "user":
        raise Refusal(400, "the last message is the user's")
