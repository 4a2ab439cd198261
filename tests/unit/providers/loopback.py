"""Loopback servers that speak the protocols of real providers, with faults on demand; a clock that never waits."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from modeltui.domain.document import Document
from modeltui.domain.job import Job, ResultFile
from modeltui.domain.run_spec import compile_run
from modeltui.providers.clock import Clock
from modeltui.providers.engine import JobRun

CATALOG = Path(__file__).parents[3] / "catalog"
KEY = "loopback-secret-key"
JOB_ID = "0d4fb5f2-3f5c-4a4e-9a57-6a9d3b1c2e11"


@dataclass(frozen=True)
class Seen:
    """A request as a server saw it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Given:
    """What a server answers. `is_cut` closes the connection in place of an answer, `missing` before its last bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    missing: int = 0
    delay_s: float = 0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answers = Callable[[Seen], Given]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    """Connections that wait; beyond it the system resets them."""


class Loopback:
    """An HTTP server on this machine; `answer` decides, `seen` remembers."""

    def __init__(self, answer: Answers) -> None:
        self.answer = answer
        self.seen: list[Seen] = []
        self.was_asked = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def to(self, method: str, path: str) -> list[Seen]:
        return [each for each in self.seen if each.method == method and each.path == path]


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer, or each waits 40 ms for an acknowledgement

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), headers, content)
            loopback.seen.append(seen)
            loopback.was_asked.set()
            given = loopback.answer(seen)
            if given.delay_s:
                threading.Event().wait(given.delay_s)
            if given.is_cut:
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in {"content-type": "application/json", **given.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(given.content)))
            self.end_headers()
            self.wfile.write(given.content[: len(given.content) - given.missing])
            self.wfile.flush()
            self.close_connection = self.close_connection or given.missing > 0

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the output of tests clean."""

    return Handler


@dataclass
class FakeTime:
    """Time that passes only when somebody sleeps."""

    seconds: float = 1000.0
    sleeps: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        start = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        return Clock(lambda: start + timedelta(seconds=self.seconds - 1000), lambda: self.seconds, self.sleep)


def model_file(key: str) -> dict[str, Any]:
    """A model of the shipped catalogue, without names of real keys."""
    document = tomllib.loads((CATALOG / "models" / f"{key}.toml").read_text(encoding="utf-8"))
    document.pop("keys", None)
    return document


def provider_file(name: str) -> dict[str, Any]:
    return tomllib.loads((CATALOG / "providers" / f"{name}.toml").read_text(encoding="utf-8"))


def on_loopback(provider: Mapping[str, Any], api: Loopback, *media: Loopback) -> dict[str, Any]:
    """The provider as it ships, but on this machine and with a key that is nobody's."""
    document = deepcopy(dict(provider))
    path = urlsplit(document["base_url"]).path
    document |= {
        "base_url": f"{api.url}{path}",
        "hosts": [api.host],
        "media_hosts": [each.host for each in media],
        "loopback": True,
    }
    if "bases" in document:
        document["bases"] = {name: f"{api.url}{urlsplit(url).path}" for name, url in document["bases"].items()}
    if document["auth"]["scheme"] != "none":
        document["auth"] |= {"env": ["LOOPBACK_KEY"], "env_allow": []}
    return document


def secrets(name: str) -> str | None:
    return {"LOOPBACK_KEY": KEY, "LOOPBACK_SECOND": "loopback-signing-key"}.get(name)


@dataclass
class Runner:
    """Runs a model against a provider document and collects the jobs."""

    folder: str
    time: FakeTime

    def run(self, model: Document, provider: Document, inputs: Mapping[str, Any], **options: Any) -> JobRun:
        prepared = compile_run(model).prepare(inputs, job_uuid=JOB_ID)
        assert not prepared.problems, prepared.problems
        known: dict[str, Any] = {"key": "some/model", "job_id": JOB_ID, "out_dir": self.folder, "secrets": secrets}
        return JobRun(model, provider, prepared, **{**known, "clock": self.time.clock, **options})

    async def jobs(self, model: Document, provider: Document, inputs: Mapping[str, Any], **options: Any) -> list[Job]:
        return [job async for job in self.run(model, provider, inputs, **options).events()]

    async def last(self, model: Document, provider: Document, inputs: Mapping[str, Any], **options: Any) -> Job:
        return (await self.jobs(model, provider, inputs, **options))[-1]


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x02\x00\x00\x00\x12\x16\xf1M"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""The head of a picture, 2 × 3."""
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x00\x08free"


def media(content: bytes, content_type: str = "application/octet-stream") -> Answers:
    return lambda _: Given(body=content, headers={"content-type": content_type})


def content_of(file: ResultFile) -> bytes:
    return Path(file.path).read_bytes()
