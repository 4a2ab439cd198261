"""A catalogue, a provider, a place for files, and somebody evil: one run in it, and what must never come of a run."""

from __future__ import annotations

import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import tomlkit
from msgspec import Struct, field
from msgspec.structs import replace

from cli.small import Line, Ran, write
from hostile.wild import A, Seen, Wild
from modeltui.jobs.runner import JobRunner
from modeltui.providers import exchange, starting
from modeltui.providers.download import Downloader, DownloadLimits
from modeltui.providers.http import Answer, Http, Received
from unit.providers.loopback import PNG, FakeTime

KEY = "prompt_to_image/hostile"
SECRET = "sk-Vw7/uR2+zQ9xJ4mN8bL3"
"""With signs that URLs and JSON write otherwise."""
OTHER = "sk-of-another-provider-5571"
"""In the environment too, and never to be seen by anybody."""
_ENV = {"LOOPBACK_KEY": SECRET, "EXAMPLE_API_KEY": SECRET, "KIE_AI_API_KEY": OTHER, "AWS_SECRET_ACCESS_KEY": OTHER}

PROVIDER: dict[str, Any] = {
    "schema": 1,
    "id": "loop",
    "name": "Loop",
    "base_url": "{api}",
    "hosts": ["{api_host}"],
    "media_hosts": ["{media_host}"],
    "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]},
    "errors": {"message": "error.message"},
}
MODEL: dict[str, Any] = {
    "schema": 1,
    "uid": "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0666",
    "model_id": "hostile",
    "name": "Hostile",
    "provider": "loop",
    "content_type": "prompt_to_image",
    "family": "Hostile",
    "order": 1,
    "active": True,
    "default": False,
    "status": "active",
    "inputs": {"prompt": {"type": "string", "default": "x"}},
    "request": {"method": "POST", "path": "/run", "body": {"prompt": "${inputs.prompt}"}},
    "result": {"kind": "url", "select": "url", "media": "image/png"},
    "cost": {"currency": "USD", "base": "0"},
}
_MAY_CHANGE = re.compile(
    r"catalog/\.modeltui(/(\.gitignore|audit\.jsonl(\.lock)?|audit\.head|jobs\.db(-wal|-shm)?|generation|mutex(\.json)?|jobs"
    r"|jobs/[0-9a-f]{32}\.lock|jobs/(?P<id>[0-9a-f-]{36})(/result-\d+\.[a-z0-9]+)?))?"
    r"|state(/modeltui(/modeltui\.log|/[0-9a-f]+\.(trust|ui|runs)\.json|/[^/]*\.trust\.json)?)?|mine(/result-\d+\.[a-z0-9]+)?"
)
_MOST_SAID = 40_000
_COMES_AND_GOES = re.compile(r"\.lock$|-wal$|-shm$")
"""What a process takes away once it lets go."""
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Case(Struct, frozen=True, kw_only=True):
    name: str
    point: int
    """Of the nine of the catalogue format."""
    code: int = 4
    says: str = ""
    """A pattern that stderr has."""
    state: str | None = "failed"
    """Of the job; None: there is none."""
    model: Mapping[str, Any] = field(default_factory=dict)
    """Over MODEL, table by table; None takes a key out."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    api: Mapping[str, A | Sequence[A]] = field(default_factory=dict)
    """By path: an answer, or one after the other, the last for good. Without one, 404."""
    media: A = field(default_factory=lambda: A(PNG))
    inputs: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    plant: Callable[[World], object] = lambda _: None
    is_web: bool = False
    """No sockets: a provider on https, whose hosts have `addresses`."""
    addresses: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """Of a host, at the first look-up, the second …; a public one where it is not named."""
    asks: str = ""
    """A pattern that the target of every request to the provider has."""
    sends: str = ""
    """The prompt that arrives there."""
    most_asked: int = 99
    """Requests to the provider."""
    most_media: int = 99
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Of downloads."""
    max_answer: int | None = None
    holds_key: bool = False
    """The downloaded file has the key in it: it is the provider's bytes."""

    def __str__(self) -> str:
        return f"{self.point} {self.name}"


class World(Struct):
    home: Path
    names: dict[str, str]
    line: Line
    patch: pytest.MonkeyPatch
    api: list[Seen] = field(default_factory=list)
    media: list[Seen] = field(default_factory=list)
    evil: list[Seen] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.home / "catalog"

    def set(self, name: str, value: str) -> None:
        """In the environment."""
        self.patch.setenv(name, value)

    def forget(self, name: str) -> None:
        self.patch.delenv(name)

    def filled(self, value: Any) -> Any:
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace(f"{{{name}}}", text)
        elif isinstance(value, Mapping):
            return {key: self.filled(item) for key, item in value.items()}
        elif isinstance(value, list | tuple):
            return [self.filled(item) for item in value]
        return value

    def answers(self, case: Case) -> Callable[[Seen], A]:
        counts: dict[str, int] = {}

        def answer(seen: Seen) -> A:
            path = urlsplit(seen.target).path
            found = case.api.get(path, A({"error": {"message": "no such thing"}}, 404))
            if not isinstance(found, A):
                count = counts[path] = counts.get(path, -1) + 1
                found = found[min(count, len(found) - 1)]
            return self._said(found)

        return answer

    def _said(self, answer: A) -> A:
        return A(self.filled(answer.body), answer.status, self.filled(answer.headers), answer.raw)

    def media_answer(self, case: Case) -> Callable[[Seen], A]:
        return lambda _: self._said(case.media)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    found = deepcopy(dict(base))
    for name, value in over.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(found.get(name), dict):
            found[name] = merged(found[name], value)
        else:
            found[name] = value
    return found


