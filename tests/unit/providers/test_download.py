"""Downloads: where from, how much, how long, and what is left on the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.job import JobState
from modeltui.errors import ProviderError
from modeltui.providers.auth import Gate
from modeltui.providers.download import Downloader, DownloadLimits
from modeltui.providers.faults import LaterError, LostError, NotSentError
from modeltui.providers.http import Answer, Http, Received
from modeltui.providers.new_file import NewFile
from modeltui.providers.provider import provider_of
from unit.providers.loopback import MP4, PNG, Answers, FakeTime, Given, Loopback, media, on_loopback, provider_file

Serve = Callable[[Answers], Loopback]


def downloader(folder: Path, provider: Mapping[str, Any], http: Http, **limits: Any) -> Downloader:
    gate = Gate(provider_of(provider), FakeTime().clock)
    return Downloader(http, gate, str(folder), limits=DownloadLimits(**limits))


@pytest.fixture
def api(serve: Serve) -> Loopback:
    return serve(lambda _: Given(500, {}))


def left(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


async def fetched(tmp_path: Path, api: Loopback, files: Loopback, path: str = "/a.png", **limits: Any) -> Any:
    provider = on_loopback(provider_file("replicate"), api, files)
    async with Http() as http:
        return await downloader(tmp_path / "out", provider, http, **limits).fetch(f"{files.url}{path}", "image/png")


async def test_the_name_is_ours_and_the_type_comes_from_the_bytes(tmp_path: Path, api: Loopback, serve: Serve) -> None:
    files = serve(media(PNG, "video/mp4; name=../../evil.sh"))
    file = await fetched(tmp_path, api, files, "/%2e%2e/..%2fevil.exe")
    assert (os.path.basename(file.path), file.media_type, file.size) == ("result-1.png", "image/png", len(PNG))
    assert stat.S_IMODE(os.stat(file.path).st_mode) == 0o600


async def test_three_redirects_are_followed_and_no_more(tmp_path: Path, api: Loopback, serve: Serve) -> None:
    def answer(seen: Any) -> Given:
        number = int(seen.path.strip("/"))
        return Given(302, b"", {"location": f"/{number - 1}"}) if number else Given(body=PNG)

    files = serve(answer)
    assert (await fetched(tmp_path, api, files, "/3")).size == len(PNG)
    with pytest.raises(ProviderError, match="more than 3 times"):
        await fetched(tmp_path, api, files, "/4")


@pytest.mark.parametrize(
    "location", ["{strange}/x", "ftp://h/x", "file:///etc/passwd", "//{strange_host}/x", "http://[::1]/"]
)
async def test_a_redirect_leads_only_to_listed_places(
    tmp_path: Path, api: Loopback, serve: Serve, location: str
) -> None:
    strange = serve(media(PNG))
    to = location.format(strange=strange.url, strange_host=strange.host)
    files = serve(lambda _: Given(302, b"", {"location": to}))
    with pytest.raises(ProviderError):
        await fetched(tmp_path, api, files)
    assert (strange.seen, left(tmp_path / "out")) == ([], [])


async def test_a_download_is_capped_in_bytes_and_leaves_nothing(tmp_path: Path, api: Loopback, serve: Serve) -> None:
    files = serve(media(PNG + b"\0" * 5000))
    with pytest.raises(ProviderError, match="larger than 1,000 bytes"):
        await fetched(tmp_path, api, files, max_bytes=1000)
    assert left(tmp_path / "out") == []


async def test_a_download_is_capped_in_seconds(tmp_path: Path, api: Loopback, serve: Serve) -> None:
    files = serve(lambda _: Given(body=PNG, delay_s=0.3))
    with pytest.raises(LostError, match="in time"):
        await fetched(tmp_path, api, files, timeout_s=0.05)
    assert left(tmp_path / "out") == []


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><p>sorry", b'{"error": "expired"}', b"<?xml version='1.0'?><Error/>"]
)
async def test_an_error_page_is_no_result(tmp_path: Path, api: Loopback, serve: Serve, page: bytes) -> None:
    with pytest.raises(ProviderError, match="where image/png was promised"):
        await fetched(tmp_path, api, serve(media(page, "image/png")))
    assert left(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("status", "kind"), [(403, ProviderError), (410, ProviderError), (503, LaterError), (429, LaterError)]
)
async def test_answers_other_than_success(
    tmp_path: Path, api: Loopback, serve: Serve, status: int, kind: type[ProviderError]
) -> None:
    files = serve(lambda _: Given(status, PNG, {"retry-after": "5"}))
    with pytest.raises(kind) as raised:
        await fetched(tmp_path, api, files)
    assert getattr(raised.value, "after_s", 5) == 5


async def test_nobody_there_can_be_tried_again(tmp_path: Path, api: Loopback, serve: Serve) -> None:
    files = serve(media(PNG))
    files.close()
    with pytest.raises(NotSentError):
        await fetched(tmp_path, api, files)


class Internet:
    """Answers inside the process, and a resolver that says what it is told."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.received: list[Received] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0)

    async def handle(self, received: Received) -> Answer:
        self.received.append(received)
        return Answer(200, {}, PNG)

    async def fetch(self, tmp_path: Path, url: str) -> Any:
        async with Http(handler=self.handle, resolve=self.resolve) as http:
            return await downloader(tmp_path, provider_file("replicate"), http).fetch(url, "image/png")


