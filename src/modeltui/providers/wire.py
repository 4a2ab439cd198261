"""The exact request: a provider's address and headers put to what a model file describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from modeltui.domain.call import Call
from modeltui.domain.document import Document
from modeltui.domain.url_path import path_fault
from modeltui.errors import InvalidValueError
from modeltui.providers.multipart import encoded, parts_of
from modeltui.providers.provider import Provider, check_headers, provider_of

HIDDEN = "***"
"""What stands where a key would."""
USER_AGENT = "modeltui"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request ready for the network but for its key."""

    method: str
    url: str
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes | None = field(default=None, repr=False)


def outgoing(provider: Provider, call: Call, base_url: str | None = None) -> Outgoing:
    """Raises InvalidValueError for a call that leaves its provider or cannot be encoded."""
    return outgoing_to(provider, absolute_url(provider, call.path, base_url), call)


def outgoing_media(provider: Provider, url: str, call: Call) -> Outgoing:
    """To a place that is not the provider's own, such as a signed URL: without the headers of its file."""
    return outgoing_to(replace(provider, headers={}), url, call)


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


def absolute_url(provider: Provider, path: str, base_url: str | None = None) -> str:
    """The URL of a path below `base_url`, or the provider's. Raises InvalidValueError for one that leads elsewhere."""
    if (fault := path_fault(path)) is not None:
        raise InvalidValueError(f"{path!r} {fault.says}", hint=fault.hint)
    stripped = path.lstrip("/")
    base = base_url or provider.base_url
    return f"{base}/{stripped}" if stripped else base


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
        case "bytes":
            return None, _bytes(call.body)
        case "json":
            return "application/json", _json(call.body)


def _json(body: Any) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(
            f"the request cannot be written as JSON: {error}", hint="dates are texts in [request.body]"
        ) from error


def _bytes(body: Any) -> bytes:
    if not isinstance(body, bytes):
        raise InvalidValueError("the body is no file", hint='with encoding bytes, write body = "${file.bytes}"')
    return body


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
