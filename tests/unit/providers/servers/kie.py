"""KIE.ai: HTTP 200 with a code inside, one way for jobs and six of their own, each with its vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from unit.providers.loopback import Given, Loopback, Seen
from unit.providers.servers.base import ProtocolServer, Refusal, RemoteJob, Route, json_of, need
from unit.providers.servers.form import form_of
from unit.providers.servers.outputs import outputs_of

Data = dict[str, Any]


class Way(NamedTuple):
    """One pair of endpoints."""

    name: str
    submit: str
    poll: str
    needs: Mapping[str, type]
    life: Sequence[Any]
    failed: Any
    moderated: Any
    media_type: str
    data: Callable[[RemoteJob, Any], Data]
    """What `data` of a poll holds beside the id."""


def _job(job: RemoteJob, state: Any) -> Data:
    data: Data = {"state": state, "resultJson": "", "failCode": "", "failMsg": ""}
    if state == "success":
        found: Data = {"resultUrls": job.urls}
        if job.media_type == "text/plain":
            found = {"resultObject": {"text": "Hello."}}
        data["resultJson"] = job.extra.get("resultJson", json.dumps(found))
    elif state == "fail":
        data |= {"failCode": "422", "failMsg": job.error}
    return data


def _flagged(job: RemoteJob, flag: Any, result: Data) -> Data:
    data: Data = {"successFlag": flag, "response": None, "errorCode": None, "errorMessage": ""}
    if flag == 1:
        data["response"] = None if job.is_result_late else result
        job.is_result_late = False
    elif flag in (2, 3):
        data |= {"errorCode": 501, "errorMessage": job.error}
    return data


def _veo(job: RemoteJob, flag: Any) -> Data:
    return _flagged(job, flag, {"taskId": job.id, "resultUrls": job.urls, "resolution": "1080p"})


def _gpt4o(job: RemoteJob, flag: Any) -> Data:
    return {**_flagged(job, flag, {"result_urls": job.urls}), "progress": "1.00" if flag == 1 else "0.50"}


def _kontext(job: RemoteJob, flag: Any) -> Data:
    return _flagged(job, flag, {"originImageUrl": None, "resultImageUrl": job.urls[0]})


def _midjourney(job: RemoteJob, flag: Any) -> Data:
    data = _flagged(job, flag, {})
    is_done = flag == 1 and data.pop("response") is not None
    urls = [{"resultUrl": url} for url in job.urls]
    return {**data, "resultInfoJson": {"resultUrls": urls} if is_done else None}


def _suno(job: RemoteJob, status: Any) -> Data:
    is_bad = status.endswith(("FAILED", "EXCEPTION", "ERROR"))
    tracks = [{"id": f"a{number}", "audioUrl": url, "title": "Fox"} for number, url in enumerate(job.urls)]
    ready = {"SUCCESS": tracks, "FIRST_SUCCESS": tracks[:1]}.get(status, [])
    return {"status": status, "response": {"sunoData": ready}, "errorMessage": job.error if is_bad else None}


def _runway(job: RemoteJob, state: Any) -> Data:
    info = {"videoId": "v1", "videoUrl": job.urls[0], "imageUrl": job.urls[0]} if state == "success" else None
    return {"state": state, "videoInfo": info, "failMsg": job.error if state == "fail" else ""}


_FLAGS = (0, 0, 1)
WAYS = (
    Way("veo", "veo/generate", "veo/record-info", {"prompt": str, "model": str}, _FLAGS, 2, 3, "video/mp4", _veo),
    Way("gpt4o", "gpt4o-image/generate", "gpt4o-image/record-info", {"size": str}, _FLAGS, 2, 3, "image/png", _gpt4o),
    Way(
        "kontext",
        "flux/kontext/generate",
        "flux/kontext/record-info",
        {"prompt": str, "model": str},
        _FLAGS,
        2,
        3,
        "image/png",
        _kontext,
    ),
    Way(
        "mj", "mj/generate", "mj/record-info", {"taskType": str, "prompt": str}, _FLAGS, 2, 3, "image/png", _midjourney
    ),
    Way(
        "suno",
        "generate",
        "generate/record-info",
        {"prompt": str, "customMode": bool, "instrumental": bool, "model": str},
        ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"),
        "GENERATE_AUDIO_FAILED",
        "SENSITIVE_WORD_ERROR",
        "audio/mpeg",
        _suno,
    ),
    Way(
        "runway",
        "runway/generate",
        "runway/record-detail",
        {"prompt": str, "duration": int, "quality": str},
        ("wait", "queueing", "generating", "success"),
        "fail",
        "fail",
        "video/mp4",
        _runway,
    ),
    Way(
        "jobs",
        "jobs/createTask",
        "jobs/recordInfo",
        {"model": str, "input": dict},
        ("waiting", "queuing", "generating", "success"),
        "fail",
        "fail",
        "image/png",
        _job,
    ),
)


class KieServer(ProtocolServer):
    provider = "kie_ai"
    takes_older_bodies = False
    """Also bodies with `modelId`, or bare ones, which the real API refuses; a few models of the catalogue send them."""

    def __init__(self) -> None:
        super().__init__()
        self._ending: str | None = None
        self._result_json: str | None = None
        self.unseen = 0
        """How many polls of each next job say that there is no such task."""
        self.uploads: list[bytes] = []
        self.upload_host = Loopback(self)

    @property
    def servers(self) -> tuple[Loopback, ...]:
        return *super().servers, self.upload_host

    def document(self) -> dict[str, Any]:
        hosts = [self.api.host, self.upload_host.host]
        return {**super().document(), "hosts": hosts, "bases": {"upload": self.upload_host.url}}

    def routes(self) -> Sequence[Route]:
        found = []
        for way in WAYS:
            found.append(Route("POST", f"/api/v1/{way.submit}", "submit", self._submit(way)))
            found.append(Route("GET", f"/api/v1/{way.poll}", "poll", self._poll(way)))
        return [
            *found,
            Route("POST", "/api/file-stream-upload", "upload", self._upload, content_type="multipart/form-data"),
        ]

    def error(self, code: int, message: str) -> Given:
        return Given(200, {"code": code, "msg": message, "data": None})

    def fail(self, message: str = "something broke", state: Any = None) -> None:
        self._error, self._ending = message, "failed" if state is None else state

    def moderate(self) -> None:
        self.fail("flagged as sensitive", "moderated")

    def break_result_json(self, text: str = '{"resultUrls": [') -> None:
        self._result_json = text

    def _submit(self, way: Way) -> Callable[[Seen, re.Match[str]], Given]:
        def answer(seen: Seen, _: re.Match[str]) -> Given:
            body = json_of(seen)
            self._check(way, body)
            job = self.take(f"{way.name}-{len(self.jobs) + 1}", body, _media_type(way, body))
            job.left = self._states(way)
            job.extra = {"way": way.name, "unseen": self.unseen}
            if self._result_json is not None:
                job.extra["resultJson"] = self._result_json
            return _ok({"taskId": job.id, "recordId": job.id})

        return answer

    def _states(self, way: Way) -> list[Any]:
        if self._script is not None:
            return list(self._script)
        if self._ending is None:
            return list(way.life)
        endings = {"failed": way.failed, "moderated": way.moderated}
        return [way.life[0], endings.get(self._ending, self._ending)]

    def _check(self, way: Way, body: Data) -> None:
        if way.name == "jobs" and self.takes_older_bodies and "model" not in body:
            return
        need(body, way.needs)
        if way.name == "gpt4o" and not (body.get("prompt") or body.get("filesUrl")):
            raise Refusal(422, "prompt or filesUrl is required")
        if any(text.startswith("data:") for text in _texts(body)):
            raise Refusal(422, "a file must be a URL")

    def _poll(self, way: Way) -> Callable[[Seen, re.Match[str]], Given]:
        def answer(seen: Seen, _: re.Match[str]) -> Given:
            if seen.content or set(seen.query) != {"taskId"}:
                raise Refusal(400, "taskId, and nothing else, is asked for")
            job = self.job(seen.query["taskId"], 422)
            if job.extra["way"] != way.name:
                raise Refusal(422, "recordInfo is null")
            if job.extra["unseen"]:
                job.extra["unseen"] -= 1
                return self.error(422, "recordInfo is null")
            return _ok({"taskId": job.id, **way.data(job, job.next_state())})

        return answer

    def _upload(self, seen: Seen, _: re.Match[str]) -> Given:
        form = form_of(seen, texts=("uploadPath", "fileName"), files=("file",))
        self.uploads += [field.content for field in form.fields if field.name == "file"]
        url = f"{self.files.url}/uploads/{len(self.uploads)}.png"
        return Given(200, {"success": True, "code": 200, "msg": "ok", "data": {"downloadUrl": url}})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _ok(data: Data) -> Given:
    return Given(200, {"code": 200, "msg": "success", "data": data})


def _media_type(way: Way, body: Data) -> str:
    if way.name == "mj":
        return "video/mp4" if body["taskType"].startswith("mj_video") else way.media_type
    if way.name != "jobs":
        return way.media_type
    name = str(body.get("model") or body.get("modelId") or "")
    return outputs_of("kie_ai").get(name, "text/plain" if "audio_url" in body else way.media_type)
