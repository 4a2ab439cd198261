"""The sandbox as the engine sees it: a small HTTP API with jobs, states and faults on demand."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from modeltui.providers.sandbox.ticket import ordered, ticket

API_HOST = "sandbox.invalid"
MEDIA_HOST = "media.sandbox.invalid"

_SLOWNESS = 10
_ENDS = {"fail": ("failed", "the sandbox was asked to fail"), "moderated": ("moderated", "the prompt was refused")}


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Job:
    id: str
    kind: str
    order: Mapping[str, Any]
    polls: int = 0
    is_cancelled: bool = False

    @property
    def mode(self) -> str:
        return _text(self.order, "sandbox_mode", "ok")

    @property
    def polls_needed(self) -> int:
        asked = _number(self.order, "sandbox_polls", 3)
        return int(asked * _SLOWNESS if self.mode == "slow" else asked)

    def state(self) -> dict[str, Any]:
        """What a poll is told."""
        if self.is_cancelled:
            return {"id": self.id, "status": "cancelled"}
        if self.mode == "hang" or self.polls < self.polls_needed:
            word = "reticulating" if self.mode == "unknown_status" else "queued" if self.polls <= 1 else "rendering"
            return {"id": self.id, "status": word, "progress": min(self.polls / (self.polls_needed or 1), 0.99)}
        if self.mode in _ENDS:
            word, reason = _ENDS[self.mode]
            return {"id": self.id, "status": word, "error": reason}
        output = [f"https://{MEDIA_HOST}/{self.id}/{number + 1}" for number in range(self._count)]
        return {"id": self.id, "status": "done", "progress": 1, "output": output}

    @property
    def _count(self) -> int:
        return min(max(int(_number(self.order, "count", 1)), 1), 4)


@dataclass(slots=True)
class Sandbox:
    _jobs: dict[str, _Job] = field(default_factory=dict)
    _throttled: set[str] = field(default_factory=set)

    async def answer(self, method: str, url: str, content: bytes) -> Reply:
        """Answer one request; `content` is its body."""
        parts = urlsplit(url)
        route = tuple(part for part in parts.path.split("/") if part)
        if parts.netloc == MEDIA_HOST:
            return await self._media(route)
        match method, route:
            case "GET", ("v1", "jobs", job_id) if (job := self._job(job_id)) is not None:
                job.polls += 1
                return _json(200, job.state())
            case "POST", ("v1", "jobs", job_id, "cancel") if (job := self._job(job_id)) is not None:
                job.is_cancelled = True
                return _json(200, job.state())
            case "POST", ("v1", *rest):
                return self._refusal(content) or await self._ordered("/".join(rest), content)
        return _nothing_at(parts.path)

    async def _ordered(self, kind: str, content: bytes) -> Reply:
        """A result at once, or a job that will have one."""
        order = _order(content)
        if kind == "animations":
            try:
                order = await asyncio.to_thread(_with_small_picture, order)
            except ValueError as error:
                return _json(422, {"error": {"message": f"image: {error}"}})
        if kind in _RENDERERS:
            return self._submitted(kind, content, order)
        if kind == "chat/completions":
            return _ends_badly(order) or _chat(order)
        if kind == "instant":
            return _ends_badly(order) or await _instant(order)
        return _nothing_at(kind)

    def _refusal(self, content: bytes) -> Reply | None:
        """The fault that the request asks for at submit, if any."""
        mode = _text(_order(content), "sandbox_mode", "ok")
        digest = hashlib.sha256(content).hexdigest()
        if mode == "429_then_ok" and digest not in self._throttled:
            self._throttled.add(digest)
            return _json(429, {"error": {"message": "too many requests"}}, {"retry-after": "1"})
        if mode == "5xx":
            return _json(503, {"error": {"message": "the sandbox has fallen over"}})
        return None

    def _submitted(self, kind: str, content: bytes, order: Mapping[str, Any]) -> Reply:
        number = f"{hashlib.sha256(content).hexdigest()[:8]}-{len(self._jobs) + 1}"
        job_id = f"{number}.{told}" if (told := ticket(kind, order)) else number
        self._jobs[job_id] = _Job(job_id, kind, order)
        return _json(201, {"id": job_id, "status": "queued"})

    def _job(self, job_id: str) -> _Job | None:
        """One of this process, or of one before it, by what its id says; its polls are counted anew then."""
        if job_id not in self._jobs:
            found = ordered(job_id.partition(".")[2])
            if found is None or found[0] not in _RENDERERS:
                return None
            self._jobs[job_id] = _Job(job_id, *found)
        return self._jobs[job_id]

    async def _media(self, route: tuple[str, ...]) -> Reply:
        job = self._job(route[0]) if len(route) == 2 else None
        if job is None or job.mode == "expired_url":
            return Reply(410, {"content-type": "text/html"}, b"<html>gone</html>")
        number = int(route[1]) if route[1].isdecimal() else 1
        content = await asyncio.to_thread(_RENDERERS[job.kind], job.order, number)
        return Reply(200, {"content-type": "application/octet-stream"}, content)


def _chat(order: Mapping[str, Any]) -> Reply:
    from modeltui.providers.sandbox.chat import answer  # noqa: PLC0415

    messages = order.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else {}
    prompt = _text(last if isinstance(last, Mapping) else {}, "content", "")
    text = answer(prompt, int(_number(order, "max_tokens", 200)))
    usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": len(text.split())}
    return _json(200, {"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage})


async def _instant(order: Mapping[str, Any]) -> Reply:
    content = await asyncio.to_thread(_picture, order, 1)
    return _json(200, {"data": [{"b64_json": base64.b64encode(content).decode()}]})


def _nothing_at(path: str) -> Reply:
    return _json(404, {"error": {"message": f"nothing at {path}"}})


def _ends_badly(order: Mapping[str, Any]) -> Reply | None:
    end = _ENDS.get(_text(order, "sandbox_mode", "ok"))
    return None if end is None else _json(422, {"error": {"message": end[1]}})


def _picture(order: Mapping[str, Any], number: int) -> bytes:
    from modeltui.providers.sandbox.picture import png  # noqa: PLC0415

    width, height = int(_number(order, "width", 768)), int(_number(order, "height", 768))
    return png(_prompt(order), _seed(order, number), width, height)


def _film(order: Mapping[str, Any], number: int) -> bytes:
    from modeltui.providers.sandbox.picture import film  # noqa: PLC0415

    width, height = int(_number(order, "width", 320)), int(_number(order, "height", 180))
    kind = _text(order, "format", "webp")
    return film(_prompt(order), _seed(order, number), width=width, height=height, kind=kind)


def _animation(order: Mapping[str, Any], _number_of_result: int) -> bytes:
    from modeltui.providers.sandbox.picture import moved  # noqa: PLC0415

    width, height = int(_number(order, "width", 320)), int(_number(order, "height", 180))
    return moved(_file(order), _prompt(order), width=width, height=height, kind=_text(order, "format", "webp"))


def _with_small_picture(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """With a copy that an id has room for: so the job is known to the process after this one, too."""
    from modeltui.providers.sandbox.picture import small  # noqa: PLC0415

    return {**order, "image": f"data:image/webp;base64,{base64.b64encode(small(_file(order))).decode()}"}


def _file(order: Mapping[str, Any]) -> bytes:
    """Raises ValueError for what is no data URL: there is no network to read another one from."""
    head, _, content = _text(order, "image", "").partition(",")
    if not (head.startswith("data:") and head.endswith(";base64")):
        raise ValueError("the sandbox reads no URL; give it a file")
    return base64.b64decode(content, validate=True)


def _music(order: Mapping[str, Any], number: int) -> bytes:
    from modeltui.providers.sandbox.sound import melody  # noqa: PLC0415

    return melody(_seed(order, number), _number(order, "seconds", 8))


def _speech(order: Mapping[str, Any], _number_of_result: int) -> bytes:
    from modeltui.providers.sandbox.speech import spoken  # noqa: PLC0415

    return spoken(_prompt(order), _text(order, "voice", "en"))


_RENDERERS: Mapping[str, Callable[[Mapping[str, Any], int], bytes]] = {
    "images": _picture,
    "videos": _film,
    "animations": _animation,
    "music": _music,
    "speech": _speech,
}


def _prompt(order: Mapping[str, Any]) -> str:
    return _text(order, "prompt", "")


def _seed(order: Mapping[str, Any], number: int) -> str:
    """What a result follows from: the prompt, the seed if one was asked for, and which of several it is."""
    return f"{_prompt(order)}\0{int(_number(order, 'seed', 0))}\0{number}"


def _order(content: bytes) -> Mapping[str, Any]:
    try:
        order = json.loads(content)
    except ValueError:
        return {}
    return order if isinstance(order, dict) else {}


def _text(order: Mapping[str, Any], name: str, default: str) -> str:
    value = order.get(name, default)
    return value if isinstance(value, str) else default


def _number(order: Mapping[str, Any], name: str, default: float) -> float:
    value = order.get(name, default)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _json(status: int, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(data, ensure_ascii=False).encode()
    return Reply(status, {"content-type": "application/json", **(headers or {})}, body)
