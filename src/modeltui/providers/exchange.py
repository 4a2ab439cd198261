"""One call and its answer: the submit, or what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from modeltui.domain.call import Call
from modeltui.domain.document import ABSENT
from modeltui.domain.placeholder import as_text, compile_path, render
from modeltui.errors import ProviderError
from modeltui.providers.auth import Gate
from modeltui.providers.contract import FollowUp
from modeltui.providers.http import Http
from modeltui.providers.provider import Provider
from modeltui.providers.replies import Reply, judge
from modeltui.providers.wire import Outgoing, outgoing, outgoing_to

_MAX_ANSWER = 64 << 20
_FOLLOW_UP_S = 60


@dataclass(frozen=True, slots=True)
class Exchange:
    http: Http
    gate: Gate

    @property
    def provider(self) -> Provider:
        return self.gate.provider

    async def submit(self, call: Call, timeout_s: float) -> Reply:
        """Raises NotSentError, LostError, or another ProviderError."""
        return await self._send(outgoing(self.provider, call), timeout_s)

    async def follow(self, follow_up: FollowUp, scope: Mapping[str, Any], timeout_s: float = _FOLLOW_UP_S) -> Reply:
        """A call after the submit. Raises as `submit` does, and ProviderError where `scope` lacks what it needs."""
        call = Call(
            method=follow_up.method,
            path="" if follow_up.path is None else _needed(compile_path(follow_up.path)(scope), follow_up.path),
            query=_texts(follow_up.query, scope),
            headers=_texts(follow_up.headers, scope),
            body=None if follow_up.body is None else _needed(render(follow_up.body, scope), "its body"),
        )
        if follow_up.url is None:
            return await self._send(outgoing(self.provider, call), timeout_s)
        url = as_text(_needed(render(follow_up.url, scope), follow_up.url))
        return await self._send(outgoing_to(self.provider, absolute(self.provider, url), call), timeout_s)

    async def _send(self, request: Outgoing, timeout_s: float) -> Reply:
        answer = await self.http.send(request, self.gate.pass_through, timeout_s=timeout_s, max_bytes=_MAX_ANSWER)
        return judge(answer, self.provider.errors, self.gate.clock.now())


def absolute(provider: Provider, url: str) -> str:
    """A URL that the provider gave; one that begins with a slash is on the host of `base_url`."""
    if not url.startswith("/") or url.startswith("//"):
        return url
    base = urlsplit(provider.base_url)
    return f"{base.scheme}://{base.netloc}{url}"


def _needed(value: Any, template: str) -> Any:
    if value is ABSENT:
        raise ProviderError(
            f"the provider's answers hold nothing for {template}", hint="compare [request.save] with what it answered"
        )
    return value


def _texts(template: Mapping[str, str], scope: Mapping[str, Any]) -> Mapping[str, str]:
    filled = render(dict(template), scope)
    return {} if filled is ABSENT else {name: as_text(value) for name, value in filled.items()}
