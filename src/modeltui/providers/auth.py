"""The closed list of ways to show a key, and the one gate that it passes through."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from modeltui.domain.document import Document
from modeltui.errors import ProviderError
from modeltui.providers.clock import Clock
from modeltui.providers.provider import Provider, is_loopback_host
from modeltui.providers.secrets import Secret, SecretSource, find_key, find_signing_key
from modeltui.providers.wire import HIDDEN


class Target(NamedTuple):
    """Where a request really goes: the parts of its URL as the HTTP client has parsed it."""

    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int
    has_userinfo: bool


@dataclass(frozen=True, slots=True)
class Gate:
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
        return {self.provider.auth.header: self._credential(self.key)}

    def scrub(self, text: str) -> str:
        """`text` without any key that an answer may have echoed."""
        for secret in (self.key, self.signing_key):
            if secret is not None:
                text = text.replace(secret.reveal(), HIDDEN)
        return text

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

    def _credential(self, key: Secret) -> str:
        match self.provider.auth.scheme:
            case "bearer":
                return f"Bearer {key.reveal()}"
            case "key":
                return f"Key {key.reveal()}"
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
