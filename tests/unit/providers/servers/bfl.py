"""Black Forest Labs: polling at a regional host, two words for what is moderated, results that live ten minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from unit.providers.loopback import Given, Loopback, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, Route, json_of, need


class BflServer(ProtocolServer):
    provider = "bfl"
    auth = ("x-key", "")
    life = ("Pending", "Pending", "Ready")

    def __init__(self) -> None:
        super().__init__()
        self.regional = Loopback(self)
        """On the provider's list."""
        self.stranger = Loopback(self)
        """On no list."""
        self.polled_at = self.regional

    @property
    def servers(self) -> tuple[Loopback, ...]:
        return *super().servers, self.regional, self.stranger

    def document(self) -> dict[str, Any]:
        return {**super().document(), "hosts": [self.api.host, self.regional.host]}

    def routes(self) -> Sequence[Route]:
        return [
            Route("GET", "/v1/get_result", "poll", self._poll),
            Route("POST", r"/v1/(flux-[\w.-]+)", "submit", self._submit),
        ]

    @property
    def failed_state(self) -> str:
        return "Error"

    def moderate(self) -> None:
        self.fail("Derivative Works Filter", "Request Moderated")

    def error(self, code: int, message: str) -> Given:
        return Given(code, {"detail": message})

    def _submit(self, seen: Seen, _: re.Match[str]) -> Given:
        body = json_of(seen)
        need(body, {"prompt": str})
        if any(isinstance(value, dict) for value in body.values()):
            raise Refusal(422, "the body is flat")
        job = self.take(f"b{len(self.jobs) + 1}", body, "image/jpeg")
        url = f"{self.polled_at.url}/v1/get_result?id={job.id}"
        return Given(200, {"id": job.id, "polling_url": url, "cost": 6.0, "input_mp": 0, "output_mp": 1})

    def _poll(self, seen: Seen, _: re.Match[str]) -> Given:
        if seen.query.get("id") not in self.jobs:
            return Given(200, {"id": seen.query.get("id"), "status": "Task not found", "result": None})
        job = self.jobs[seen.query["id"]]
        state = job.next_state()
        told: dict[str, Any] = {"id": job.id, "status": state, "result": None, "progress": None, "details": None}
        if state == "Ready":
            told["result"] = {"sample": job.urls[0], "prompt": job.asked["prompt"]}
        elif state != "Pending":
            told["details"] = {"reason": job.error}
        return Given(200, told)
