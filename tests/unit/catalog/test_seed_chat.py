"""The chat models of the systems that this catalogue comes from: all there, with their facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli

CHAT = Path(__file__).parents[3] / "catalog" / "models" / "chat"
CAPABILITIES = {
    "thinking": "reasoning",
    "extended-thinking": "extended_thinking",
    "vision": "vision",
    "function-calling": "tool_call",
    "image-generation": "image_generation",
}


@pytest.fixture(scope="module")
def by_name() -> dict[str, dict[str, Any]]:
    documents = [tomli.loads(path.read_text(encoding="utf-8")) for path in CHAT.glob("*.toml")]
    return {document["name"]: document for document in documents}


@pytest.fixture
def seed(shared_data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared_data / "seed_chat_models.json").read_text(encoding="utf-8"))
    return found


def test_every_chat_model_is_there_once(seed: list[dict[str, Any]], by_name: Mapping[str, Any]) -> None:
    uids = [_of(source, by_name)["uid"] for source in seed]
    assert len(set(uids)) == len(seed) == 57


def test_its_facts_are_those_of_the_source(seed: list[dict[str, Any]], by_name: Mapping[str, Any]) -> None:
    wrong = []
    for source in seed:
        document = _of(source, by_name)
        wrong += [f"{source['id']}: {name}" for name, agrees in _facts(source, document).items() if not agrees]
    assert wrong == []


def _facts(source: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, bool]:
    tokens, prices = document["cost"]["tokens"], source["pricing"]
    gateway = document["request"]["body"].get("providerOptions", {}).get("gateway", {})
    return {
        "context": document.get("limits", {}).get("context", 0) == source["contextWindow"],
        "input price": Decimal(tokens["input"]) == Decimal(str(prices["input"])),
        "output price": Decimal(tokens["output"]) == Decimal(str(prices["output"])),
        "cached price": Decimal(tokens.get("cached_input", "0")) == Decimal(str(prices.get("cached", 0))),
        "hosts": gateway.get("order") == source.get("hostOrder"),
        "internal": document["internal"] == source.get("isInternalOnly", source["id"] == "auto"),
        "capabilities": {name for name in CAPABILITIES.values() if document.get("capabilities", {}).get(name)}
        == {CAPABILITIES[name] for name in source["capabilities"]},
    }


def _of(source: Mapping[str, Any], by_name: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names that repeat in the source say here that they are the free ones."""
    free = by_name.get(f"{source['name']} (free)") if source.get("gateway") == "openrouter" else None
    found: Mapping[str, Any] = free or by_name[source["name"]]
    return found
