"""Every error of the providers that mostly answer at once: whether it is sent again, what it says, and money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import FakeTime, Given, Runner
from unit.providers.servers.anthropic import ERRORS
from unit.providers.servers.base import Fault
from unit.providers.servers.chats import error_body
from unit.providers.servers.fleet import server_for
from unit.providers.servers.scene import Scene, check_done

OPENAI = "chat/gpt-5-mini"
ANTHROPIC = "chat/claude-haiku-4-5"
ANTHROPIC_2023 = "chat/claude-haiku-4-5-2023-06-01"
ELEVENLABS = "text_to_speech/elevenlabs-v3"
STABILITY = "prompt_to_image/stable-image-core"
TOGETHER = "chat/gpt-oss-120b-together"
OPENROUTER = "chat/kimi-k2-5"
LOVABLE = "prompt_to_image/gemini-2-5-flash-image-lovable"
VERCEL = "chat/glm-4-7"
PROVIDERS = {
    OPENAI: "openai",
    ANTHROPIC: "anthropic",
    ANTHROPIC_2023: "anthropic_2023",
    ELEVENLABS: "elevenlabs",
    STABILITY: "stability",
    TOGETHER: "together",
    OPENROUTER: "openrouter",
    LOVABLE: "lovable",
    VERCEL: "vercel",
}
CREDIT = "the account needs credit or another plan"
SHAPED_AS_OPENAI = (OPENAI, TOGETHER, LOVABLE, VERCEL)


@pytest.fixture
def stage(runner: Runner, request: pytest.FixtureRequest) -> Iterator[Scene]:
    key = request.getfixturevalue("key")
    with server_for(PROVIDERS[key]) as server:
        yield Scene(server, runner, key)


def put(scene: Scene, status: int, body: Any, headers: Mapping[str, str] | None = None, times: int = 1) -> None:
    scene.server.put("submit", Fault(lambda: Given(status, body, headers or {}), is_untouched=True), times)


def openrouter(code: int, message: str = "Provider returned error") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": {"provider_name": "x"}}}


def anthropic(code: int) -> dict[str, Any]:
    return {"type": "error", "error": {"type": ERRORS[code], "message": "no"}, "request_id": "req_1"}


def elevenlabs(status: str, message: str = "no") -> dict[str, Any]:
    return {"detail": {"status": status, "message": message}}


def stability(name: str, *errors: str) -> dict[str, Any]:
    return {"id": "a1", "name": name, "errors": list(errors)}


_422 = {"detail": [{"loc": ["body", "text"], "msg": "field required", "type": "value_error.missing"}]}
_INSIDE = {"choices": [{"finish_reason": "error", "message": {"content": ""}, "error": {"code": 400, "message": "no"}}]}

REFUSED: list[tuple[str, int, Any, str]] = [
    *((key, code, error_body("no", "bad"), f"answered {code} (bad): no")
      for key in SHAPED_AS_OPENAI for code in (400, 401, 403, 404, 409, 413, 422)),
    *((key, code, anthropic(code), f"answered {code} ({ERRORS[code]}): no")
      for key in (ANTHROPIC, ANTHROPIC_2023) for code in (400, 401, 403, 404, 413)),
    (ELEVENLABS, 401, elevenlabs("invalid_api_key"), "answered 401 (invalid_api_key): no"),
    (ELEVENLABS, 400, elevenlabs("voice_not_found"), "answered 400 (voice_not_found): no"),
    (ELEVENLABS, 403, {"detail": "Forbidden"}, "answered 403: Forbidden"),
    (ELEVENLABS, 422, _422, "answered 422: body.text: field required"),
    (ELEVENLABS, 422, {"detail": [{"msg": "bad"}]}, "answered 422: ?: bad"),
    (STABILITY, 400, stability("bad_request", "prompt: too long"), "answered 400 (bad_request): prompt: too long"),
    (STABILITY, 401, stability("unauthorized", "no key"), "answered 401 (unauthorized): no key"),
    (STABILITY, 403, stability("content_moderation", "flagged"), "answered 403 (content_moderation): flagged"),
    (STABILITY, 413, stability("payload_too_large", "big"), "answered 413 (payload_too_large): big"),
    (STABILITY, 422, stability("invalid_language", "English"), "answered 422 (invalid_language): English"),
    *((OPENROUTER, code, openrouter(code, "no"), f"answered {code}: no") for code in (400, 401, 403, 404, 413)),
    (OPENROUTER, 200, openrouter(403, "flagged"), "answered 200 (403): flagged"),
    (OPENROUTER, 200, _INSIDE, "answered 200 (400): no"),
]  # fmt: skip

ABOUT_MONEY: list[tuple[str, int, Any]] = [
    *((OPENAI, 429, error_body("no", code)) for code in ("insufficient_quota", "billing_hard_limit_reached")),
    (OPENAI, 429, error_body("no", None, "insufficient_quota")),
    *((key, 402, error_body("no")) for key in SHAPED_AS_OPENAI),
    *((key, 402, anthropic(402)) for key in (ANTHROPIC, ANTHROPIC_2023)),
    (ELEVENLABS, 401, elevenlabs("quota_exceeded")),
    (STABILITY, 402, stability("payment_required", "no")),
    (OPENROUTER, 402, openrouter(402)),
    (OPENROUTER, 200, openrouter(402)),
]

THROTTLED: list[tuple[str, int, Any]] = [
    *((key, 429, error_body("slow", "rate_limit_exceeded")) for key in SHAPED_AS_OPENAI),
    *((key, 429, anthropic(429)) for key in (ANTHROPIC, ANTHROPIC_2023)),
    (ELEVENLABS, 429, elevenlabs("too_many_concurrent_requests")),
    (ELEVENLABS, 429, elevenlabs("system_busy")),
    (STABILITY, 429, stability("rate_limit_exceeded", "150 in 10 s")),
    (OPENROUTER, 429, openrouter(429)),
    (OPENROUTER, 200, openrouter(429)),
]

DOUBTFUL: list[tuple[str, int, Any]] = [
    *((key, code, error_body("oops")) for key in SHAPED_AS_OPENAI for code in (408, 500, 502, 503, 504)),
    *((key, code, anthropic(code)) for key in (ANTHROPIC, ANTHROPIC_2023) for code in (500, 504, 529)),
    *((ELEVENLABS, code, elevenlabs("internal")) for code in (500, 503)),
    *((STABILITY, code, stability("internal_error", "oops")) for code in (500, 504)),
    *((OPENROUTER, code, openrouter(code)) for code in (408, 500, 502, 503, 524, 529)),
    *((OPENROUTER, 200, openrouter(code)) for code in (408, 502, 503, 524, 529)),
]


def named(case: tuple[Any, ...]) -> str:
    return f"{PROVIDERS[case[0]]}-{case[1]}"


@pytest.mark.parametrize(("key", "status", "body", "said"), REFUSED, ids=map(named, REFUSED))
async def test_a_refusal_is_told_in_the_providers_words(
    stage: Scene, key: str, status: int, body: Any, said: str
) -> None:
    put(stage, status, body)
    last = await stage.last()
    assert (last.state, last.error) == (JobState.FAILED, said)
    assert len(stage.seen) == 1


@pytest.mark.parametrize(("key", "status", "body"), ABOUT_MONEY, ids=map(named, ABOUT_MONEY))
async def test_what_is_about_money_is_never_sent_again(stage: Scene, key: str, status: int, body: Any) -> None:
    put(stage, status, body)
    last = await stage.last()
    assert (last.state, last.hint) == (JobState.FAILED, CREDIT)
    assert len(stage.seen) == 1


@pytest.mark.parametrize(("key", "status", "body"), THROTTLED, ids=map(named, THROTTLED))
async def test_what_was_too_fast_is_sent_again_when_it_may(
    stage: Scene, time: FakeTime, key: str, status: int, body: Any
) -> None:
    put(stage, status, body, {"retry-after": "7"})
    jobs = await stage.jobs()
    check_done(stage, jobs)
    assert time.sleeps == [7]
    assert len(stage.seen) == 2


@pytest.mark.parametrize(("key", "status", "body"), DOUBTFUL, ids=map(named, DOUBTFUL))
async def test_a_provider_in_trouble_may_have_billed_and_is_asked_once(
    stage: Scene, key: str, status: int, body: Any
) -> None:
    put(stage, status, body)
    last = await stage.last()
    assert last.state is JobState.UNCERTAIN
    assert "billed" in str(last.error)
    assert len(stage.seen) == 1


@pytest.mark.parametrize("key", sorted(PROVIDERS))
async def test_a_cut_answer_is_uncertain_and_sent_once(stage: Scene, key: str) -> None:
    stage.server.cut()
    assert (await stage.last()).state is JobState.UNCERTAIN
    assert stage.server.submits == 1


@pytest.mark.parametrize("key", [OPENAI])
@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "2500", "retry-after": "60"}, 2.5),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:30 GMT"}, 30),
        ({"retry-after": "4", "x-should-retry": "true"}, 4),
        ({}, 1),
    ],
)
async def test_how_long_to_wait_is_read_from_every_spelling(
    stage: Scene, time: FakeTime, key: str, headers: dict[str, str], waited: float
) -> None:
    put(stage, 429, error_body("slow", "rate_limit_exceeded"), headers)
    check_done(stage, await stage.jobs())
    assert time.sleeps == [waited]


@pytest.mark.parametrize("key", [OPENAI, ANTHROPIC])
async def test_a_provider_that_says_not_to_is_not_asked_again(stage: Scene, key: str) -> None:
    put(stage, 429, error_body("slow", "rate_limit_exceeded"), {"x-should-retry": "false"})
    assert (await stage.last()).state is JobState.FAILED
    assert len(stage.seen) == 1


@pytest.mark.parametrize("key", [OPENAI, ANTHROPIC])
async def test_that_it_may_be_asked_again_does_not_pay_twice(stage: Scene, key: str) -> None:
    put(stage, 500, error_body("oops"), {"x-should-retry": "true"})
    assert (await stage.last()).state is JobState.UNCERTAIN
    assert len(stage.seen) == 1


@pytest.mark.parametrize("key", sorted(PROVIDERS))
async def test_a_wrong_key_is_refused_and_never_shown(stage: Scene, key: str) -> None:
    last = await stage.last(secrets=lambda _: "another-secret-key")
    assert last.state is JobState.FAILED
    assert "401" in str(last.error)
    assert "another-secret-key" not in repr(last)
    assert stage.server.submits == 0


@pytest.mark.parametrize("key", sorted(PROVIDERS))
async def test_a_page_in_place_of_an_answer_is_never_taken_for_a_result(stage: Scene, key: str) -> None:
    stage.server.nonsense()
    last = await stage.last()
    assert last.state is JobState.UNCERTAIN, last.files
    assert "may be billed" in (last.hint or "")
    assert not last.files


@pytest.mark.parametrize("key", [ELEVENLABS])
@pytest.mark.parametrize(
    ("status", "state"), [(500, JobState.UNCERTAIN), (422, JobState.FAILED)], ids=["in trouble", "refused"]
)
async def test_an_error_that_cannot_be_read_is_what_its_status_says(
    stage: Scene, key: str, status: int, state: JobState
) -> None:
    """The expression for its words does not fit: what is joined there must be text."""
    put(stage, status, {"detail": [{"msg": 5, "loc": ["body"]}]})
    last = await stage.last()
    assert (last.state, len(stage.seen)) == (state, 1)
    assert f"answered {status}" in str(last.error)
