"""From a call to the exact request."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.call import Call
from modeltui.errors import InvalidValueError
from modeltui.providers.provider import provider_of
from modeltui.providers.wire import absolute_url, outgoing, redacted_request
from unit.providers.loopback import provider_file

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "id": "example",
    "name": "Example",
    "base_url": "https://api.example.com/v1/",
    "hosts": ["api.example.com"],
    "auth": {"scheme": "header", "header": "X-Key", "env": ["EXAMPLE_KEY"]},
    "headers": {"X-Version": "2"},
}
PROVIDER = provider_of(DOCUMENT)


def test_the_request_that_people_see_has_no_key_and_needs_none() -> None:
    call = Call("POST", "/things", {"a": "b c"}, {"Prefer": "wait"}, {"n": 1, "t": "ü"})
    assert redacted_request(DOCUMENT, call) == {
        "method": "POST",
        "url": "https://api.example.com/v1/things",
        "query": {"a": "b c"},
        "headers": {"x-version": "2", "prefer": "wait", "x-key": "***"},
        "body": {"n": 1, "t": "ü"},
    }


def test_a_provider_without_key_shows_none() -> None:
    assert "authorization" not in redacted_request(provider_file("sandbox"), Call("GET", "/"))["headers"]


def test_json_is_sent_as_the_official_clients_send_it() -> None:
    request = outgoing(PROVIDER, Call("POST", "/things", {"q": "a b&c"}, {}, {"t": "ü", "n": [1, 2.5, None, True]}))
    assert request.url == "https://api.example.com/v1/things?q=a+b%26c"
    assert request.content == '{"t":"ü","n":[1,2.5,null,true]}'.encode()
    assert request.headers["content-type"] == "application/json"


def test_a_call_without_body_has_no_content_type() -> None:
    request = outgoing(PROVIDER, Call("GET", "/things"))
    assert request.content is None
    assert "content-type" not in request.headers


def test_a_form_is_encoded() -> None:
    request = outgoing(PROVIDER, Call("POST", "/f", body={"a": "x y", "n": 2, "l": ["p", "q"]}, encoding="form"))
    assert request.content == b"a=x+y&n=2&l=p&l=q"


def test_form_data_shows_files_by_size() -> None:
    body = {"image[]": ["data:image/png;base64,iVBORw0KGgo="], "n": 2}
    shown = redacted_request(DOCUMENT, Call("POST", "/f", body=body, encoding="multipart"))["body"]
    assert shown == {"image[]": "<image/png, 8 bytes>", "n": "2"}


@pytest.mark.parametrize(
    "path",
    [
        "/../admin",
        "/a/../../b",
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/./a",
        "/a?x=1",
        "/a#b",
        "/a b",
        "/a\\b",
        "/a\r\nhost: evil",
        "/ü",
        "/a\0",
    ],
)
def test_no_path_leads_elsewhere(path: str) -> None:
    with pytest.raises(InvalidValueError):
        absolute_url(PROVIDER, path)


@pytest.mark.parametrize("path", ["//evil.org/x", "@evil.org/x", "https://evil.org/x", ":443/x", "/x%2F..%2Fy"])
def test_what_looks_like_a_host_stays_a_path(path: str) -> None:
    assert absolute_url(PROVIDER, path).startswith("https://api.example.com/v1/")


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "HOST",
        "authorization",
        "Cookie",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Proxy-Authorization",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "Forwarded",
        "Upgrade",
        "TE",
        "X-Key",
        "x-key",
        "x-\nkey",
        "",
        "a b",
    ],
)
def test_headers_that_a_file_may_not_set(name: str) -> None:
    call = Call("POST", "/x", headers={name: "value"})
    with pytest.raises(InvalidValueError):
        outgoing(PROVIDER, call)
    with pytest.raises(InvalidValueError):
        redacted_request(DOCUMENT, call)


@pytest.mark.parametrize("value", ["a\r\nhost: evil", "a\nb", "a\0b", "ü", "\x7f"])
def test_values_that_no_header_carries(value: str) -> None:
    with pytest.raises(InvalidValueError):
        outgoing(PROVIDER, Call("POST", "/x", headers={"x-note": value}))


@pytest.mark.parametrize("body", [{"n": float("nan")}, {"d": object()}, {"s": {1, 2}}])
def test_what_is_no_json_is_refused(body: Any) -> None:
    with pytest.raises(InvalidValueError):
        outgoing(PROVIDER, Call("POST", "/x", body=body))


def test_form_data_keeps_names_from_breaking_out() -> None:
    call = Call("POST", "/x", body={'a"\r\nX: y': "v", "f": "data:image/png;base64,AAAA"}, encoding="multipart")
    content = outgoing(PROVIDER, call).content or b""
    assert b'name="a%22%0D%0AX: y"' in content
    assert b'name="f"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n\0\0\0\r\n' in content


def test_the_content_is_in_no_repr() -> None:
    assert "prompt" not in repr(outgoing(PROVIDER, Call("POST", "/x", body={"prompt": "private"})))
