"""A provider's key as it is kept somewhere: with where it came from, and where alone it may go."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

_SENDABLE: Final = re.compile(r"[!-~]+")

Place: TypeAlias = tuple[str, int]
"""Host in lower case, and port."""


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key. Its text is in no repr, comparison message or format."""

    text: str = field(repr=False, compare=False)
    kept_in: str
    """`the environment`, `the system keyring`, or the path of a file."""
    provider: str | None = None
    """The only provider that it is for; None: any that names it."""
    places: frozenset[Place] = frozenset()
    """The only places where it may go; none: wherever its provider's file allows."""

    def is_for(self, provider: str) -> bool:
        return self.provider is None or self.provider == provider

    def __str__(self) -> str:
        return "***"


SecretSource: TypeAlias = Callable[[str], HeldKey | str | None]
"""The key of a name, or None. Only the configuration knows where it comes from. May raise ModeltuiError."""


def held(found: HeldKey | str | None) -> HeldKey | None:
    """What a source gave, as one kind of thing; None for nothing and for blank text."""
    if isinstance(found, str):
        found = HeldKey(found, "the environment")
    return found if found is not None and found.text.strip() else None


def is_sendable(text: str) -> bool:
    """Whether a header can carry a key."""
    return _SENDABLE.fullmatch(text) is not None


def place_of(text: str, port: int = 443) -> Place:
    """`api.example.com` or `api.example.com:8443`. Raises ValueError."""
    host, colon, digits = text.casefold().rpartition(":")
    if not colon or text.endswith("]"):
        return text.casefold().strip("[]"), port
    return host.strip("[]"), int(digits)


def place_text(place: Place) -> str:
    host, port = place
    shown = f"[{host}]" if ":" in host else host
    return shown if port == 443 else f"{shown}:{port}"
