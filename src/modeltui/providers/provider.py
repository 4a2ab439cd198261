"""A provider file, typed: where requests may go, with which key, and how its errors read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

from msgspec import Struct, field

from modeltui.domain.document import Document
from modeltui.domain.header import is_auth_word, is_forbidden, is_well_formed
from modeltui.domain.key import place_of
from modeltui.domain.reading import Table, whole
from modeltui.errors import InvalidValueError

Scheme: TypeAlias = Literal["bearer", "key", "prefixed", "header", "jwt_hs256", "none"]
Transport: TypeAlias = Literal["https", "sandbox"]

LOOPBACK_KEY = "LOOPBACK_"
"""How the key names of a loopback provider begin, so that no real key is ever sent in clear text."""

_BASE_URL = re.compile(r"(https?)://((?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?)((?:/[A-Za-z0-9._~-]+)*)/?")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")
PORTS = {"https": 443, "http": 80}
"""Where a URL goes that names no port."""


class Auth(Struct, frozen=True):
    scheme: Scheme = "none"
    header: str = "authorization"
    """Name of the header that carries the key, in lower case."""
    prefix: str = ""
    """The word before the key, for scheme prefixed."""
    env: tuple[str, ...] = ()
    env_allow: tuple[str, ...] = ()
    secret_env: tuple[str, ...] = ()
    lifetime_s: float = 1800


class Errors(Struct, frozen=True):
    """How to read what goes wrong. Expressions are JMESPath, lists hold codes as text."""

    failed: str = ""
    failed_headers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Names in lower case, with the values that mean failure."""
    partial: str = ""
    code: str = ""
    message: str = ""
    throttled: frozenset[str] = frozenset({"429"})
    money: frozenset[str] = frozenset({"402"})
    refused: frozenset[str] = frozenset()
    transient: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset({"404"})
    retry_text: str = ""


class Provider(Struct, frozen=True):
    id: str
    name: str
    base_url: str
    """Without a slash at the end."""
    hosts: frozenset[tuple[str, int]]
    """Host in lower case and port: the only places where a call, and the key, may go."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Other places of the provider by name, as `base_url`."""
    media_hosts: tuple[str, ...] = ()
    """Where results may be downloaded from, without the key; `*.` at the start means any subdomain."""
    is_loopback: bool = False
    transport: Transport = "https"
    auth: Auth = Auth()
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = Errors()


def provider_of(document: Document) -> Provider:
    """Raises InvalidValueError, naming the field, for a provider file that cannot be worked with."""
    table = whole(document)
    is_loopback = table.flag("loopback")
    auth = _auth(table.table("auth"))
    base_url, base_host = _base_url(table, is_loopback, "base_url")
    hosts = frozenset(_host(table, entry, is_loopback) for entry in table.texts("hosts"))
    if base_host not in hosts:
        table.refuse("must hold the host of base_url", "hosts")
    bases = {}
    for name in (places := table.table("bases") or Table({}, ("bases",))).values:
        bases[name], host = _base_url(places, is_loopback, name)
        if host not in hosts:
            table.refuse(f"must hold the host of bases.{name}", "hosts")
    return Provider(
        id=table.needed_text("id"),
        name=table.text("name") or table.needed_text("id"),
        base_url=base_url,
        hosts=hosts,
        bases=bases,
        media_hosts=tuple(host.casefold() for host in table.texts("media_hosts")),
        is_loopback=is_loopback,
        transport=cast("Transport", _choice(table, "transport", ("https", "sandbox"))),
        auth=auth,
        headers=_headers(table.table("headers"), auth),
        errors=_errors(table.table("errors")),
    )


def check_headers(headers: Mapping[str, str], auth: Auth) -> None:
    """Raises InvalidValueError for a header that decides where a request goes, who sends it or how it is framed."""
    for name, value in headers.items():
        if is_forbidden(name) or name.casefold() == auth.header:
            raise InvalidValueError(f"a catalogue file may not set the header {name!r}", hint="take it out of the file")
        if not is_well_formed(name, value):
            raise InvalidValueError(f"the header {name!r} cannot be sent", hint="use printable ASCII on one line")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine by its very name; no look-up is made."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _base_url(table: Table, is_loopback: bool, name: str) -> tuple[str, tuple[str, int]]:
    match = _BASE_URL.fullmatch(table.needed_text(name))
    if match is None:
        table.refuse("must be https://HOST/PATH without user, query or fragment", name)
    scheme, netloc, path = match.groups()
    if scheme == "http" and not is_loopback:
        table.refuse("must be https (http is for `loopback = true`)", name)
    return f"{scheme}://{netloc}{path}", place_of(netloc, PORTS[scheme])


def _host(table: Table, entry: str, is_loopback: bool) -> tuple[str, int]:
    if not _HOST.fullmatch(entry):
        table.refuse(f"{entry!r} is not an exact host such as api.example.com or api.example.com:8443", "hosts")
    host, port = place_of(entry, 443)
    if is_loopback != is_loopback_host(host):
        table.refuse("must be this machine where `loopback = true`, and elsewhere never this machine", "hosts")
    return host, port


def _headers(table: Table | None, auth: Auth) -> Mapping[str, str]:
    if table is None:
        return {}
    headers = {name.casefold(): table.needed_text(name) for name in table.values}
    check_headers(headers, auth)
    return headers


def _auth(table: Table | None) -> Auth:
    if table is None:
        return Auth()
    scheme = cast("Scheme", _choice(table, "scheme", ("none", "bearer", "key", "prefixed", "header", "jwt_hs256")))
    header = table.needed_text("header").casefold() if scheme == "header" else "authorization"
    prefix = table.needed_text("prefix") if scheme == "prefixed" else ""
    if scheme == "prefixed" and not is_auth_word(prefix):
        table.refuse("must be one word, such as Token", "prefix")
    lifetime = table.number("lifetime_s")
    return Auth(
        scheme=scheme,
        header=header,
        prefix=prefix,
        env=table.texts("env"),
        env_allow=table.texts("env_allow"),
        secret_env=table.texts("secret_env"),
        lifetime_s=1800 if lifetime is None else lifetime,
    )


def _errors(table: Table | None) -> Errors:
    if table is None:
        return Errors()
    codes = {
        name: frozenset(table.texts(name))
        for name in ("throttled", "money", "refused", "transient", "unseen")
        if name in table.values
    }
    texts = {name: table.text(name) or "" for name in ("failed", "partial", "code", "message", "retry_text")}
    headers = table.table("failed_headers")
    marks = {name.casefold(): frozenset(headers.texts(name)) for name in headers.values} if headers else {}
    return Errors(failed_headers=marks, **codes, **texts)  # type: ignore[arg-type]


def _choice(table: Table, name: str, allowed: tuple[str, ...]) -> str:
    """One of `allowed`; the first where the file does not say."""
    value = table.text(name) or allowed[0]
    if value not in allowed:
        table.refuse(f"must be one of {', '.join(allowed)}", name)
    return value
