"""The model files of the catalogue as the engine reads them, and the exact requests of the chat providers."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.run_spec import compile_run
from modeltui.providers.contract import contract_of
from modeltui.providers.provider import provider_of
from modeltui.providers.secrets import find_key
from modeltui.providers.wire import redacted_request
from unit.providers.loopback import CATALOG, JOB_ID, model_file, provider_file

FILES = sorted((CATALOG / "models").glob("*/*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_model_can_be_run_by_its_provider(path: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    contract_of(document)
    provider = provider_of(provider_file(document["provider"]))
    if provider.auth.scheme != "none":
        assert (
            find_key(provider, document, lambda name: name).reveal() == (document.get("keys") or provider.auth.env)[0]
        )


def request(key: str, **inputs: Any) -> dict[str, Any]:
    document = model_file(key)
    prepared = compile_run(document).prepare(inputs, job_uuid=JOB_ID)
    assert prepared.call is not None, prepared.problems
    return redacted_request(provider_file(document["provider"]), prepared.call)


def test_anthropic() -> None:
    assert request("chat/claude-sonnet-4-5", prompt="hi", system="be brief", thinking="low") == {
        "method": "POST",
        "url": "https://api.anthropic.com/v1/messages",
        "query": {},
        "headers": {"anthropic-version": "2026-10-21", "authorization": "***"},
        "body": {
            "model": "claude-sonnet-4-5",
            "max_tokens": 32000,
            "system": "be brief",
            "messages": [{"role": "user", "content": "hi"}],
            "thinking": {"type": "enabled", "budget_tokens": 5000},
        },
    }


def test_google() -> None:
    found = request("chat/gemini-2-5-pro", prompt="hi", temperature=0.5, thinking="high")
    assert found["url"] == "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent"
    assert found["headers"] == {"x-goog-api-key": "***"}
    assert found["body"] == {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        "generationConfig": {
            "maxOutputTokens": 8192,
            "temperature": 0.5,
            "thinkingConfig": {"thinkingBudget": 24576},
        },
    }


def test_openrouter() -> None:
    found = request("chat/kimi-k2-5", prompt="hi")
    assert found["url"] == "https://openrouter.ai/api/v1/chat/completions"
    assert found["headers"] == {"x-title": "modeltui", "authorization": "***"}
    assert found["body"] == {
        "model": "moonshotai/kimi-k2.5",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 4096,
    }


def test_openai_thinks_as_long_as_it_is_told() -> None:
    assert request("chat/gpt-5-1", prompt="hi", reasoning_effort="high")["body"] == {
        "model": "gpt-5.1",
        "messages": [{"role": "user", "content": "hi"}],
        "max_completion_tokens": 4096,
        "reasoning_effort": "high",
    }


def test_there_is_one_default_for_chat_and_it_is_active() -> None:
    chats = [model_file(f"chat/{path.stem}") for path in FILES if path.parent.name == "chat"]
    assert [chat["model_id"] for chat in chats if chat["default"]] == ["gpt-5-mini"]
    assert len({chat["provider"] for chat in chats}) >= 4
    assert len(chats) >= 12