def make(world: World, case: Case) -> None:
    """The catalogue of a case."""
    own = {"auth": {"env": ["EXAMPLE_API_KEY"]}} if case.is_web else {"loopback": True}
    provider = world.filled(merged(merged(PROVIDER, own), case.provider))
    model = world.filled(merged(MODEL, case.model))
    write(world.root / "catalog.toml", "schema = 1\n\n[policy]\nreason_required = false\n")
    write(world.root / "providers" / "loop.toml", tomlkit.dumps(provider))
    write(world.root / "models" / f"{KEY}.toml", tomlkit.dumps(model))
    (world.home / "outside").mkdir()
    write(world.home / "outside" / "victim.txt", "nobody may touch this\n")


def on_the_web(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of the run end in this process, whatever host they go to."""
    looked: dict[str, int] = {}
    answer = world.answers(case)

    async def handler(received: Received) -> Answer:
        host = received.headers["host"]
        seen = Seen(
            received.method, received.url, received.headers, received.content, urlsplit(received.url).hostname or ""
        )
        if host == "media.example.com":
            world.media.append(seen)
            said = world.media_answer(case)(seen)
        elif host == "api.example.com":
            world.api.append(seen)
            said = answer(seen)
        else:
            world.evil.append(seen)
            said = A(PNG)
        return Answer(said.status, {"content-type": "application/json", **said.headers}, said.content)

    async def resolve(host: str, port: int) -> Sequence[str]:
        found = case.addresses.get(host, [["93.184.216.34"]])
        count = looked[host] = looked.get(host, -1) + 1
        return found[min(count, len(found) - 1)]

    monkeypatch.setattr(starting, "open_http", lambda _: Http(handler=handler, resolve=resolve))


def environment(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _ENV.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, world.names["evil"])
    monkeypatch.setenv("XDG_CONFIG_HOME", str(world.home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(world.home / "state"))
    defaults = JobRunner.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "clock", FakeTime().clock)
    if case.max_answer is not None:
        monkeypatch.setattr(exchange, "_MAX_ANSWER", case.max_answer)
    if case.limits:
        limits = DownloadLimits(**case.limits)
        monkeypatch.setattr(starting, "Downloader", lambda *given: replace(Downloader(*given), limits=limits))


def tree(top: Path) -> dict[str, tuple[int, str]]:
    """Every path below with its mode and what it holds."""
    found = {}
    for path in sorted(top.rglob("*")):
        if _COMES_AND_GOES.search(path.name):
            continue
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            content = os.readlink(path)
        else:
            content = sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(about.st_mode) else ""
        found[str(path.relative_to(top))] = (about.st_mode, content)
    return found


def check_tree(before: Mapping[str, Any], after: Mapping[str, tuple[int, str]], planted: frozenset[str]) -> None:
    """Only the job's own folder and what keeps its record has changed, and nobody else can read the files."""
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    strange = {path for path in changed if not _MAY_CHANGE.fullmatch(path) or path in planted}
    assert not strange, sorted(strange)
    results = [path for path in changed & after.keys() if "/result-" in path]
    assert all(stat.S_IMODE(after[path][0]) == 0o600 for path in results)


def check_secrets(world: World, *ran: Ran, but: str = "\0") -> None:
    """No key in what was said or kept; nothing that a terminal would act on."""
    for each in ran:
        said = each.out + each.err
        assert not _holds_key(said.encode()), said
        assert len(said) < _MOST_SAID
        assert not {sign for sign in said if sign != "\n" and unicodedata.category(sign) in _UNSAFE}
        assert "bug" not in each.err
    for path in world.home.rglob("*"):
        if path.is_file() and not path.is_symlink() and but not in str(path):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            assert not _holds_key(content), path
            assert path.suffix != ".log" or b"Traceback" not in content, content.decode()[-3000:]


def check_requests(world: World, case: Case) -> None:
    """Who was asked what."""
    assert world.evil == [], world.evil
    for seen in world.media:
        assert not _holds_key(seen.everything.encode()), seen
        assert not {"authorization", "cookie", "x-key"} & seen.headers.keys()
    for seen in world.api:
        assert OTHER not in seen.everything
        assert "cookie" not in seen.headers
        assert seen.headers.get("authorization") in (f"Bearer {SECRET}", None)
        assert re.fullmatch(case.asks or ".*", seen.target), seen.target
    assert (len(world.api) <= case.most_asked, len(world.media) <= case.most_media) == (True, True)
    if case.sends:
        assert json.loads(world.api[0].content) == {"prompt": case.sends}


def _holds_key(content: bytes) -> bool:
    """Half a key is too much, however it is written."""
    return any(part.encode() in content for part in (SECRET[:10], SECRET[-10:], "sk-Vw7%2F", "sk-Vw7\\/", OTHER[:12]))


def servers(world: World, case: Case, wild: Mapping[str, Wild]) -> None:
    """The same three for every case, with this one's answers."""
    world.api, world.media, world.evil = (wild[name].seen for name in ("api", "media", "evil"))
    for seen in (world.api, world.media, world.evil):
        seen.clear()
    wild["api"].answer, wild["media"].answer = world.answers(case), world.media_answer(case)
    wild["evil"].answer = lambda _: A(PNG)
