"""The shape of `providers/<provider>.toml`: where requests may go, with which key, and how errors read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import Field

from modeltui.domain.header import LONGEST_AUTH_WORD
from modeltui.domain.schema.kinds import (
    AtLeastOne,
    Codes,
    EnvNames,
    EnvPatterns,
    Interval,
    Kind,
    Name,
    Positive,
    ProviderId,
    SchemaVersion,
    Text,
    Unit,
    matching,
)
from modeltui.domain.schema.table import Clash, Table
from modeltui.domain.schema.templates import Expression, HeaderName, HeaderText

_HOST = r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?"

BaseUrl: TypeAlias = Annotated[
    str,
    matching(rf"https?://{_HOST}(?:/[A-Za-z0-9._~-]+)*/?"),
    Kind("URL", "https://HOST/PATH without user, query or fragment"),
]
Host: TypeAlias = Annotated[str, matching(_HOST), Kind("host", "an exact host, such as api.example.com")]
MediaHost: TypeAlias = Annotated[
    str, matching(rf"(?:\*\.)?{_HOST}"), Kind("host", "a host, or *. and a domain for all below it")
]
AuthWord: TypeAlias = Annotated[
    str, matching(rf"[!#$%&'*+.^_`|~0-9A-Za-z-]{{1,{LONGEST_AUTH_WORD}}}"), Kind("word", "one word, such as Token")
]
LOOPBACK_NAMES = "LOOPBACK_"


class Auth(Table):
    """How a request shows its key. Names of keys only; a key itself never stands in a file."""

    scheme: Literal["bearer", "key", "prefixed", "header", "jwt_hs256", "none"]
    """`Authorization: Bearer K`, `Key K`, another word and K, a header of its own, a signed token, or no key."""
    prefix: AuthWord | None = None
    """Scheme prefixed only: the word before the key, as `Token`."""
    header: HeaderName | None = None
    """Scheme header only: the name of the header."""
    env: EnvNames | None = None
    """Names of the key; the first one that is set wins."""
    env_allow: EnvPatterns | None = None
    """Other names that a model file may ask for with `keys`; none where absent."""
    secret_env: EnvNames | None = None
    """Scheme jwt_hs256 only: names of the signing key; `env` then names the issuer."""
    lifetime_s: Interval | None = None
    """Scheme jwt_hs256 only: how long a token is good; 1800 where absent."""

    def clashes(self) -> Iterator[Clash]:
        for name, scheme in (
            ("prefix", "prefixed"),
            ("header", "header"),
            ("secret_env", "jwt_hs256"),
            ("lifetime_s", "jwt_hs256"),
        ):
            if getattr(self, name) is not None and self.scheme != scheme:
                yield Clash("misplaced-key", (name,), f"has a meaning only with scheme {scheme}", "take it out")
        if self.scheme == "header" and self.header is None:
            yield Clash("missing-key", ("header",), "is missing; scheme header needs it")
        if self.scheme == "prefixed" and self.prefix is None:
            yield Clash("missing-key", ("prefix",), "is missing; scheme prefixed needs it", 'such as prefix = "Token"')
        if self.scheme == "jwt_hs256" and not self.secret_env:
            yield Clash("missing-key", ("secret_env",), "is missing; scheme jwt_hs256 needs it")
        if self.scheme != "none" and not self.env:
            yield Clash("missing-key", ("env",), f"is missing; scheme {self.scheme} needs the name of a key")


class Errors(Table):
    """How to read what goes wrong. Codes are HTTP statuses and the answer's own codes, as text."""

    failed: Expression | None = None
    """True where an answer with HTTP status 200 is an error all the same."""
    failed_headers: dict[HeaderName, Codes] | None = None
    """Headers of an answer, each with the values that mean the same."""
    partial: Expression | None = None
    """Where an answer says that it is not whole; what there is of it is kept."""
    code: Expression | None = None
    """Where the answer has a code of its own."""
    message: Expression | None = None
    """Where the answer says what is wrong."""
    throttled: Codes | None = None
    """Refused for its rate, so a request may be sent again; 429 where absent."""
    money: Codes | None = None
    """About money, so never sent again; 402 where absent."""
    refused: Codes | None = None
    """Surely not accepted, among codes that would be doubtful otherwise."""
    transient: Codes | None = None
    """Polls and downloads go on after these, besides 408, 425, 429 and 5xx."""
    unseen: Codes | None = None
    """What polling may answer during a model's `grace_s`; 404 where absent."""
    retry_text: Expression | None = None
    """A text that holds the seconds to wait."""


