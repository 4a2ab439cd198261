"""Answers that are not whole, or none at all: cut off, moderated, refused, empty, tools in place of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import Runner, content_of
from unit.providers.servers.anthropic import Anthropic2023Server, AnthropicServer
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.chats import ChatServer
from unit.providers.servers.elevenlabs import ElevenLabsServer
from unit.providers.servers.fleet import server_for
from unit.providers.servers.scene import Scene
from unit.providers.servers.stability import StabilityServer

CHATS = {
    "openai": "chat/gpt-5-mini",
    "together": "chat/gpt-oss-120b-together",
    "openrouter": "chat/kimi-k2-5",
    "vercel": "chat/glm-4-7",
}
MESSAGES = {"anthropic": "chat/claude-haiku-4-5", "anthropic_2023": "chat/claude-haiku-4-5-2023-06-01"}
CODEX = "chat/gpt-5-1-codex"
LOVABLE = "prompt_to_image/gemini-2-5-flash-image-lovable"
CORE, ULTRA = "prompt_to_image/stable-image-core", "prompt_to_image/stable-image-ultra"
VOICE = "text_to_speech/elevenlabs-v3"
TOOL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}

Stage = Callable[[str, str], Scene]


@pytest.fixture
def stage(runner: Runner) -> Iterator[Stage]:
    running: list[ProtocolServer] = []

    def begin(provider: str, key: str) -> Scene:
        running.append(server_for(provider))
        return Scene(running[-1], runner, key)

    yield begin
    for server in running:
        server.close()


def chat(scene: Scene) -> ChatServer:
    assert isinstance(scene.server, ChatServer)
    return scene.server


@pytest.mark.parametrize("provider", CHATS)
async def test_a_chat_that_was_cut_off_is_kept_and_says_so(stage: Stage, provider: str) -> None:
    scene = stage(provider, CHATS[provider])
    chat(scene).say("length", content="Once upon a")
    last = await scene.last()
    assert (last.state, last.text) == (JobState.SUCCEEDED, "Once upon a")
    assert last.hint == "the answer is not whole: length"
    assert content_of(last.files[0]) == b"Once upon a"


@pytest.mark.parametrize("provider", CHATS)
async def test_a_chat_that_thought_until_its_end_says_what_to_do(stage: Stage, provider: str) -> None:
    scene = stage(provider, CHATS[provider])
    chat(scene).say("length", content="")
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert "holds no result" in str(last.error)
    assert str(last.hint).startswith("it was cut off (length): ask for more; it was accepted, and may be billed")


@pytest.mark.parametrize("provider", CHATS)
@pytest.mark.parametrize("message", [{"content": ""}, {"content": None}, {"content": None, "tool_calls": [TOOL]}, {}])
async def test_a_chat_without_words_fails(stage: Stage, provider: str, message: dict[str, Any]) -> None:
    scene = stage(provider, CHATS[provider])
    chat(scene).say("tool_calls" if "tool_calls" in message else "stop", **message)
    last = await scene.last()
    assert (last.state, last.files) == (JobState.UNCERTAIN, ())
    assert "holds no result" in str(last.error)


@pytest.mark.parametrize("provider", CHATS)
@pytest.mark.parametrize("content", [None, "half an ans"])
async def test_a_chat_that_was_moderated_fails(stage: Stage, provider: str, content: str | None) -> None:
    scene = stage(provider, CHATS[provider])
    chat(scene).say("content_filter", content=content)
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200: content_filter")


@pytest.mark.parametrize("provider", CHATS)
async def test_a_refusal_is_no_answer(stage: Stage, provider: str) -> None:
    scene = stage(provider, CHATS[provider])
    chat(scene).say("stop", content=None, refusal="I cannot help with that.")
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200: I cannot help with that.")
    assert len(scene.seen) == 1


@pytest.mark.parametrize(
    ("reason", "state", "said"),
    [
        ("max_output_tokens", JobState.SUCCEEDED, "the answer is not whole: max_output_tokens"),
        ("content_filter", JobState.FAILED, None),
    ],
)
async def test_responses_are_incomplete_for_a_reason(
    stage: Stage, reason: str, state: JobState, said: str | None
) -> None:
    scene = stage("openai", CODEX)
    chat(scene).say(reason, content="def f(")
    last = await scene.last()
    assert (last.state, last.hint) == (state, said)
    assert (last.error is None) == (state is JobState.SUCCEEDED)


async def test_responses_refuse(stage: Stage) -> None:
    scene = stage("openai", CODEX)
    chat(scene).say("stop", refusal="I cannot.")
    assert (await scene.last()).error == "answered 200: I cannot."


async def test_a_response_that_failed(stage: Stage) -> None:
    scene = stage("openai", CODEX)
    error = {"code": "server_error", "message": "oops"}
    scene.server.answer({"object": "response", "status": "failed", "error": error, "output": []})
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200 (server_error): oops")


def messages(scene: Scene) -> AnthropicServer:
    assert isinstance(scene.server, AnthropicServer | Anthropic2023Server)
    return scene.server


@pytest.mark.parametrize("provider", MESSAGES)
@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded", "pause_turn"])
async def test_a_message_that_was_cut_off_is_kept_and_says_so(stage: Stage, provider: str, reason: str) -> None:
    scene = stage(provider, MESSAGES[provider])
    messages(scene).stop(reason, {"type": "text", "text": "Once upon a"})
    last = await scene.last()
    assert (last.state, last.text, last.hint) == (
        JobState.SUCCEEDED,
        "Once upon a",
        f"the answer is not whole: {reason}",
    )


@pytest.mark.parametrize("provider", MESSAGES)
async def test_a_message_of_nothing_but_thoughts_says_what_to_do(stage: Stage, provider: str) -> None:
    scene = stage(provider, MESSAGES[provider])
    messages(scene).stop("max_tokens", {"type": "thinking", "thinking": "hm", "signature": "x"})
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert str(last.hint).startswith("it was cut off (max_tokens): ask for more; ")


@pytest.mark.parametrize("provider", MESSAGES)
async def test_a_message_that_was_refused(stage: Stage, provider: str) -> None:
    scene = stage(provider, MESSAGES[provider])
    messages(scene).stop("refusal", stop_details={"type": "refusal", "explanation": "against the rules"})
    assert (await scene.last()).error == "answered 200: against the rules"
    messages(scene).stop("refusal", {"type": "text", "text": "I"})
    assert (await scene.last()).error == "answered 200: refusal"


@pytest.mark.parametrize("provider", MESSAGES)
async def test_a_tool_call_is_no_text(stage: Stage, provider: str) -> None:
    scene = stage(provider, MESSAGES[provider])
    messages(scene).stop("tool_use", {"type": "tool_use", "id": "t1", "name": "look", "input": {}})
    last = await scene.last()
    assert (last.state, last.files) == (JobState.UNCERTAIN, ())


@pytest.mark.parametrize("provider", MESSAGES)
async def test_words_between_thoughts_and_tools_are_all_kept(stage: Stage, provider: str) -> None:
    scene = stage(provider, MESSAGES[provider])
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "A."}, {"type": "text", "text": "B."}]
    messages(scene).stop("stop_sequence", *parts)
    last = await scene.last()
    assert (last.state, last.text, last.hint) == (JobState.SUCCEEDED, "A.\n\nB.", None)


async def test_a_gateway_that_made_no_picture_fails(stage: Stage) -> None:
    scene = stage("lovable", LOVABLE)
    chat(scene).say("stop", content="I can only describe it.")
    last = await scene.last()
    assert (last.state, last.files) == (JobState.UNCERTAIN, ())
    assert "I can only describe it." in str(last.error)


async def test_a_gateway_that_gives_a_link_where_data_was_promised(stage: Stage) -> None:
    scene = stage("lovable", LOVABLE)
    chat(scene).say("stop", images=[{"image_url": {"url": "https://elsewhere.example/a.png"}}])
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert "data: URL" in str(last.error)


@pytest.mark.parametrize("key", [CORE, ULTRA], ids=["json", "header"])
@pytest.mark.parametrize("word", ["CONTENT_FILTERED", "ERROR"])
async def test_a_picture_that_was_moderated_is_not_kept(stage: Stage, key: str, word: str) -> None:
    scene = stage("stability", key)
    assert isinstance(scene.server, StabilityServer)
    scene.server.finish_reason = word
    last = await scene.last()
    assert (last.state, last.error, last.files) == (JobState.FAILED, f"answered 200: {word}", ())


@pytest.mark.parametrize(("told", "amount"), [("11", "0.00088"), ("0", "0"), ("many", None), (None, None)])
async def test_the_cost_stands_in_a_header(stage: Stage, told: str | None, amount: str | None) -> None:
    scene = stage("elevenlabs", VOICE)
    assert isinstance(scene.server, ElevenLabsServer)
    scene.server.character_cost = told
    last = await scene.last()
    assert last.state is JobState.SUCCEEDED
    found = None if last.reported is None else (f"{last.reported.amount.normalize():f}", last.reported.currency)
    assert found == (None if amount is None else (amount, "USD"))


async def test_no_sound_is_no_result(stage: Stage) -> None:
    scene = stage("elevenlabs", VOICE)
    scene.server.answer(b"")
    last = await scene.last()
    assert (last.state, last.files) == (JobState.UNCERTAIN, ())


async def test_a_gateway_tells_what_it_took(stage: Stage) -> None:
    last = await stage("openrouter", CHATS["openrouter"]).last()
    assert last.reported is not None
    assert (str(last.reported.amount), last.reported.currency) == ("0.00042", "USD")


TOKENS = {
    "chat/gpt-5-mini": ("openai", "0.15", "0.6"),
    CODEX: ("openai", "1.25", "10"),
    "chat/claude-haiku-4-5": ("anthropic", "1", "5"),
    "chat/claude-haiku-4-5-2023-06-01": ("anthropic_2023", "1", "5"),
    "chat/glm-4-7": ("vercel", "0.6", "2.2"),
    "chat/gpt-oss-120b-together": ("together", "0.15", "0.6"),
}


@pytest.mark.parametrize(("key", "told"), TOKENS.items(), ids=list(TOKENS))
async def test_the_tokens_of_the_answer_give_what_it_took(stage: Stage, key: str, told: tuple[str, str, str]) -> None:
    provider, price_in, price_out = told
    last = await stage(provider, key).last()
    assert last.reported is not None
    assert last.reported.currency == "USD"
    assert last.reported.amount == (12 * Decimal(price_in) + 7 * Decimal(price_out)) / 1_000_000