async def test_the_address_that_was_judged_is_the_one_that_is_used(tmp_path: Path) -> None:
    internet = Internet(["93.184.215.14"], ["127.0.0.1"])
    await internet.fetch(tmp_path, "https://replicate.delivery/a.png")
    (received,) = internet.received
    assert received.url == "https://93.184.215.14/a.png"
    assert received.headers["host"] == "replicate.delivery"
    assert internet.asked == ["replicate.delivery"]


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"], []])
async def test_a_listed_host_with_a_private_address_is_not_fetched(tmp_path: Path, answer: list[str]) -> None:
    internet = Internet(answer)
    with pytest.raises(ProviderError, match="not on the open internet"):
        await internet.fetch(tmp_path, "https://x.replicate.delivery/a.png")
    assert internet.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://replicate.delivery/a",
        "http://replicate.delivery:443/a",
        "https://replicate.delivery.evil.org/a",
        "https://evilreplicate.delivery/a",
        "https://replicate.delivery:8443/a",
        "https://user@replicate.delivery/a",
        "https://replicate.delivery@evil.org/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest/meta-data",
        "https://evil.org\\.replicate.delivery/a",
        "https://replicate.delivery\t.evil.org/a",
        "not a url",
        "https://",
    ],
)
async def test_hosts_that_only_look_listed_are_not(tmp_path: Path, url: str) -> None:
    internet = Internet(["8.8.8.8"])
    with pytest.raises(ProviderError):
        await internet.fetch(tmp_path, url)
    assert internet.received == []


def test_a_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "result-1.mp4").write_bytes(b"mine")
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "result-2.mp4").symlink_to(tmp_path / "target")
    with NewFile(str(tmp_path), 1000) as file:
        file.write(MP4)
        kept = file.keep("video/mp4")
    assert os.path.basename(kept.path) == "result-3.mp4"
    assert (tmp_path / "result-1.mp4").read_bytes() == b"mine"
    assert (tmp_path / "target").read_bytes() == b"precious"


def test_a_file_that_is_not_kept_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    with NewFile(str(folder), 1000) as file:
        file.write(PNG)
        assert len(left(folder)) == 1
    assert left(folder) == []


async def test_a_full_disk_fails_the_job_with_a_hint(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unit.providers.loopback import Runner, model_file

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("modeltui.providers.new_file.os.write", full)
    runner = Runner(str(tmp_path), FakeTime())
    last = await runner.last(model_file("chat/sandbox-chat"), provider_file("sandbox"), {"prompt": "a"})
    assert last.state is JobState.UNCERTAIN
    assert last.error == f"the result could not be written to {tmp_path}: No space left on device"
    assert "make room" in (last.hint or "")
    assert "may be billed" in (last.hint or "")
    assert left(tmp_path) == []
