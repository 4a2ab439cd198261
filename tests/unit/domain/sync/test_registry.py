"""Snapshots of registries by their own ids, and what of them cannot be read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.exchange import litellm, models_dev
from modeltui.domain.exchange.json_documents import parsed
from modeltui.domain.exchange.row import Refused
from modeltui.domain.sync.registry import models_dev_documents, registry_of
from modeltui.errors import UsageError


def of_json(text: str) -> Any:
    documents, refused = models_dev_documents(parsed(text.encode(), parse_float=Decimal))
    return registry_of("models_dev", [*models_dev.listings(documents), *refused])


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
    assert list(registry.entries) == ["acme/good"]
    assert set(registry.faults) == {"acme/twice", "acme/list", "acme/bad", "acme/long", "acme/on"}


@pytest.mark.parametrize("text", ["[]", "{}", '{"acme": 1}', '{"acme": {"models": []}}', "7"])
def test_what_is_no_such_list_is_said_so(text: str) -> None:
    with pytest.raises(UsageError):
        of_json(text)


def test_a_provider_said_twice_is_not_believed() -> None:
    registry = of_json('{"acme": {"models": {"m": {}}}, "acme": {"models": {"m": {}}}, "b": {"models": {"m": {}}}}')
    assert (list(registry.entries), list(registry.faults)) == (["b/m"], ["acme/m"])


def test_a_price_map_has_its_names() -> None:
    content = json.dumps({"acme/m": {"litellm_provider": "acme"}, "odd": 3, "sample_spec": {}}).encode()
    registry = registry_of("litellm", litellm.listings(content))
    assert (list(registry.entries), registry.faults) == (["acme/m"], {"odd": "it names no litellm_provider"})


def test_a_file_of_the_tree_that_was_not_read_is_known_by_its_id() -> None:
    registry = registry_of("models_dev", [Refused("x/providers/acme/models/a/b.toml", None, "a link")])
    assert registry.faults == {"acme/a/b": "a link"}
