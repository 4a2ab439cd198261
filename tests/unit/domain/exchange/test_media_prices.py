"""What a media model costs after an import of LiteLLM's map is what LiteLLM itself would say."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.exchange.litellm_variants import table_of, variant_of
from modeltui.domain.rules.files import check_model
from unit.domain.exchange.litellm_formula import cases, differences, documents

PRICES = (Path(__file__).parents[3] / "data" / "litellm_prices.json").read_bytes()
"""Names and numbers of the map: an entry of every shape of prices, and all sizes of some models."""


def test_every_amount_is_the_same_to_six_decimals() -> None:
    compared, wrong = differences(PRICES)
    assert compared > 700
    assert wrong == []


def test_every_mode_is_there() -> None:
    modes = {entry["mode"] for entry in json.loads(PRICES).values()}
    assert modes == {"image_generation", "image_edit", "audio_speech", "audio_transcription", "video_generation"}
    assert {case.model for case in cases(json.loads(PRICES, parse_float=Decimal))} <= documents(PRICES).keys()


def test_a_price_that_is_changed_is_seen() -> None:
    dearer = json.loads(PRICES)
    name = next(name for name, entry in dearer.items() if "output_cost_per_second_1080p" in entry)
    dearer[name]["output_cost_per_second_1080p"] *= 2
    before, after = documents(PRICES)[name], documents(json.dumps(dearer).encode())[name]
    old, new = (Decimal(each["cost"]["rate"]["prices"]["1080p"]) for each in (before, after))
    assert new == 2 * old


def test_what_is_made_keeps_to_the_format() -> None:
    for name, document in documents(PRICES).items():
        wrong = [
            finding
            for finding in check_model(f"models/x/{name}.toml", document)
            if finding.severity == "error" and (finding.field or "").split(".")[0] in ("cost", "inputs")
        ]
        assert not wrong, (name, wrong)


@pytest.mark.parametrize(
    ("name", "base", "values"),
    [
        ("hd/1024-x-1792/dall-e-3", "dall-e-3", {"quality": "hd", "size": "1024x1792"}),
        ("fal_ai/xhigh/1024-x-768/openai/x/edit", "fal_ai/openai/x/edit", {"quality": "xhigh", "size": "1024x768"}),
        ("1024-x-1024/50-steps/bedrock/nova", "bedrock/nova", {"size": "1024x1024", "steps": "50"}),
        ("max-x-max/max-steps/sd", "sd", {"size": "max-x-max", "steps": "max"}),
        ("low/model", "model", {"quality": "low"}),
    ],
)
def test_a_variant_names_its_model(name: str, base: str, values: dict[str, Any]) -> None:
    found = variant_of(name)
    assert found is not None
    assert (found.base, dict(found.values)) == (base, values)


@pytest.mark.parametrize("name", ["gpt-image-1", "fal_ai/flux/kontext/max/edit", "x/1024-x-1024", "runwayml/gen4"])
def test_a_model_is_no_variant(name: str) -> None:
    assert variant_of(name) is None


def test_variants_become_one_table() -> None:
    table = table_of({"low/1024-x-1024/m": Decimal("0.01"), "1024-x-1024/m": Decimal("0.02")})
    assert table is not None
    assert table.nested(str) == {"low": {"1024x1024": "0.01"}, "": {"1024x1024": "0.02"}}
