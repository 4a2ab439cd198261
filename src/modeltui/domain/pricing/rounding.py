"""How a price is rounded: the mode and the decimals that the file states."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

Rounding = Callable[[Decimal], Decimal]

BINARY_UP: Final = "up_binary"
"""Up, of the product as IEEE 754 doubles have it: 3.2 × 3 is a hair above 9.6 there, and is charged as 9.7."""

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_FLOOR}
_ROUND = re.compile(rf"({'|'.join(_MODES)}|{BINARY_UP}):([0-9])")


def parse_round(text: str | None) -> tuple[str, int] | None:
    """`half_up:2` as (mode, decimals); None where nothing is rounded. Raises ValueError on what is neither."""
    if text is None:
        return None
    match = _ROUND.fullmatch(text)
    if match is None:
        raise ValueError(f"must be one of {', '.join((*_MODES, BINARY_UP))} with its decimals, such as half_up:2")
    return match.group(1), int(match.group(2))


def decimal_rounding(mode: str, decimals: int) -> Rounding:
    """Exact rounding of a Decimal."""
    step, name = Decimal(1).scaleb(-decimals), _MODES[mode]
    return lambda amount: amount.quantize(step, rounding=name)


def binary_up(amount: float, decimals: int) -> Decimal:
    """The operator's own rounding up: scaled, raised and scaled back in doubles."""
    scale = 10.0**decimals
    return Decimal(str(math.ceil(amount * scale) / scale))
