"""Providers of the catalogue by the names that other people's files give them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from modeltui.errors import UsageError


def known_provider(
    name: str, providers: Collection[str], chosen: Mapping[str, str], aliases: Mapping[str, str]
) -> str | None:
    """The catalogue's name; None where it has no such provider. Raises UsageError where one was chosen that is none."""
    if (ours := chosen.get(name)) is not None:
        if ours not in providers:
            raise UsageError(f"there is no provider {ours!r}", hint="`modeltui providers` lists them")
        return ours
    candidates = (name, name.replace("-", "_"), aliases.get(name, ""))
    return next((candidate for candidate in candidates if candidate in providers), None)
