"""A file from the web, read once: https only, from the open internet, capped in bytes and seconds, with no key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urljoin

from modeltui.errors import ProviderError
from modeltui.providers.auth import Target
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.http import Http, Incoming, resolved
from modeltui.providers.wire import USER_AGENT, Outgoing

DEADLINE_S: Final = 60.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 3
_BY_HAND: Final = "or download it, and name the file"
_HINTS: Final[Mapping[int, str]] = {
    401: f"no key is sent there: {_BY_HAND.removeprefix('or ')}",
    403: f"no key is sent there: {_BY_HAND.removeprefix('or ')}",
    404: "is the URL right?",
    410: "is the URL right?",
}


def _open() -> Http:
    return Http(resolve=resolved)


def fetched(url: str, most: int, *, opens: Callable[[], Http] = _open, deadline_s: float = DEADLINE_S) -> bytes:
    """The bytes behind a URL. Raises ProviderError. Not to be called where an event loop runs."""

    async def fetch() -> bytes:
        async with asyncio.timeout(deadline_s), opens() as http:
            return await _fetched(http, url, most, deadline_s)

    try:
        return asyncio.run(fetch())
    except TimeoutError as error:
        raise LostError(f"no whole answer within {deadline_s:g} seconds", hint=_BY_HAND) from error
    except NotSentError as error:
        raise NotSentError(error.message, hint=f"check the network, {_BY_HAND}") from error


async def _fetched(http: Http, url: str, most: int, deadline_s: float) -> bytes:
    for _ in range(_MOST_REDIRECTS + 1):
        outgoing = Outgoing("GET", url, {"user-agent": USER_AGENT})
        async with http.download(outgoing, _permit, timeout_s=deadline_s) as incoming:
            if incoming.status not in _REDIRECTS:
                return await _body(incoming, most)
            url = _next(url, incoming.headers.get("location", ""))
    raise ProviderError(f"it was redirected more than {_MOST_REDIRECTS} times")


async def _body(incoming: Incoming, most: int) -> bytes:
    if incoming.status != 200:
        raise ProviderError(f"it answered {incoming.status}", hint=_HINTS.get(incoming.status))
    body = bytearray()
    async for chunk in incoming.chunks:
        body += chunk
        if len(body) > most:
            raise ProviderError(f"it has more than {most:,} bytes")
    return bytes(body)


def _permit(target: Target) -> Mapping[str, str]:
    """No header is added. Asked again for every redirect."""
    if target.scheme != "https":
        raise ProviderError(f"{target.scheme}://{target.host} is not https", hint=_BY_HAND)
    if target.has_userinfo:
        raise ProviderError("a URL with a user or a password is not asked", hint="download it, and name the file")
    return {}


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise ProviderError("it was redirected to what is no URL", hint=_BY_HAND) from error
