"""The exact request: a provider's address and headers put to what a model file describes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from modeltui.domain.call import Call
from modeltui.domain.document import Document
from modeltui.errors import InvalidValueError
from modeltui.providers.multipart import encoded, parts_of
from modeltui.providers.provider import Provider, check_headers, provider_of

HIDDEN = "***"
"""What stands where a key would."""
USER_AGENT = "modeltui"
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request ready for the network but for its key."""

    method: str
    url: str
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes | None = field(default=None, repr=False)


def outgoing(provider: Provider, call: Call) -> Outgoing:
    """Raises InvalidValueError for a call that leaves its provider or cannot be encoded."""
    return outgoing_to(provider, absolute_url(provider, call.path), call)


def outgoing_to(provider: Provider, url: str, call: Call) -> Outgoing:
    """The same to an absolute URL in place of the call's path; the key's gate decides whether it may be sent."""
    content_type, content = _content(call)
    headers = {"user-agent": USER_AGENT, **_headers(provider, call, content_type)}
    return Outgoing(call.method, _with_query(url, call.query), headers, content)


def redacted_request(provider: Document, call: Call) -> dict[str, Any]:
    """What would be sent, for people to read: `method`, `url`, `query`, `headers` (the key as ***), `body`.

    Of the headers, those that the files decide. Needs no key. Raises InvalidValueError for a call that cannot be sent.
    """
    known = provider_of(provider)
    headers = _headers(known, call, None)
    if known.auth.scheme != "none":
        headers[known.auth.header] = HIDDEN
    return {
        "method": call.method,
        "url": absolute_url(known, call.path),
        "query": dict(call.query),
        "headers": headers,
        "body": _shown_body(call),
    }


def absolute_url(provider: Provider, path: str) -> str:
    """The URL of a relative path. Raises InvalidValueError for one that could lead elsewhere."""
    if not _PATH.fullmatch(path):
        raise InvalidValueError(f"{path!r} is not a path", hint="percent-encode it; the query has a table of its own")
    if any(unquote(part) in (".", "..") for part in path.split("/")):
        raise InvalidValueError(f"{path!r} leads out of itself", hint="write the path without . and ..")
    stripped = path.lstrip("/")
    return f"{provider.base_url}/{stripped}" if stripped else provider.base_url


def _headers(provider: Provider, call: Call, content_type: str | None) -> dict[str, str]:
    own = {name.casefold(): value for name, value in call.headers.items()}
    check_headers(own, provider.auth)
    if content_type is not None:
        own["content-type"] = content_type
    return {**provider.headers, **own}


def _with_query(url: str, query: Mapping[str, str]) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _content(call: Call) -> tuple[str | None, bytes | None]:
    if call.body is None:
        return None, None
    match call.encoding:
        case "multipart":
            return encoded(parts_of(call.body))
        case "form":
            return "application/x-www-form-urlencoded", urlencode(_form(call.body), doseq=True).encode()
        case "json":
            return "application/json", _json(call.body)


def _json(body: Any) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(
            f"the request cannot be written as JSON: {error}", hint="dates are texts in [request.body]"
        ) from error


def _form(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise InvalidValueError("a form body is a table of fields", hint="see [request.body] of the model file")
    return {name: value if isinstance(value, str | list) else json.dumps(value) for name, value in body.items()}


def _shown_body(call: Call) -> Any:
    if call.encoding != "multipart" or call.body is None:
        return call.body
    shown: dict[str, Any] = {}
    for part in parts_of(call.body):
        text = part.content.decode("utf-8", "replace")
        shown[part.name] = text if part.file_name is None else f"<{part.media_type}, {len(part.content):,} bytes>"
    return shown
