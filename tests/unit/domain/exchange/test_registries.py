"""What LiteLLM's price map and models.dev say, as rows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.exchange import litellm, models_dev
from modeltui.domain.exchange.litellm_variants import variant_of
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
    return list(litellm.read(json.dumps(models).encode()))


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
        [found] = litellm.read(content.encode())
        assert isinstance(found, Refused)


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_price_map_is_said_so(content: bytes) -> None:
    with pytest.raises(UsageError):
        list(litellm.read(content))


def test_every_model_of_the_real_map_is_read(shared_data: Any) -> None:
    found = list(litellm.read((shared_data / "litellm_media.json").read_bytes()))
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
    row = _row(list(models_dev.read(tree)))
    assert (row.provider, row.model_ids, row.content_type) == ("xai", ("grok-4",), "chat")
    document = row.wanted({})
    assert document["limits"] == {"context": 256_000, "output_tokens": 64_000}
    assert document["cost"]["tokens"] == {"input": "3", "assume_input": 1000}


def test_a_model_id_may_hold_slashes() -> None:
    row = _row(list(models_dev.read({"providers/vercel/models/xai/grok-4.toml": MODEL})))
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
    bad, good = models_dev.read({"providers/x/models/a.toml": document, "providers/x/models/b.toml": MODEL})
    assert isinstance(bad, Refused)
    assert bad.where == "providers/x/models/a.toml"
    assert isinstance(good, Row)


def test_a_tree_without_models_is_said_so() -> None:
    with pytest.raises(UsageError, match="no models"):
        list(models_dev.read({"x.toml": {}}))
