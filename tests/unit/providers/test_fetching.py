"""A file from the web: https only, capped, with no key, and no way to a place inside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest

from modeltui.errors import ProviderError
from modeltui.providers.faults import LostError
from modeltui.providers.fetching import fetched
from modeltui.providers.http import Answer, Http, Received

URL = "https://registry.example/api.json"
Serve: TypeAlias = Callable[[Received], Answer]


def asked(serve: Serve, url: str = URL, most: int = 100, address: str = "93.184.216.34") -> bytes:
    """What a server inside this process answers; no socket is opened."""

    async def handler(received: Received) -> Answer:
        return serve(received)

    async def resolve(_: str, __: int) -> Sequence[str]:
        return [address]

    return fetched(url, most, opens=lambda: Http(handler=handler, resolve=resolve))


def test_it_is_read_with_no_key_and_no_cookie() -> None:
    seen: list[Received] = []

    def serve(received: Received) -> Answer:
        seen.append(received)
        return Answer(200, {"set-cookie": "a=b"}, b"{}")

    assert asked(serve) == b"{}"
    assert seen[0].method == "GET"
    assert not {"authorization", "cookie", "x-api-key"} & seen[0].headers.keys()


@pytest.mark.parametrize(
    "url", ["http://registry.example/", "ftp://registry.example/", "https://me:pass@registry.example/"]
)
def test_another_scheme_and_a_password_are_refused(url: str) -> None:
    with pytest.raises(ProviderError):
        asked(lambda _: pytest.fail("it was asked"), url)


def test_redirects_stay_in_https_and_are_few() -> None:
    def to(location: str) -> Serve:
        return lambda received: (
            Answer(200, {}, b"ok") if received.url.endswith("/b") else Answer(302, {"location": location})
        )

    assert asked(to("/b")) == b"ok"
    assert asked(to("https://other.example/b")) == b"ok"
    for location in ("http://registry.example/b", "file:///etc/passwd", "//["):
        with pytest.raises(ProviderError):
            asked(to(location))
    with pytest.raises(ProviderError, match="more than 3 times"):
        asked(to("/a"))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_place_inside_is_not_asked(address: str) -> None:
    with pytest.raises(ProviderError, match="not on the open internet"):
        asked(lambda _: pytest.fail("it was asked"), address=address)


def test_too_much_and_an_error_are_refused() -> None:
    assert asked(lambda _: Answer(200, {}, b"x" * 100)) == b"x" * 100
    with pytest.raises(ProviderError, match="more than 100 bytes"):
        asked(lambda _: Answer(200, {}, b"x" * 101))
    with pytest.raises(ProviderError, match="404"):
        asked(lambda _: Answer(404, {}, b""))


def test_who_does_not_answer_is_left() -> None:
    async def handler(_: Received) -> Answer:
        import asyncio

        await asyncio.Event().wait()
        raise AssertionError

    async def resolve(_: str, __: int) -> Sequence[str]:
        return ["93.184.216.34"]

    never: Callable[[Received], Awaitable[Answer]] = handler
    with pytest.raises(LostError):
        fetched(URL, 1, opens=lambda: Http(handler=never, resolve=resolve), deadline_s=0.05)
