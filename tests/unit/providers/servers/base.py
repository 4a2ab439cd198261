"""What the protocol servers share: routes, strict reading of requests, jobs by id, faults on demand, files to fetch.

A server is the real API of one provider in small. It refuses what the real one refuses, counts what it took, and goes
through the states that it is told to. Subclasses say `provider`, `life` and `routes`, and how an error reads.
"""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias

from unit.providers.loopback import KEY, MP4, PNG, Given, Loopback, Seen, on_loopback, provider_file

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\x00" * 64
WAV = (
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    b"data\x00\x00\x00\x00"
)
SAMPLES: Mapping[str, tuple[str, bytes]] = {
    "image/png": ("png", PNG),
    "image/jpeg": ("jpg", JPEG),
    "image/webp": ("webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x00" + b"\x00" * 9),
    "video/mp4": ("mp4", MP4),
    "audio/mpeg": ("mp3", MP3),
    "audio/wav": ("wav", WAV),
    "text/plain": ("txt", b"Hello."),
}
"""Ending and first bytes of a file of each media type."""
_BY_ENDING = {ending: (media_type, content) for media_type, (ending, content) in SAMPLES.items()}

Stage: TypeAlias = Literal["submit", "poll", "fetch", "cancel", "upload", "media"]
Handler: TypeAlias = Callable[[Seen, "re.Match[str]"], Given]
Missing = object()


class Route(NamedTuple):
    method: str
    pattern: str
    """A regular expression of the whole path."""
    stage: Stage
    handler: Handler
    content_type: str = "application/json"
    """How the content type of a request with a body begins."""


