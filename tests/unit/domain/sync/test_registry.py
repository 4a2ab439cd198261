"""Snapshots of registries by their own ids, and what of them cannot be read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.exchange import litellm, models_dev_json
from modeltui.domain.exchange.row import Refused
from modeltui.domain.sync.registry import registry_of
from modeltui.errors import UsageError


def of_json(text: str) -> Any:
    return registry_of("models_dev", models_dev_json.listings(text.encode()))


def test_the_json_of_models_dev_says_what_its_tree_does() -> None:
    entry = {"name": "M", "cost": {"input": 0.1}, "limit": {"context": 5}, "reasoning": False}
    registry = of_json(json.dumps({"acme": {"id": "acme", "models": {"maker/m": entry}}}))
    [(own_id, listing)] = registry.entries.items()
    assert (own_id, listing.provider, listing.model_ids) == ("acme/maker/m", "acme", ("maker/m",))
    assert listing.quote.input == Decimal("0.1")
    assert listing.abilities == {"reasoning": False}


def test_an_entry_that_cannot_be_read_spoils_no_other() -> None:
    long = "1" * 2000
    text = f"""{{"acme": {{"models": {{"good": {{}}, "twice": {{}}, "twice": {{}}, "list": [], "bad": {{"cost": 3}},
        "long": {{"limit": {{"context": {long}}}}}, "on": {{"base_model": "x/y"}}}}}}}}"""
    registry = of_json(text)
    assert list(registry.entries) == ["acme/bad", "acme/good", "acme/on"]
    assert registry.entries["acme/bad"].unread == {("cost",): "cost is no table"}
    assert set(registry.faults) == {"acme/twice", "acme/list", "acme/long"}


@pytest.mark.parametrize("text", ["[]", "{}", '{"acme": 1}', '{"acme": {"models": []}}', "7"])
def test_what_is_no_such_list_is_said_so(text: str) -> None:
    with pytest.raises(UsageError):
        of_json(text)


def test_a_provider_said_twice_is_not_believed() -> None:
    registry = of_json('{"acme": {"models": {"m": {}}}, "acme": {"models": {"m": {}}}, "b": {"models": {"m": {}}}}')
    assert (list(registry.entries), list(registry.faults)) == (["b/m"], ["acme/m"])


@pytest.mark.parametrize(
    "text",
    [
        '{"acme": {"models": {"m": {}, "maker/n": {}}}, "note": "x", "empty": {"models": null}}',
        '{"models": {"other/m": {}}, "providers": {"acme": {"models": {"m": {}, "maker/n": {}}}}}',
        '{"providers": [{"id": "acme", "models": [{"id": "m"}, {"id": "maker/n"}]}]}',
        '[{"id": "acme", "models": {"m": {}, "maker/n": {}}}]',
        '\ufeff\r\n {"acme": {"models": {"m": {"base_model": "x/y"}, "maker/n": {"extends": {"from": "x/y"}}}}}',
    ],
)
def test_every_shape_of_the_list_says_the_same(text: str) -> None:
    registry = of_json(text.lstrip("\ufeff"))
    assert (list(registry.entries), registry.faults) == (["acme/m", "acme/maker/n"], {})


def test_a_provider_called_providers_is_one() -> None:
    registry = of_json('{"providers": {"models": {"m": {}}}, "models": {"models": {"m": {}}}}')
    assert sorted(registry.entries) == ["models/m", "providers/m"]


@pytest.mark.parametrize("name", ["a.toml", "providers/x/models/y", "..", "a//b", "a/", " ", "é\u202e"])
def test_no_name_becomes_another(name: str) -> None:
    registry = of_json(json.dumps({"acme": {"models": {name: {}}}}))
    [(own_id, listing)] = registry.entries.items()
    assert (own_id, listing.provider, listing.model_ids) == (f"acme/{name}", "acme", (name,))


def test_what_cannot_be_read_is_named_and_nothing_lost() -> None:
    registry = of_json(
        '{"a/b": {"models": {"m": {}}}, "odd": {"models": 7}, "c": {"models": [{"id": "m"}, {"id": "m"}, 3, {}]}}'
    )
    assert registry.entries == {}
    assert registry.faults.keys() == {"providers/a/b/models/m.toml", "providers/odd", "c/m", "c/entry 3", "c/entry 4"}


def test_the_other_registry_is_known() -> None:
    with pytest.raises(UsageError) as caught:
        of_json('{"gpt-5": {"litellm_provider": "openai"}}')
    assert "litellm" in (caught.value.hint or "")
    with pytest.raises(UsageError) as caught:
        list(litellm.listings(b'{"openai": {"models": {"gpt-5": {}}}}'))
    assert "models.dev" in (caught.value.hint or "")


def test_a_price_map_has_its_names() -> None:
    content = json.dumps({"acme/m": {"litellm_provider": "acme"}, "odd": 3, "sample_spec": {}}).encode()
    registry = registry_of("litellm", litellm.listings(content))
    assert (list(registry.entries), registry.faults) == (["acme/m"], {"odd": "it names no litellm_provider"})


def test_a_file_of_the_tree_that_was_not_read_is_known_by_its_id() -> None:
    registry = registry_of("models_dev", [Refused("x/providers/acme/models/a/b.toml", None, "a link")])
    assert registry.faults == {"acme/a/b": "a link"}
