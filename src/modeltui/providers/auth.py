"""The closed list of ways to show a key, and the one gate that it passes through."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.domain.key import SecretSource
from modeltui.errors import ProviderError
from modeltui.providers.clock import Clock
from modeltui.providers.provider import Provider, is_loopback_host
from modeltui.providers.secrets import Secret, find_key, find_signing_key
from modeltui.providers.wire import HIDDEN

_TOKEN = re.compile(r"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
"""What `_token` makes: as good as the key while it lasts."""
_SHORTEST = 8
_TOKEN_BYTES = re.compile(_TOKEN.pattern.encode())


class Target(NamedTuple):
    """Where a request really goes: the parts of its URL as the HTTP client has parsed it."""

    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int
    has_userinfo: bool


class Gate(Struct, frozen=True):
    """Hands out the auth header of one provider, and only for the places on its list."""

    provider: Provider
    clock: Clock
    key: Secret | None = None
    signing_key: Secret | None = None

    def pass_through(self, target: Target) -> Mapping[str, str]:
        """The auth header for `target`. Raises ProviderError for any place that is not the provider's own."""
        self._check(target)
        if self.key is None:
            return {}
        self._check_bound(target)
        return {self.provider.auth.header: self._credential(self.key)}

    def scrub(self, text: str) -> str:
        """`text` without any key that an answer may have echoed."""
        for shown in self._shown():
            text = text.replace(shown, HIDDEN)
        return text if self.signing_key is None else _TOKEN.sub(HIDDEN, text)

    def scrub_bytes(self, content: bytes) -> bytes:
        """The same for an answer as it came, before anything of it is read, cut or kept."""
        for shown in self._shown():
            if len(shown) < _SHORTEST:  # such a one may stand in any picture
                continue
            content = content.replace(shown.encode(), HIDDEN.encode())
        return content if self.signing_key is None else _TOKEN_BYTES.sub(HIDDEN.encode(), content)

    def _shown(self) -> Iterator[str]:
        """Each key as answers may echo it: as it is, as a URL has it, as JSON may have it."""
        for secret in (self.key, self.signing_key):
            if secret is not None:
                key = secret.reveal()
                yield from sorted({key, quote(key, safe=""), json.dumps(key)[1:-1], key.replace("/", "\\/")})

    def _check(self, target: Target) -> None:
        provider = self.provider
        is_safe = target.scheme == "https" or (
            target.scheme == "http" and provider.is_loopback and is_loopback_host(target.host)
        )
        if is_safe and not target.has_userinfo and (target.host, target.port) in provider.hosts:
            return
        raise ProviderError(
            f"{provider.name} is not at {target.scheme}://{target.host}:{target.port}; nothing was sent there",
            hint=f"if it is, an operator can add the host to `hosts` of providers/{provider.id}.toml",
        )

    def _check_bound(self, target: Target) -> None:
        """A key that is kept for some hosts goes to no other, whatever the provider's file says by now."""
        for secret in (self.key, self.signing_key):
            if secret is not None and secret.places and (target.host, target.port) not in secret.places:
                raise ProviderError(
                    f"the key of {self.provider.name} is kept for other hosts than {target.host}:{target.port}; "
                    "nothing was sent there",
                    hint=f"if that host is right, `modeltui keys set {self.provider.id}` binds the key anew",
                )

    def _credential(self, key: Secret) -> str:
        match self.provider.auth.scheme:
            case "bearer":
                return f"Bearer {key.reveal()}"
            case "key":
                return f"Key {key.reveal()}"
            case "prefixed":
                return f"{self.provider.auth.prefix} {key.reveal()}"
            case "jwt_hs256" if self.signing_key is not None:
                return f"Bearer {self._token(key, self.signing_key)}"
            case _:
                return key.reveal()

    def _token(self, issuer: Secret, signing_key: Secret) -> str:
        now = int(self.clock.now().timestamp())
        header = {"alg": "HS256", "typ": "JWT"}
        claims = {"iss": issuer.reveal(), "exp": now + int(self.provider.auth.lifetime_s), "nbf": now - 5}
        signed = f"{_base64url(_json(header))}.{_base64url(_json(claims))}"
        digest = hmac.new(signing_key.reveal().encode(), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64url(digest)}"


def gate_of(provider: Provider, model: Document, source: SecretSource, clock: Clock) -> Gate:
    """The gate with the keys that this model uses. Raises ProviderError or RefusedError where there is none."""
    if provider.auth.scheme == "none":
        return Gate(provider, clock)
    key = find_key(provider, model, source)
    needs_two = provider.auth.scheme == "jwt_hs256"
    return Gate(provider, clock, key, find_signing_key(provider, source) if needs_two else None)


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
