"""When to come again: Retry-After in its four spellings, and waits that grow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?\b")
_MILLISECONDS = ("retry-after-ms", "openai-poll-after-ms")
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*")
_LONGEST_S = 86_400.0
PATIENCE_S = 300
"""A job that has paid nothing yet waits no longer for another try."""
PAID_PATIENCE_S = 3600
"""One whose result is paid for."""
_LONGEST_TEXT = 2048


def retry_after(headers: Mapping[str, str], text: str, now: datetime) -> float | None:
    """The least wait in seconds that an answer asks for; None where it says nothing.

    Read are `retry-after-ms`, `openai-poll-after-ms`, `retry-after` in seconds or as an HTTP date, and seconds in
    `text` ("Your rate limit resets in ~30s."). No more than a day is believed.
    """
    found = _told(headers, text[:_LONGEST_TEXT], now)
    return None if found is None else min(found, _LONGEST_S)


def _told(headers: Mapping[str, str], text: str, now: datetime) -> float | None:
    for name in _MILLISECONDS:
        if match := _NUMBER.fullmatch(headers.get(name, "")):
            return float(match[1]) / 1000
    if value := headers.get("retry-after", ""):
        if match := _NUMBER.fullmatch(value):
            return float(match[1])
        if (moment := _date(value)) is not None:
            return max(0.0, (moment - now).total_seconds())
    found = _SECONDS.search(text)
    return float(found[1]) if found else None


def is_transient(status: int) -> bool:
    """Whether the same request may do better later. A provider's own codes can be larger and mean anything."""
    return status in (408, 425, 429) or 500 <= status < 600


def backoff(tries: int, least: float | None = None) -> float:
    """Seconds to wait after `tries` failures: 1, 2, 4 … 60, and never less than `least`."""
    return max(float(min(2 ** max(tries - 1, 0), 60)), least or 0.0)


def wait_text(seconds: float) -> str:
    """`33 s`, `20 min`, `5 h`, rounded up; what was cut to the longest that is believed as `a day or more`."""
    if seconds >= _LONGEST_S:
        return "a day or more"
    for size, unit, least in ((3600, "h", 7200), (60, "min", 120)):
        if seconds >= least:
            return f"{ceil(seconds / size)} {unit}"
    return f"{seconds:.0f} s"


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
