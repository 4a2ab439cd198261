"""Which alerts mean something in a tree of others: those about what its own files say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from modeltui.domain.alerts import Alert
from modeltui.domain.foreign.mapping import ForeignMapping

_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "broken": (),
    "retires-soon": ("retires_on",),
    "retired-active": ("retires_on", "active"),
    "deprecated-active": ("active",),
    "replaced-by-inactive": ("replaced_by", "active"),
    "price-unverified": ("verified_on",),
    "no-default": ("default",),
    "several-defaults": ("default",),
    "inactive-default": ("default", "active"),
}
"""Fields of ours that an alert is about, by its code."""


def meant(alert: Alert, mapping: ForeignMapping) -> Alert | None:
    """The alert without its remedy, which nobody may queue; None for one about what the mapping made up itself."""
    about = _ABOUT.get(alert.code)
    if about is None or not all(_is_theirs(name, mapping) for name in about):
        return None
    return replace(alert, remedy=None)


def _is_theirs(name: str, mapping: ForeignMapping) -> bool:
    """Whether a field of ours comes from a key of theirs, or from a path."""
    return any(path[0] == name and bool(source.path or source.part) for path, source in mapping.row.items())
