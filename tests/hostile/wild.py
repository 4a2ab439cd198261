"""Servers on this machine that answer with any bytes at all, and remember what they were asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    target: str
    """Path and query, or the whole URL where there is no socket."""
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes
    address: str = ""
    """Where the connection went, where that is known."""

    @property
    def everything(self) -> str:
        return f"{self.method} {self.target} {dict(self.headers)} {self.content.decode('utf-8', 'replace')}"


@dataclass(frozen=True)
class A:
    """An answer. Texts in it may hold `{api}`, `{media}`, `{evil}`, `{evil_host}` and `{key}`."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[Wild], Iterable[bytes]] | None = None
    """Instead of all else: what is written to the socket."""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def on_the_wire(self) -> bytes:
        headers = {"content-type": "application/json", "content-length": str(len(self.content)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"HTTP/1.1 {self.status} Said\r\n{lines}connection: close\r\n\r\n".encode() + self.content


Answers: TypeAlias = Callable[[Seen], A]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class Wild:
    def __init__(self) -> None:
        self.answer: Answers = lambda _: A({}, 500)
        self.seen: list[Seen] = []
        self.is_closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(wild: Wild) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, self.path, headers, content)
            wild.seen.append(seen)
            answer = wild.answer(seen)
            try:
                for piece in [answer.on_the_wire()] if answer.raw is None else answer.raw(wild):
                    self.wfile.write(piece)
            except OSError:  # who asked has had enough
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the output of tests clean."""

    return Handler
