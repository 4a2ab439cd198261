"""Entries of LiteLLM's price map that are the price of a model at a size or quality: `hd/1024-x-1792/dall-e-3`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

_QUALITY: Final = "low|medium|high|auto|standard|hd|xhigh|max"
_SIZE: Final = r"\d+-x-\d+|max-x-max"
_STEPS: Final = r"\d+-steps|max-steps"
_VARIANT: Final = re.compile(
    rf"(?:^|(?<=/))(?:(?:(?P<quality>{_QUALITY})/)?(?P<size>{_SIZE})(?:/(?P<steps>{_STEPS}))?"
    r"|(?P<only>low|medium|high|auto|standard|hd))/(?=.)"
)
_NAMES: Final = ("quality", "size", "steps")


class Variant(Struct, frozen=True):
    base: str
    """The name of the model that it is a price of."""
    values: Mapping[str, str]
    """quality, size as `1024x1792`, steps; those that the name has."""


def variant_of(name: str) -> Variant | None:
    """None for the name of a model."""
    match = _VARIANT.search(name)
    if match is None:
        return None
    found = {**match.groupdict(), "quality": match["quality"] or match["only"]}
    values = {key: _plain(value) for key in _NAMES if (value := found[key]) is not None}
    return Variant(name[: match.start()] + name[match.end() :], values)


def _plain(value: str) -> str:
    return re.sub(r"(?<=\d)-x-(?=\d)", "x", value).removesuffix("-steps")


class VariantTable(Struct, frozen=True):
    by: tuple[str, ...]
    prices: Mapping[tuple[str, ...], Decimal]
    """USD of an image, by the values in the order of `by`; "" where a variant says nothing of one."""

    def nested(self, text: Any) -> dict[str, Any]:
        """Tables in the order of `by`; `text` writes a price."""
        nested: dict[str, Any] = {}
        for key, price in self.prices.items():
            level = nested
            for value in key[:-1]:
                level = level.setdefault(value, {})
            level[key[-1]] = text(price)
        return nested


def table_of(priced: Mapping[str, Decimal]) -> VariantTable | None:
    """The table of a model's variants, whose prices come by their names. None where there is none."""
    variants = [(variant, price) for name, price in priced.items() if (variant := variant_of(name)) is not None]
    by = tuple(name for name in _NAMES if any(name in variant.values for variant, _ in variants))
    if not by:
        return None
    return VariantTable(by, {tuple(variant.values.get(name, "") for name in by): price for variant, price in variants})
