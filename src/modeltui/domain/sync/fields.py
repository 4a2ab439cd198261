"""The fields that are compared with a registry: of which kind they are, and when two values of one are the same."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, same
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.prices import amount_of
from modeltui.domain.schema.upstream import SyncKind

Source: TypeAlias = Literal["models_dev", "litellm"]
"""A registry, by the name that its table in a model file has."""

KINDS: Final[tuple[SyncKind, ...]] = get_args(SyncKind)

_KIND_OF: Final[dict[str | int, SyncKind]] = {
    "cost": "price",
    "limits": "limit",
    "modalities": "modality",
    "capabilities": "capability",
    "released_on": "release",
    "retires_on": "retirement",
    "status": "retirement",
}
TELLING_ABSENCE: Final = (("retires_on",), ("status",))
"""Fields of which a registry says something by saying nothing: a last day that was taken back, a beta that is over."""


def kind_of(path: FieldPath) -> SyncKind:
    return _KIND_OF[path[0]]


def stated(listing: Listing) -> dict[FieldPath, Value]:
    """What an entry says of a model, but for its prices."""
    said = {path: value for path, value in listing.facts.items() if path[0] in _KIND_OF}
    said |= {("capabilities", name): is_able for name, is_able in listing.abilities.items()}
    return said | {path: value for path, value in listing.details.items() if path[0] in _KIND_OF}


def agree(path: FieldPath, left: Value | Absent, right: Value | Absent) -> bool:
    """Whether two values say the same: prices by their amount, media in any order, no capability as one that is off."""
    match path[0]:
        case "cost":
            amount = amount_of(left)
            return same(left, right) if amount is None else amount == amount_of(right)
        case "modalities":
            return same(_sorted(left), _sorted(right))
        case "capabilities":
            return (left is True) == (right is True)
        case "status":
            return same(_status(left), _status(right))
    return same(left, right)


def _sorted(media: Value | Absent) -> Value | Absent:
    if isinstance(media, list) and all(isinstance(item, str) for item in media):
        return sorted(media)
    return media


def _status(status: Value | Absent) -> Value | Absent:
    return "active" if status is ABSENT else status