class Refusal(Exception):  # noqa: N818  # the answer of a provider, not a fault of the test
    """What the request lacks; answered as the provider's own error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class RemoteJob:
    id: str
    asked: Any
    """The body of the submit."""
    media_type: str
    left: list[Any]
    """States still to come; the last stays."""
    urls: list[str] = field(default_factory=list)
    """Of the results."""
    error: str = "something broke"
    polls: int = 0
    is_cancelled: bool = False
    is_result_late: bool = False
    """The next answer that tells of success has no result yet."""
    extra: dict[str, Any] = field(default_factory=dict)

    def next_state(self) -> Any:
        self.polls += 1
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@dataclass
class Fault:
    give: Callable[[], Given] | None = None
    """In place of the answer."""
    change: Callable[[Given], Given] | None = None
    """Or what becomes of the answer."""
    is_untouched: bool = False
    """The request had no effect: it is neither taken nor counted."""


class ProtocolServer(ABC):
    provider: ClassVar[str]
    """Id of the provider file."""
    auth: ClassVar[tuple[str, str]] = ("authorization", "Bearer ")
    """Header, and what stands before the key."""
    life: ClassVar[Sequence[Any]] = ()
    """The states of a job that goes well, one a poll."""

    def __init__(self) -> None:
        self.api = Loopback(self)
        self.files = Loopback(self._file)
        self.jobs: dict[str, RemoteJob] = {}
        self.submits = 0
        """How many requests it took; each was billed."""
        self.problems: list[str] = []
        """What was wrong with requests."""
        self.media_type = ""
        """Of the results; empty: what the model makes."""
        self.results = 1
        """Files of each job."""
        self._script: list[Any] | None = None
        self._error = "something broke"
        self._is_late = False
        self._faults: dict[Stage, list[Fault]] = {}
        self._media_status = 200
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._routes = tuple(self.routes())

    # what a subclass says

    @abstractmethod
    def routes(self) -> Sequence[Route]: ...

    @abstractmethod
    def error(self, code: int, message: str) -> Given:
        """How this provider tells of an error."""

    def moderate(self) -> None:
        """The next jobs are refused for what they ask. A provider that has a word for it overrides this."""
        self.fail("flagged as sensitive")

    @property
    def failed_state(self) -> Any:
        return "failed"

    def check_auth(self, seen: Seen) -> None:
        header, prefix = self.auth
        if seen.headers.get(header) != f"{prefix}{KEY}":
            raise Refusal(401, f"{header} lacks the key")

    # set-up

    def close(self) -> None:
        self._closing.set()
        threads = [threading.Thread(target=server.close) for server in self.servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def servers(self) -> tuple[Loopback, ...]:
        return self.api, self.files

    def document(self) -> dict[str, Any]:
        """The provider file as it ships, on this server."""
        document = on_loopback(provider_file(self.provider), self.api, self.files)
        if "secret_env" in document["auth"]:
            document["auth"]["secret_env"] = ["LOOPBACK_SECOND"]
        if "bases" in document:
            document["bases"] = dict.fromkeys(document["bases"], self.api.url)
        return document

    # scripts and faults

    def tell(self, *states: Any) -> None:
        """The states of the next jobs, one a poll; the last stays."""
        self._script = list(states)

    def fail(self, message: str = "something broke", state: Any = None) -> None:
        """The next jobs end badly after their first state."""
        self._error = message
        self.tell(*self.life[:1], self.failed_state if state is None else state)

    def be_late(self) -> None:
        """The next jobs tell of success once before they have a result."""
        self._is_late = True

    def refuse(self, code: int, message: str = "refused", at: Stage = "submit", times: int = 1) -> None:
        self.put(at, Fault(lambda: self.error(code, message), is_untouched=True), times)

    def throttle(self, retry_after: float | None = None, at: Stage = "submit", times: int = 1) -> None:
        def given() -> Given:
            answer = self.error(429, "too many requests")
            headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
            return replace(answer, headers={**answer.headers, **headers})

        self.put(at, Fault(given, is_untouched=True), times)

    def cut(self, at: Stage = "submit", times: int = 1) -> None:
        """Taken, but the connection ends before the answer."""
        self.put(at, Fault(change=lambda _: Given(is_cut=True)), times)

    def break_off(self, at: Stage = "media", times: int = 1) -> None:
        """The answer ends before its last bytes."""
        self.put(at, Fault(change=lambda given: replace(given, missing=max(1, len(given.content) // 2))), times)

    def hang(self, at: Stage = "submit", times: int = 1, longest_s: float = 120) -> None:
        """Taken, but no answer until the server is closed."""

        def wait(given: Given) -> Given:
            self._closing.wait(longest_s)
            return replace(given, is_cut=True)

        self.put(at, Fault(change=wait), times)

    def slow(self, seconds: float, at: Stage = "submit", times: int = 1) -> None:
        self.put(at, Fault(change=lambda given: replace(given, delay_s=seconds)), times)

    def nonsense(self, at: Stage = "submit", times: int = 1, status: int = 200) -> None:
        """Taken, but what answers is some proxy's page."""
        page = Given(status, b"<html><body>Bad gateway</body></html>", {"content-type": "text/html"})
        self.put(at, Fault(change=lambda _: page), times)

    def answer(self, body: Any, status: int = 200, at: Stage = "submit", times: int = 1) -> None:
        """Exactly this, whatever was asked."""
        self.put(at, Fault(lambda: Given(status, body), is_untouched=True), times)

    def expire_media(self, status: int = 403) -> None:
        """The links to the results have died."""
        self._media_status = status

    def put(self, at: Stage, fault: Fault, times: int = 1) -> None:
        with self._lock:
            self._faults.setdefault(at, []).extend([fault] * times)

    # answering

    def __call__(self, seen: Seen) -> Given:
        try:
            route, match = self._routed(seen)
            fault = self._fault(route.stage)
            if fault.give is not None and fault.is_untouched:
                return fault.give()
            with self._lock:
                self.check_auth(seen)
                self._check_content_type(route, seen)
                given = route.handler(seen, match)
            return given if fault.change is None else fault.change(given)
        except Refusal as refusal:
            self.problems.append(f"{seen.method} {seen.path}: {refusal.message}")
            return self.error(refusal.code, refusal.message)

    def _routed(self, seen: Seen) -> tuple[Route, re.Match[str]]:
        for route in self._routes:
            match = re.fullmatch(route.pattern, seen.path)
            if match is not None and route.method == seen.method:
                return route, match
        raise Refusal(404, f"no {seen.method} {seen.path}")

    def _check_content_type(self, route: Route, seen: Seen) -> None:
        found = seen.headers.get("content-type", "")
        if seen.content and not found.startswith(route.content_type):
            raise Refusal(415, f"{found or 'no content type'} where {route.content_type} is taken")

    def _fault(self, stage: Stage) -> Fault:
        with self._lock:
            waiting = self._faults.get(stage)
            return waiting.pop(0) if waiting else Fault()

    def take(self, job_id: str, asked: Any, media_type: str) -> RemoteJob:
        """A new job: counted, and billed."""
        self.submits += 1
        kind = self.media_type or media_type
        ending = SAMPLES[kind][0]
        job = RemoteJob(job_id, asked, kind, list(self._script or self.life), error=self._error)
        job.urls = [f"{self.files.url}/{job_id}/{number}.{ending}" for number in range(self.results)]
        job.is_result_late = self._is_late
        self.jobs[job_id] = job
        return job

    def job(self, job_id: str, code: int = 404) -> RemoteJob:
        if job_id not in self.jobs:
            raise Refusal(code, f"no job {job_id}")
        return self.jobs[job_id]

    def _file(self, seen: Seen) -> Given:
        fault = self._fault("media")
        if fault.give is not None:
            return fault.give()
        header, _ = self.auth
        if header in seen.headers or KEY in str(seen):
            self.problems.append(f"the key came to the media host with {seen.path}")
        if self._media_status != 200:
            return Given(self._media_status, b"expired", {"content-type": "text/plain"})
        media_type, content = _BY_ENDING[seen.path.rpartition(".")[2]]
        given = Given(body=content, headers={"content-type": media_type})
        return given if fault.change is None else fault.change(given)


def json_of(seen: Seen, kind: type = dict) -> Any:
    """The body as JSON of `kind`. Raises Refusal for anything else."""
    try:
        body = seen.json
    except ValueError as error:
        raise Refusal(400, "the body is no JSON") from error
    if not isinstance(body, kind):
        raise Refusal(400, f"the body must be a {kind.__name__}")
    return body


def need(table: Mapping[str, Any], required: Mapping[str, type], code: int = 422) -> None:
    """Raises Refusal where a field is missing, empty or of another type."""
    for name, kind in required.items():
        value = table.get(name, Missing)
        if value is Missing or value == "":
            raise Refusal(code, f"{name} is required")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Refusal(code, f"{name} must be a {kind.__name__}")


def allow(table: Mapping[str, Any], known: Sequence[str], code: int = 422) -> None:
    """Raises Refusal for a field that the API does not know."""
    for name in table:
        if name not in known:
            raise Refusal(code, f"{name} is not known")


def is_media_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://127.0.0.1", "data:"))
