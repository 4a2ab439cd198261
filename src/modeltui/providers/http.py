"""The only module that speaks HTTP: one client, no redirects, every answer capped in bytes and seconds."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self, TypeAlias

import httpx

from modeltui.domain.text import safe, without_secrets
from modeltui.errors import ProviderError
from modeltui.providers.addresses import is_public
from modeltui.providers.auth import Target
from modeltui.providers.faults import LostError, NotSentError
from modeltui.providers.provider import PORTS, Provider, is_loopback_host
from modeltui.providers.unpacking import ACCEPTED, unpacked
from modeltui.providers.wire import Outgoing

_CONNECT_S = 10
_MAX_ADDRESSES = 4
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_FAULTS = (httpx.HTTPError, httpx.StreamError, TimeoutError)

Permit: TypeAlias = Callable[[Target], Mapping[str, str]]
"""Judges where a request really goes and gives the headers to add; raises ProviderError to stop it."""

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A request as a server inside this process sees it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    content: bytes = field(repr=False)


Handler: TypeAlias = Callable[[Received], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a host as the system knows them, IPv4 first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return sorted(addresses, key=lambda address: ":" in address)


class Http:
    """One client. Use as a context manager; safe for many requests at once."""

    def __init__(
        self, *, handler: Handler | None = None, resolve: Resolve | None = None, is_loopback: bool = False
    ) -> None:
        """With `handler`, requests are answered inside this process. Without `resolve`, addresses are not judged.

        is_loopback: nor are those of hosts that name this machine.
        """
        transport = httpx.AsyncHTTPTransport(verify=tls()) if handler is None else _InProcess(handler)
        self._resolve = resolve
        self._is_loopback = is_loopback
        self._client = httpx.AsyncClient(
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            headers={"accept-encoding": ACCEPTED},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one host's cookie could reach another
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(
        self, outgoing: Outgoing, permit: Permit, *, timeout_s: float, max_bytes: int, is_pinned: bool = False
    ) -> Answer:
        """Send and read the whole answer. Raises NotSentError, LostError, or ProviderError from `permit`.

        is_pinned: only to public addresses, as downloads; for places that an operator did not name one by one.
        """
        opened = self._opened(outgoing, permit, timeout_s, is_pinned=is_pinned)
        try:
            async with asyncio.timeout(timeout_s), opened as answer:
                return Answer(answer.status, answer.headers, await _read(answer.chunks, max_bytes))
        except _FAULTS as error:
            raise _named(error) from error

    @asynccontextmanager
    async def download(self, outgoing: Outgoing, permit: Permit, *, timeout_s: float) -> AsyncIterator[Incoming]:
        """Open an answer to be read in chunks, only from public addresses, within `timeout_s` in all."""
        try:
            async with asyncio.timeout(timeout_s), self._opened(outgoing, permit, timeout_s, is_pinned=True) as answer:
                yield answer
        except _FAULTS as error:
            raise _named(error) from error

    @asynccontextmanager
    async def _opened(
        self, outgoing: Outgoing, permit: Permit, timeout_s: float, *, is_pinned: bool
    ) -> AsyncIterator[Incoming]:
        response = await self._respond(outgoing, permit, timeout_s, is_pinned=is_pinned)
        try:
            headers = _lower(response.headers)
            chunks = unpacked(response.aiter_raw(), headers.get("content-encoding", ""))
            yield Incoming(response.status_code, headers, chunks)
        finally:
            await response.aclose()

    async def _respond(
        self, outgoing: Outgoing, permit: Permit, timeout_s: float, *, is_pinned: bool
    ) -> httpx.Response:
        url = _parsed(outgoing.url)
        request = self._client.build_request(
            outgoing.method,
            url,
            headers={**outgoing.headers, **permit(_target(url))},
            content=outgoing.content,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S, pool=_CONNECT_S),
        )
        is_here = self._is_loopback and is_loopback_host(url.raw_host.decode("ascii"))
        if not is_pinned or self._resolve is None or is_here:
            return await self._client.send(request, stream=True)
        return await self._respond_pinned(request, await _public(self._resolve, url))

    async def _respond_pinned(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        """Connect to an address that was judged, so that a second look-up cannot give another."""
        url = request.url
        request.extensions = {**request.extensions, "sni_hostname": url.raw_host.decode("ascii")}
        for address in addresses[:-1]:
            request.url = url.copy_with(host=address)
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        request.url = url.copy_with(host=addresses[-1])
        return await self._client.send(request, stream=True)


def open_http(provider: Provider) -> Http:
    """The client for a provider: the network, or the sandbox inside this process."""
    if provider.transport == "sandbox":
        from modeltui.providers.sandbox.server import Sandbox  # noqa: PLC0415  # drawing is wanted only here

        sandbox = Sandbox()

        async def handler(received: Received) -> Answer:
            reply = await sandbox.answer(received.method, received.url, received.content)
            return Answer(reply.status, reply.headers, reply.body)

        return Http(handler=handler)
    return Http(resolve=resolved, is_loopback=provider.is_loopback)


@cache
def tls() -> ssl.SSLContext:
    """One for all clients: loading the certificates takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


class _InProcess(httpx.AsyncBaseTransport):
    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._handler(
            Received(request.method, str(request.url), _lower(request.headers), await request.aread())
        )
        return httpx.Response(answer.status, headers=dict(answer.headers), stream=httpx.ByteStream(answer.body))


async def _read(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise LostError(f"the answer is larger than {max_bytes:,} bytes")
    return bytes(body)


def _named(error: Exception) -> ProviderError:
    """A fault of the network by what it means for the request."""
    if isinstance(error, _NOT_SENT):
        return NotSentError(f"could not connect: {_reason(error)}", hint="check the network and base_url")
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return LostError("no whole answer in time")
    return LostError(f"the connection broke: {_reason(error)}")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _parsed(text: str) -> httpx.URL:
    """Raises ProviderError for what is no URL, or has a host that parsers may read in two ways."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        why = "" if "@" in text else f": {_reason(error)}"  # which may be a password, taken for a port
        raise ProviderError(f"{safe(without_secrets(text))[:200]} is not a URL{why}") from error
    if not _HOST.fullmatch(url.raw_host):
        raise ProviderError(f"{safe(without_secrets(text))[:200]} has no host that could be asked")
    return url


def _target(url: httpx.URL) -> Target:
    host = url.raw_host.decode("ascii").lower()
    return Target(url.scheme, host, url.port or PORTS.get(url.scheme, 0), bool(url.userinfo))


async def _public(resolve: Resolve, url: httpx.URL) -> Sequence[str]:
    host, port = url.raw_host.decode("ascii"), url.port or 443
    try:
        addresses = await resolve(host, port)
    except OSError as error:
        raise NotSentError(f"no address for {host}", hint="check the network") from error
    if not addresses or not all(map(is_public, addresses)):
        raise ProviderError(f"{host} is not on the open internet; nothing was fetched from it")
    return addresses[:_MAX_ADDRESSES]


def _lower(headers: httpx.Headers) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
