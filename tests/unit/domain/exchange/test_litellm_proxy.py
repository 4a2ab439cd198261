"""The model_list of LiteLLM's proxy."""

from __future__ import annotations

from typing import Any

from modeltui.domain.exchange.litellm_proxy import written

OPENAI: dict[str, Any] = {"base_url": "https://api.openai.com/v1", "auth": {"env": ["OPENAI_API_KEY"]}}
GPT: dict[str, Any] = {
    "uid": "u-1",
    "model_id": 'gpt-5 "x": \x1b',
    "provider": "openai",
    "content_type": "chat",
    "active": True,
    "limits": {"input_tokens": 272000, "rpm": 10},
    "cost": {"currency": "USD", "base": "0.1", "tokens": {"input": "1.25", "output": "10"}},
}


def test_a_model_is_an_item_with_its_key_by_name_only() -> None:
    assert written([("chat/gpt-5", GPT)], {"openai": OPENAI}, {}).text == (
        "model_list:\n"
        '  - model_name: "gpt-5"\n'
        "    litellm_params:\n"
        '      model: "openai/gpt-5 \\"x\\": \\u001b"\n'
        '      api_key: "os.environ/OPENAI_API_KEY"\n'
        "      rpm: 10\n"
        "    model_info:\n"
        '      id: "u-1"\n'
        '      mode: "chat"\n'
        "      max_input_tokens: 272000\n"
        "      input_cost_per_token: 0.00000125\n"
        "      output_cost_per_token: 0.00001\n"
    )


def test_two_models_of_one_name_never_share_their_load() -> None:
    text = written([("chat/a", GPT), ("image_editing/a", GPT)], {"openai": OPENAI}, {}).text
    assert 'model_name: "chat/a"' in text
    assert 'model_name: "image_editing/a"' in text


def test_what_cannot_be_served_is_left_out_and_said() -> None:
    found = written(
        [("chat/a", {**GPT, "active": False}), ("chat/b", {**GPT, "provider": "kie_ai"})], {"openai": OPENAI}, {}
    )
    assert found.text == "model_list: []\n"
    assert [line.partition(" (")[0] for line in found.left_out] == [
        "1 left out: not active",
        "1 left out: LiteLLM has no provider kie_ai",
    ]


def test_a_provider_that_is_named_is_called_at_its_own_address() -> None:
    providers = {"lovable": {**OPENAI, "base_url": "https://gateway.invalid/v1"}}
    text = written([("chat/a", {**GPT, "provider": "lovable"})], providers, {"lovable": "openai"}).text
    assert 'api_base: "https://gateway.invalid/v1"' in text


def test_prices_that_are_not_for_every_run_are_not_told() -> None:
    cost = {"currency": "USD", "base": "0.1", "multipliers": {"size": {"big": "2"}}}
    image = {**GPT, "content_type": "prompt_to_image", "cost": cost}
    assert "cost" not in written([("prompt_to_image/a", image)], {"openai": OPENAI}, {}).text
    plain = {**image, "cost": {"currency": "USD", "base": "1"}}
    assert "output_cost_per_image: 1.0\n" in written([("prompt_to_image/a", plain)], {"openai": OPENAI}, {}).text
