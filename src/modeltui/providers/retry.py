"""When to come again: Retry-After in its four spellings, and waits that grow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?\b")
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*")


def retry_after(headers: Mapping[str, str], text: str, now: datetime) -> float | None:
    """The least wait in seconds that an answer asks for; None where it says nothing.

    Read are `retry-after-ms`, `retry-after` in seconds or as an HTTP date, and seconds in `text`
    ("Your rate limit resets in ~30s.").
    """
    if match := _NUMBER.fullmatch(headers.get("retry-after-ms", "")):
        return float(match[1]) / 1000
    if value := headers.get("retry-after", ""):
        if match := _NUMBER.fullmatch(value):
            return float(match[1])
        if (moment := _date(value)) is not None:
            return max(0.0, (moment - now).total_seconds())
    found = _SECONDS.search(text)
    return float(found[1]) if found else None


def is_transient(status: int) -> bool:
    """Whether the same request may do better later."""
    return status in (408, 425, 429) or status >= 500


def backoff(tries: int, least: float | None = None) -> float:
    """Seconds to wait after `tries` failures: 1, 2, 4 … 60, and never less than `least`."""
    return max(float(min(2 ** max(tries - 1, 0), 60)), least or 0.0)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
