"""A file from the web: https only, capped, with no key, and no way to a place inside."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

import pytest

from modeltui.errors import ProviderError
from modeltui.providers.faults import LostError, NotSentError
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


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
def test_a_packed_answer_is_unpacked_up_to_the_limit(encoding: str) -> None:
    def serve(size: int) -> Serve:
        return lambda _: Answer(200, {"content-encoding": encoding}, gzip.compress(bytes(size)))

    assert asked(serve(100)) == bytes(100)
    with pytest.raises(ProviderError, match="more than 100 bytes"):
        asked(serve(50_000_000))
    with pytest.raises(LostError, match="not whole"):
        asked(lambda _: Answer(200, {"content-encoding": encoding}, gzip.compress(bytes(100))[:-9]))


def test_what_may_be_a_key_is_not_told() -> None:
    def told(serve: Serve, url: str) -> str:
        with pytest.raises(ProviderError) as caught:
            asked(serve, url)
        return f"{caught.value.message} {caught.value.hint}"

    def to(location: str) -> Serve:
        return lambda _: Answer(302, {"location": location})

    secret = "https://registry.example/a?key=hush#hush"
    for serve in (to("//[?key=hush"), to("https://h:bad/?key=hush"), to("https://me:hush@registry.example/"), to("")):
        assert "hush" not in told(serve, secret)
    for status in (401, 403, 404, 500):
        assert "hush" not in told(lambda _, status=status: Answer(status, {}, b"hush"), secret)  # type: ignore[misc]
    for url in ("https://h:bad/?key=hush", "https:///?key=hush"):
        assert "hush" not in told(lambda _: pytest.fail("it was asked"), url)


def test_who_does_not_speak_tls_is_not_read_and_the_hint_fits() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def answer() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                connection.recv(1)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                connection.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(NotSentError, match="could not connect") as caught:
            fetched(f"https://127.0.0.1:{server.getsockname()[1]}/", 100, opens=Http)
        thread.join(5)
    assert "base_url" not in (caught.value.hint or "")
