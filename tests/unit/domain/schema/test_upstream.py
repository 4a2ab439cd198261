"""`[upstream]`: what the format takes, and what it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from modeltui.domain.schema.findings import findings_of

MODEL = {
    "schema": 1,
    "uid": "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0001",
    "model_id": "m",
    "name": "M",
    "provider": "acme",
    "content_type": "chat",
}
SEEN = {
    "cost.tokens.input": "1.25",
    "cost.rate.per": "second",
    "cost.table.prices.1024x1024": "0.04",
    "limits.context": 1000,
    "modalities.input": ["text"],
    "capabilities.tool_call": True,
    "status": "beta",
    "released_on": date(2026, 1, 1),
    "retires_on": date(2027, 1, 1),
}


def codes(upstream: Any) -> list[tuple[str, str | None]]:
    found = findings_of("models/chat/m.toml", {**MODEL, "upstream": upstream}, "model")
    return [(finding.code, finding.field) for finding in found]


def test_what_sync_writes_fits() -> None:
    entry = {"id": "acme/m", "compared": ["price", "limit"], "seen": SEEN}
    pinned = ["cost", "cost.base", "limits.context", "retires_on"]
    assert codes({"pinned": pinned, "models_dev": entry, "litellm": {"ignore": True}}) == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"id": "m", "ignore": True}, "either-or"),
        ({"id": " "}, "bad-value"),
        ({"id": "m", "compared": ["names"]}, "bad-value"),
        ({"id": "m", "compared": ["price", "price"]}, "repeated-value"),
        ({"id": "m", "seen": {}}, "bad-value"),
        ({"id": "m", "seen": {"name": "M"}}, "bad-name"),
        ({"id": "m", "seen": {"limits.max_images": 1}}, "bad-name"),
        ({"id": "m", "note": "x"}, "unknown-key"),
    ],
)
def test_what_it_cannot_be(entry: Any, code: str) -> None:
    assert [found for found, _ in codes({"models_dev": entry})] == [code]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cost.base", 1.5),
        ("cost.base", "cheap"),
        ("cost.rate.per", "fortnight"),
        ("limits.context", 0),
        ("limits.context", True),
        ("limits.context", "1"),
        ("modalities.input", "text"),
        ("modalities.input", ["smell"]),
        ("capabilities.vision", 1),
        ("status", "gone"),
        ("retires_on", "2027-01-01"),
    ],
)
def test_a_value_that_was_seen_is_one_that_the_field_can_have(field: str, value: Any) -> None:
    assert [code for code, _ in codes({"litellm": {"id": "m", "seen": {field: value}}})] == ["bad-value"]


@pytest.mark.parametrize("pinned", [["limit.context"], ["name"], [], ["cost", "cost"], ["cost."]])
def test_only_what_is_compared_can_be_pinned(pinned: Any) -> None:
    assert codes({"pinned": pinned})
