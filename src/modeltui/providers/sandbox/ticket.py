"""Ids of jobs that say what was ordered, so that the sandbox knows a job of a process before it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

_LONGEST = 4096
"""Characters of an id; the job of a longer order is known only while its process lives."""
_LARGEST = 1 << 20


def ticket(kind: str, order: Mapping[str, Any]) -> str:
    """Letters that stand in a URL; empty for an order that is too long."""
    packed = zlib.compress(json.dumps([kind, order], separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= _LONGEST else ""


def ordered(text: str) -> tuple[str, Mapping[str, Any]] | None:
    """The kind and the order of a ticket; None for what is none."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        kind, order = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
    except (ValueError, TypeError, zlib.error):
        return None
    return (kind, order) if isinstance(kind, str) and isinstance(order, dict) else None
