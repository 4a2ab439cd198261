"""What an answer says of tokens, and what they cost."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from modeltui.errors import InvalidValueError
from modeltui.providers.usage import usage_of
from unit.providers.loopback import CATALOG, Answers, Given, Loopback, Runner, model_file, on_loopback, provider_file

TOKENS = {"input": "1", "output": "5", "cached_input": "0.1", "cache_write": "1.25", "reasoning": "4"}


def _document(usage: dict[str, Any], **tokens: Any) -> dict[str, Any]:
    prices = {**TOKENS, "assume_input": 1000, "assume_output": 500, **tokens}
    return {
        "result": {"kind": "text", "select": "text", "usage": usage},
        "cost": {"currency": "USD", "base": "1", "tokens": prices},
    }


INSIDE = {"input": "u.i", "output": "u.o", "cached_input": "u.d.c"}
APART = {
    "input": "u.i",
    "output": "u.o",
    "cached_input": "u.c",
    "cache_write": "u.w",
    "apart": ["cached_input", "cache_write"],
}


@pytest.mark.parametrize(
    ("usage", "answer", "amount"),
    [
        (INSIDE, {"u": {"i": 1000, "o": 100, "d": {"c": 400}}}, "0.00114"),
        (INSIDE, {"u": {"i": 1000, "o": 100}}, "0.0015"),
        (INSIDE, {"u": {"i": 10, "d": {"c": 400}}}, "0.00004"),
        (APART, {"u": {"i": 1000, "o": 100, "c": 400, "w": 800}}, "0.00254"),
        (
            {"input": "u.i", "output": "u.o", "reasoning": "u.r", "apart": ["reasoning"]},
            {"u": {"o": 2, "r": 3}},
            "0.000022",
        ),
    ],
)
def test_tokens_are_priced_by_class_and_none_twice(usage: dict[str, Any], answer: Any, amount: str) -> None:
    found = usage_of(_document(usage))
    assert found is not None
    assert found.cost(answer) == Cost(Decimal(amount), "USD")


@pytest.mark.parametrize("answer", [None, {}, [], "x", {"u": {"i": "many", "o": True}}, {"u": {"i": -1, "o": 1.5}}])
def test_an_answer_that_tells_no_tokens_has_no_cost(answer: Any) -> None:
    found = usage_of(_document(INSIDE))
    assert found is not None
    assert found.cost(answer) is None


def test_a_large_request_costs_what_large_requests_cost() -> None:
    above = [{"tokens": 1000, "input": "2"}, {"tokens": 2000, "input": "3", "output": "9"}]
    found = usage_of(_document(INSIDE, above=above))
    assert found is not None
    amounts = [found.cost({"u": {"i": size, "o": 1000}}) for size in (1000, 1001, 2001)]
    assert [each and each.amount for each in amounts] == [Decimal("0.006"), Decimal("0.007002"), Decimal("0.015003")]


def test_without_places_or_prices_there_is_nothing_to_count() -> None:
    assert usage_of({"result": {"usage": INSIDE}}) is None
    assert usage_of({"result": {}, "cost": {"currency": "USD", "base": "1"}}) is None


@pytest.mark.parametrize("usage", [{"input": "a["}, {"thoughts": "a"}, {"input": 3}, {"apart": ["thoughts"]}])
def test_a_place_that_cannot_be_meant_is_refused(usage: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match=r"result\.usage"):
        usage_of(_document(usage))


ANSWERS = {
    "gpt-5": {
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500, "prompt_tokens_details": {"cached_tokens": 600}}
    },
    "claude-haiku-4-5": {"usage": {"input_tokens": 400, "output_tokens": 500, "cache_read_input_tokens": 600}},
    "gemini-2-5-pro": {
        "usageMetadata": {
            "promptTokenCount": 1000,
            "candidatesTokenCount": 200,
            "thoughtsTokenCount": 300,
            "cachedContentTokenCount": 600,
        }
    },
    "gpt-5-1-codex": {
        "usage": {"input_tokens": 1000, "output_tokens": 500, "input_tokens_details": {"cached_tokens": 600}}
    },
}


@pytest.mark.parametrize("name", ANSWERS)
def test_shipped_chat_models_count_the_answers_of_their_providers(name: str) -> None:
    document = tomllib.loads((CATALOG / "models" / "chat" / f"{name}.toml").read_text(encoding="utf-8"))
    usage, prices = usage_of(document), document["cost"]["tokens"]
    assert usage is not None
    cached = Decimal(prices.get("cached_input", prices["input"]))
    wanted = (Decimal(prices["input"]) * 400 + cached * 600 + Decimal(prices["output"]) * 500) / 1_000_000
    assert usage.cost(ANSWERS[name]) == Cost(wanted, "USD")


async def test_a_job_has_the_cost_of_the_tokens_that_it_took(
    serve: Callable[[Answers], Loopback], runner: Runner
) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 500, "prompt_tokens_details": {"cached_tokens": 600}}
    api = serve(lambda _: Given(body={"choices": [{"message": {"content": "hello"}}], "usage": usage}))
    document = model_file("chat/gpt-5-mini")
    last = await runner.last(document, on_loopback(provider_file("openai"), api), {"prompt": "hello"})
    prices = {
        name: Decimal(price)
        for name, price in document["cost"]["tokens"].items()
        if isinstance(price, str) and name != "limit"
    }
    wanted = (prices["input"] * 400 + prices["cached_input"] * 600 + prices["output"] * 500) / 1_000_000
    assert last.state is JobState.SUCCEEDED
    assert last.reported == Cost(wanted, "USD")
    assert last.estimate is None or last.estimate.amount != wanted
