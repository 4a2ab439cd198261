"""Fetching results: from listed hosts, at most three redirects, capped, without the key unless the file says so."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from msgspec import Struct

from modeltui.domain.job import ResultFile
from modeltui.domain.text import safe
from modeltui.errors import ProviderError
from modeltui.providers.auth import Gate, Target
from modeltui.providers.faults import LaterError
from modeltui.providers.http import Http, Incoming, Permit
from modeltui.providers.new_file import NewFile
from modeltui.providers.provider import PORTS, Provider, is_loopback_host
from modeltui.providers.retry import is_transient, retry_after
from modeltui.providers.wire import USER_AGENT, Outgoing

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({401, 403, 404, 410})


class DownloadLimits(Struct, frozen=True):
    max_bytes: int = 1 << 30
    timeout_s: float = 600
    redirects: int = 3


class Downloader(Struct, frozen=True):
    http: Http
    gate: Gate
    folder: str
    is_authorized: bool = False
    """The first request carries the key, and so must go to one of the provider's own hosts."""
    limits: DownloadLimits = DownloadLimits()

    async def fetch(self, url: str, expected: str) -> ResultFile:
        """One try. Raises NotSentError, LostError or LaterError where another may do better, else ProviderError."""
        permit: Permit = self.gate.pass_through if self.is_authorized else self._media
        for _ in range(self.limits.redirects + 1):
            outgoing = Outgoing("GET", url, {"user-agent": USER_AGENT, "accept-encoding": "identity"})
            async with self.http.download(outgoing, permit, timeout_s=self.limits.timeout_s) as incoming:
                if incoming.status not in _REDIRECTS:
                    return await self._keep(incoming, expected)
                url = _next(url, incoming.headers.get("location", ""))
            permit = self._media
        raise ProviderError(f"the result was redirected more than {self.limits.redirects} times")

    async def _keep(self, incoming: Incoming, expected: str) -> ResultFile:
        self._check(incoming)
        with NewFile(self.folder, self.limits.max_bytes) as file:
            async for chunk in incoming.chunks:
                file.write(chunk)
            return await file.keep_in_thread(expected)

    def _check(self, incoming: Incoming) -> None:
        status = incoming.status
        if is_transient(status):
            after = retry_after(incoming.headers, "", self.gate.clock.now())
            raise LaterError(f"the download answered {status}", after_s=after)
        if status in _GONE:
            raise ProviderError(
                f"the download answered {status}: the link may have expired",
                hint="results are there only as long as the provider keeps them",
            )
        if not 200 <= status < 300:
            raise ProviderError(f"the download answered {status}")

    def _media(self, target: Target) -> Mapping[str, str]:
        """Let a download without the key go to the media hosts, and to the provider's own."""
        provider = self.gate.provider
        if is_known(provider, target):
            return {}
        raise ProviderError(
            f"the result is at {target.scheme}://{target.host}:{target.port}, where {provider.name} is not known to "
            "keep any; nothing was fetched",
            hint=f"if it is right, an operator can add the host to `media_hosts` of providers/{provider.id}.toml",
        )


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise ProviderError(f"the result was redirected to {safe(location)[:200]}, which is no URL") from error


def is_known(provider: Provider, target: Target) -> bool:
    """Whether a place is one of the provider's hosts or media hosts, and can be reached safely."""
    is_safe = target.scheme == "https" or (provider.is_loopback and is_loopback_host(target.host))
    return is_safe and not target.has_userinfo and _is_listed(provider, target)


def _is_listed(provider: Provider, target: Target) -> bool:
    if (target.host, target.port) in provider.hosts:
        return True
    for entry in provider.media_hosts:
        host, colon, port = entry.rpartition(":")
        host, wanted = (host, int(port)) if colon else (entry, PORTS["https"])
        if target.port == wanted and _fits(target.host, host):
            return True
    return False


def _fits(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) and host != pattern[1:] if pattern.startswith("*.") else host == pattern
