"""A provider in full, as the screen of providers has it."""

from __future__ import annotations

from typing import Any

from modeltui.services.providers import ProviderStatus
from modeltui.tui.present.provider import provider_details


def _said(**changes: Any) -> list[str]:
    known: dict[str, Any] = {
        "id": "acme",
        "name": "Acme",
        "base_url": "https://api.acme.example",
        "hosts": ("api.acme.example", "up.acme.example"),
        "media_hosts": (),
        "transport": "https",
        "is_loopback": False,
        "scheme": "bearer",
        "key_names": ("ACME_API_KEY",),
        "key_present": None,
        "models": 1,
        "active": 0,
    }
    lines = provider_details(ProviderStatus(**{**known, **changes}))
    return ["".join(text for text, _ in line) for line in lines]


def test_other_bases_are_said_with_their_names() -> None:
    shown = [line.split() for line in _said(bases={"upload": "https://up.acme.example/\x1b[1mv1"})]
    assert ["base", "upload", "https://up.acme.example/\\e[1mv1"] in shown


def test_without_any_nothing_is_said_of_them() -> None:
    assert not any(line.split()[:1] == ["base"] for line in _said())