class RequestRate(Table):
    """So many requests in a time."""

    count: AtLeastOne
    """Requests …"""
    per_s: Annotated[Positive, Unit("s")]
    """… in this many seconds."""


class ProviderLimits(Table):
    """What the provider takes at a time."""

    concurrency: AtLeastOne | None = None
    """Jobs at once."""
    requests: Annotated[list[RequestRate], MinLen(1)] | None = None
    """Requests in a time."""


class ProviderFile(Table):
    """One provider: the anchor of trust, written by the operator."""

    schema_version: Annotated[SchemaVersion, Field(alias="schema")]
    """Version of this format."""
    id: ProviderId
    """Equals the name of the file."""
    name: Text
    """What people call it."""
    base_url: BaseUrl
    """What the paths of model files are below."""
    bases: dict[Name, BaseUrl] | None = None
    """Other places of the provider, by name, for `base` of `[[before]]`; their hosts are in `hosts` too."""
    hosts: Annotated[list[Host], MinLen(1)]
    """Where requests may go, and the key with them: exact hosts, with port where it is not 443."""
    media_hosts: list[MediaHost] | None = None
    """Where results may be downloaded from, never with the key."""
    loopback: bool | None = None
    """All hosts are this machine; http is allowed. False where absent."""
    transport: Literal["https", "sandbox"] | None = None
    """`sandbox` is answered inside the process; https where absent."""
    docs: Text | None = None
    """Where an operator reads on, and gets a key."""
    verified_on: date | None = None
    """Day on which this file was last checked."""
    source: Text | None = None
    """Where it was checked."""
    auth: Auth
    headers: dict[HeaderName, HeaderText] | None = None
    """Sent with every request, never with downloads."""
    errors: Errors | None = None
    limits: ProviderLimits | None = None

    def clashes(self) -> Iterator[Clash]:
        hosts = {_with_port(host) for host in self.hosts}
        bases = ((("bases", name), url) for name, url in (self.bases or {}).items())
        for at, url in ((("base_url",), self.base_url), *bases):
            if url.startswith("http:") and not self.loopback:
                yield Clash("bad-value", at, "is http, expected https", "http is for `loopback = true`")
            if _host_of(url) not in hosts:
                says = f"does not hold the host of `{'.'.join(at)}`"
                yield Clash("bad-value", ("hosts",), says, "add it")
        yield from self._loopback()
        for name in self.headers or {}:
            if name.casefold() == (self.auth.header or "authorization").casefold():
                yield Clash("forbidden-header", ("headers", name), "is the header of the key", "take it out")

    def _loopback(self) -> Iterator[Clash]:
        if not self.loopback:
            return
        for name in ("env", "env_allow", "secret_env"):
            for key in getattr(self.auth, name) or ():
                if not key.startswith(LOOPBACK_NAMES):
                    yield Clash(
                        "bad-value",
                        ("auth", name),
                        f"names {key}, expected a name that begins with {LOOPBACK_NAMES}",
                        "a real key never goes to a loopback provider",
                    )


def _host_of(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return _with_port(rest.partition("/")[0], "80" if scheme == "http" else "443")


def _with_port(host: str, port: str = "443") -> str:
    return host.casefold() if re.search(r":[0-9]+$", host) else f"{host.casefold()}:{port}"
