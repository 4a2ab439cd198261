"""A console for a catalogue of AI models kept as TOML files. Programs read one through `open_catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modeltui.api import open_catalog as open_catalog

__all__ = ["open_catalog"]


def __getattr__(name: str) -> Any:
    """Loaded when it is first asked for: the command line starts without it."""
    if name == "open_catalog":
        from modeltui.api import open_catalog  # noqa: PLC0415

        return open_catalog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
