"""One call and its answer: the submit, or what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from modeltui.domain.call import Call
from modeltui.domain.document import ABSENT
from modeltui.domain.request.placeholder import as_text, compile_path, render
from modeltui.errors import InvalidValueError, ProviderError
from modeltui.providers.auth import Gate, Target
from modeltui.providers.contract import FollowUp
from modeltui.providers.download import is_known
from modeltui.providers.expression import is_set, search
from modeltui.providers.http import Answer, Http
from modeltui.providers.provider import PORTS, Provider
from modeltui.providers.replies import Reply, judge
from modeltui.providers.wire import Outgoing, outgoing, outgoing_media, outgoing_to

_MAX_ANSWER = 64 << 20
_FOLLOW_UP_S = 60
_LONGEST_WORD = 80
_UPLOAD_S = 600


class Exchange(Struct, frozen=True):
    http: Http
    gate: Gate

    @property
    def provider(self) -> Provider:
        return self.gate.provider

    def partial(self, reply: Reply) -> str:
        """The provider's word for an answer that is not whole; empty for one that is. Loses no paid answer."""
        expression = self.provider.errors.partial
        try:
            found = search(expression, reply.data) if expression and reply.data is not None else None
        except ProviderError:
            return ""
        return as_text(found)[:_LONGEST_WORD] if is_set(found) else ""

    async def submit(self, call: Call, timeout_s: float) -> Reply:
        """Raises NotSentError, LostError, or another ProviderError."""
        return await self._send(outgoing(self.provider, call), timeout_s)

    async def follow(self, follow_up: FollowUp, scope: Mapping[str, Any], timeout_s: float = _FOLLOW_UP_S) -> Reply:
        """A call after the submit. Raises as `submit` does, and ProviderError where `scope` lacks what it needs."""
        call = _call(follow_up, scope)
        if follow_up.url is None:
            return await self._send(outgoing(self.provider, call, self._base(follow_up)), timeout_s)
        url = as_text(_needed(render(follow_up.url, scope), follow_up.url))
        return await self._send(outgoing_to(self.provider, absolute(self.provider, url), call), timeout_s)

    async def upload(self, follow_up: FollowUp, scope: Mapping[str, Any]) -> Reply:
        """A call before the submit: as `follow`, but a URL may also be of a media host, which gets no key."""
        if follow_up.url is None:
            return await self.follow(follow_up, scope, _UPLOAD_S)
        url = absolute(self.provider, as_text(_needed(render(follow_up.url, scope), follow_up.url)))
        call = _call(follow_up, scope)
        if _is_own(self.provider, url):
            return await self._send(outgoing_to(self.provider, url, call), _UPLOAD_S)
        answer = await self.http.send(
            outgoing_media(self.provider, url, call),
            self._media,
            timeout_s=_UPLOAD_S,
            max_bytes=_MAX_ANSWER,
            is_pinned=True,
        )
        return self._judged(answer)

    def _base(self, follow_up: FollowUp) -> str | None:
        if follow_up.base is None:
            return None
        if follow_up.base not in self.provider.bases:
            raise InvalidValueError(
                f"providers/{self.provider.id}.toml has no bases.{follow_up.base}", hint="an operator can add it there"
            )
        return self.provider.bases[follow_up.base]

    def _media(self, target: Target) -> Mapping[str, str]:
        if is_known(self.provider, target):
            return {}
        raise ProviderError(
            f"the file was to be uploaded to {target.scheme}://{target.host}:{target.port}, which is no host of "
            f"{self.provider.name}; nothing was sent there",
            hint=f"if it is right, an operator can add it to `media_hosts` of providers/{self.provider.id}.toml",
        )

    async def _send(self, request: Outgoing, timeout_s: float) -> Reply:
        answer = await self.http.send(request, self.gate.pass_through, timeout_s=timeout_s, max_bytes=_MAX_ANSWER)
        return self._judged(answer)

    def _judged(self, answer: Answer) -> Reply:
        """What it means, once no key stands in it any more: what is cut later could leave half of one."""
        gate = self.gate
        headers = {name: gate.scrub(value) for name, value in answer.headers.items()}
        clean = Answer(answer.status, headers, gate.scrub_bytes(answer.body))
        return judge(clean, self.provider.errors, gate.clock.now())


def _call(follow_up: FollowUp, scope: Mapping[str, Any]) -> Call:
    return Call(
        method=follow_up.method,
        path="" if follow_up.path is None else _needed(compile_path(follow_up.path)(scope), follow_up.path),
        query=_texts(follow_up.query, scope),
        headers=_texts(follow_up.headers, scope),
        body=None if follow_up.body is None else _needed(render(follow_up.body, scope), "its body"),
        encoding=follow_up.encoding,
    )


def _is_own(provider: Provider, url: str) -> bool:
    """Whether a URL seems to be of the provider's own hosts. The key's gate judges where it really goes."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)) in provider.hosts
    except ValueError:
        return False


def absolute(provider: Provider, url: str) -> str:
    """A URL that the provider gave; one that begins with a slash is on the host of `base_url`."""
    if not url.startswith("/") or url.startswith("//"):
        return url
    base = urlsplit(provider.base_url)
    return f"{base.scheme}://{base.netloc}{url}"


def _needed(value: Any, template: str) -> Any:
    if value is ABSENT:
        raise ProviderError(
            f"the provider's answers hold nothing that could stand for {template}",
            hint="compare [request.save] with what it answered",
        )
    return value


def _texts(template: Mapping[str, str], scope: Mapping[str, Any]) -> Mapping[str, str]:
    filled = render(dict(template), scope)
    return {} if filled is ABSENT else {name: as_text(value) for name, value in filled.items()}
