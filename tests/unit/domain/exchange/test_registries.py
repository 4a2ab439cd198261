"""What LiteLLM's price map and models.dev say, as rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.exchange import litellm, models_dev
from modeltui.domain.exchange.listing import Listing, row_of, rows_of
from modeltui.domain.exchange.litellm_variants import variant_of
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.exchange.row import Refused, Row, Skipped
from modeltui.errors import UsageError

IDENTITY: Document = {"schema": 1, "uid": "u", "content_type": "chat", "provider": "openai"}
ENTRY = {
    "litellm_provider": "openai",
    "mode": "chat",
    "input_cost_per_token": 1.25e-06,
    "output_cost_per_token": 1e-05,
    "max_input_tokens": 272000,
    "max_output_tokens": 0,
    "deprecation_date": "2027-01-31",
    "supported_modalities": ["text", "image", "pdf", "smell"],
    "supports_vision": True,
}


def _litellm(models: Any) -> list[Row | Refused | Skipped]:
    return list(rows_of(litellm.listings(json.dumps(models).encode())))


def _models_dev(tree: Mapping[str, Document]) -> list[Row | Refused | Skipped]:
    return list(rows_of(models_dev.listings(tree)))


def _row(found: list[Any]) -> Row:
    [row] = found
    assert isinstance(row, Row), row
    return row


def test_an_entry_updates_prices_limits_modalities_and_retirement() -> None:
    row = _row(_litellm({"openai/gpt-5": ENTRY}))
    assert (row.provider, row.model_ids, row.content_type) == ("openai", ("openai/gpt-5", "gpt-5"), "chat")
    document = row.wanted({"name": "mine", "modalities": {"input": ["file", "image", "text"]}})
    assert document == {
        "name": "mine",
        "modalities": {"input": ["file", "image", "text"]},
        "limits": {"input_tokens": 272000},
        "retires_on": date(2027, 1, 31),
        "cost": {
            "currency": "USD",
            "base": "0.00625",
            "tokens": {"input": "1.25", "output": "10", "assume_input": 1000, "assume_output": 500},
        },
    }


def test_a_new_model_is_inactive_and_knows_what_it_can_do() -> None:
    row = _row(_litellm({"gpt-5": ENTRY}))
    assert row.made is not None
    document = row.made(IDENTITY)
    assert (document["model_id"], document["active"], document["default"]) == ("gpt-5", False, False)
    assert document["capabilities"] == {"vision": True}


@pytest.mark.parametrize(
    "name", ["low/1024-x-1024/gpt-image-1", "1024-x-1024/50-steps/bedrock/x", "fal_ai/high/1024-x-768/openai/x"]
)
def test_a_price_by_size_is_no_model(name: str) -> None:
    skipped, *made = _litellm({name: {**ENTRY, "mode": "image_generation", "output_cost_per_image": 0.04}})
    assert isinstance(skipped, Skipped)
    assert [row.where for row in made] == [variant_of(name).base]  # type: ignore[union-attr]


def test_the_example_of_the_map_is_left_aside() -> None:
    assert _litellm({"sample_spec": ENTRY}) == []


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {},
        {**ENTRY, "output_cost_per_token": "cheap"},
        {**ENTRY, "output_cost_per_token": -1},
        {**ENTRY, "max_input_tokens": 1.5},
        {**ENTRY, "max_input_tokens": True},
        {**ENTRY, "deprecation_date": "2027-13-31"},
    ],
)
def test_a_bad_entry_is_named_and_the_rest_goes_on(entry: Any) -> None:
    bad, good = _litellm({"bad": entry, "good": ENTRY})
    assert isinstance(bad, Refused)
    assert bad.where == "bad"
    assert isinstance(good, Row)


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "1" + "0" * 60])
def test_a_monstrous_number_costs_nothing(number: str) -> None:
    for name in ("max_input_tokens", "output_cost_per_token"):
        content = json.dumps({"bad": {**ENTRY, name: "N"}}).replace('"N"', number)
        [found] = rows_of(litellm.listings(content.encode()))
        assert isinstance(found, Refused)


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_price_map_is_said_so(content: bytes) -> None:
    with pytest.raises(UsageError):
        list(litellm.listings(content))


def test_every_model_of_the_real_map_is_read(shared_data: Any) -> None:
    found = list(rows_of(litellm.listings((shared_data / "litellm_media.json").read_bytes())))
    listed = json.loads((shared_data / "litellm_media.json").read_bytes())
    assert len(listed) == 369
    assert {row.where for row in found} >= listed.keys()
    assert not [row for row in found if isinstance(row, Refused)]


MODEL = {"name": "Grok 4", "limit": {"context": 256_000, "output": 0}, "modalities": {"output": ["text"]}}


def test_a_model_builds_on_its_base_without_what_it_omits() -> None:
    tree: dict[str, Document] = {
        "models.dev/models/xai/grok-4.toml": {**MODEL, "cost": {"input": 3, "output": 15}, "reasoning": True},
        "models.dev/providers/xai/models/grok-4.toml": {
            "base_model": "xai/grok-4",
            "base_model_omit": ["cost.output", "no.such"],
            "limit": {"output": 64_000},
        },
    }
    row = _row(_models_dev(tree))
    assert (row.provider, row.model_ids, row.content_type) == ("xai", ("grok-4",), "chat")
    document = row.wanted({})
    assert document["limits"] == {"context": 256_000, "output_tokens": 64_000}
    assert document["cost"]["tokens"] == {"input": "3", "assume_input": 1000}


def test_a_model_id_may_hold_slashes() -> None:
    row = _row(_models_dev({"providers/vercel/models/xai/grok-4.toml": MODEL}))
    assert (row.provider, row.model_ids) == ("vercel", ("xai/grok-4",))


@pytest.mark.parametrize(
    "document",
    [
        {"base_model": "no/such"},
        {"base_model": 7},
        {"limit": 7},
        {"limit": {"context": float("inf")}},
        {"limit": {"context": float("nan")}},
        {"cost": {"input": float("nan")}},
    ],
)
def test_a_bad_model_is_named(document: Document) -> None:
    bad, good = _models_dev({"providers/x/models/a.toml": document, "providers/x/models/b.toml": MODEL})
    assert isinstance(bad, Refused)
    assert bad.where == "providers/x/models/a.toml"
    assert isinstance(good, Row)


def test_a_tree_without_models_is_said_so() -> None:
    with pytest.raises(UsageError, match="no models"):
        _models_dev({"x.toml": {}})


# What registries say in more than one way


def _listings(found: Iterable[Listing | Refused | Skipped]) -> dict[str, Listing]:
    return {item.where: item for item in found if isinstance(item, Listing)}


def test_an_older_tree_builds_on_the_model_of_another_provider() -> None:
    tree: dict[str, Document] = {
        "providers/deepseek/models/v4.toml": {"base_model": "deepseek/v4", "limit": {"output": 64_000}},
        "models/deepseek/v4.toml": {**MODEL, "cost": {"input": 1, "output": 2}},
        "providers/fireworks/models/a/v4.toml": {
            "extends": {"from": "deepseek/v4", "omit": ["cost.output"]},
            "limit": {"context": 9},
        },
        "providers/x/models/circle.toml": {"extends": {"from": "x/circle"}},
        "providers/x/models/alone.toml": {"extends": {"from": "no/such"}},
    }
    found = list(models_dev.listings(tree))
    listing = _listings(found)["providers/fireworks/models/a/v4.toml"]
    assert (listing.quote.tokens, listing.facts["limits", "context"], listing.facts["limits", "output_tokens"]) == (
        {"input": Decimal(1)},
        9,
        64_000,
    )
    assert [item.where for item in found if isinstance(item, Refused)] == [
        "providers/x/models/alone.toml",
        "providers/x/models/circle.toml",
    ]


@pytest.mark.parametrize(
    "cost",
    [
        {"context_over_200k": {"input": 2.5, "output": 15, "cache_read": 0.25}},
        {"tiers": [{"tier": {"size": 200_000}, "input": 2.5, "output": 15, "cache_read": 0.25}]},
        {
            "tiers": [
                {"tier": {"type": "context", "size": "200000"}, "input": "2.5", "output": 15, "cached_input": 0.25}
            ]
        },
        {
            "context_over_200k": {"input": 9},
            "tiers": [
                {"tier": {"type": "context", "size": 200_000}, "input": 2.5, "output": 15, "cache_read": 0.25},
                {"tier": {"type": "time", "size": 5}, "input": 1},
                {"input": 7},
                None,
            ],
        },
    ],
)
def test_prices_of_large_requests_are_read_in_every_form(cost: dict[str, Any]) -> None:
    [listing] = _listings(models_dev.listings({"providers/x/models/m.toml": {"cost": {"input": 1, **cost}}})).values()
    prices = {"input": Decimal("2.5"), "output": Decimal(15), "cached_input": Decimal("0.25")}
    assert (listing.quote.above, listing.unread) == ({200_000: prices}, {})
    made = row_of(listing).made
    assert made is not None
    assert made(IDENTITY)["cost"]["tokens"]["above"] == [
        {"tokens": 200_000, "input": "2.5", "output": "15", "cached_input": "0.25"}
    ]


@pytest.mark.parametrize(
    "prices",
    [
        {"input_cost_per_token": 1e-6, "input_cost_per_token_above_200k_tokens": 2.5e-6},
        {
            "tiered_pricing": [
                {"range": [0, 200000.0], "input_cost_per_token": 1e-6},
                {"range": [200000.0, 1000000.0], "input_cost_per_token": "2.5e-06"},
            ]
        },
    ],
)
def test_a_price_map_states_large_requests_in_two_forms(prices: dict[str, Any]) -> None:
    content = json.dumps({"m": {"litellm_provider": "x", "mode": "chat", **prices}}).encode()
    quote = _listings(litellm.listings(content))["m"].quote
    assert (quote.input, quote.above) == (Decimal(1), {200_000: {"input": Decimal("2.5")}})


def test_numbers_that_came_as_text_are_numbers_and_null_is_nothing() -> None:
    document = {
        "limit": {"context": "128000", "input": None, "output": "0"},
        "cost": {"input": "0.50", "output": None},
        "status": None,
        "modalities": None,
        "release_date": "2025-10-01T00:00:00Z",
    }
    [listing] = _listings(models_dev.listings({"providers/x/models/m.toml": document})).values()
    assert (listing.unread, listing.vague) == ({}, {})
    assert listing.facts == {("limits", "context"): 128_000}
    assert listing.quote == Quote(input=Decimal("0.50"))
    assert listing.details == {("released_on",): date(2025, 10, 1)}


def test_what_cannot_be_read_spoils_nothing_beside_it() -> None:
    document = {
        "limit": {"context": "much", "output": 5},
        "cost": {"input": 1, "output": "cheap"},
        "status": "resting",
        "modalities": [],
        "reasoning": True,
    }
    [listing] = _listings(models_dev.listings({"providers/x/models/m.toml": document})).values()
    assert listing.unread.keys() == {("limits", "context"), ("cost",), ("modalities",)}
    assert listing.vague == {("status",): "its status is no known status: resting"}
    assert (listing.facts, listing.quote, listing.abilities) == (
        {("limits", "output_tokens"): 5},
        Quote(),
        {"reasoning": True},
    )
    entry = {**ENTRY, "output_cost_per_token": "cheap", "deprecation_date": "2027-01"}
    [listing] = _listings(litellm.listings(json.dumps({"m": entry}).encode())).values()
    assert (set(listing.unread), listing.quote, listing.media) == ({("cost",)}, Quote(), None)
    assert listing.vague == {("retires_on",): "its deprecation_date is no day: 2027-01"}
    assert listing.facts["limits", "input_tokens"] == 272_000


@pytest.mark.parametrize(
    ("name", "provider", "own_id"),
    [
        ("gemini/veo", "gemini", "veo"),
        ("vertex_ai/veo", "vertex_ai-video-models", "veo"),
        ("cohere/command", "cohere_chat", "command"),
        ("a/model", "azure", "a/model"),
        ("gpt-5", "openai", "gpt-5"),
        ("openrouter/openai/gpt-5", "openrouter", "openai/gpt-5"),
    ],
)
def test_only_a_whole_name_of_the_provider_is_taken_off(name: str, provider: str, own_id: str) -> None:
    content = json.dumps({name: {"litellm_provider": provider}}).encode()
    assert _listings(litellm.listings(content))[name].model_ids[-1] == own_id
