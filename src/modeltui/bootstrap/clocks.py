"""What time it is, where the user is."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Where the user is."""
    return now().date()


def now() -> datetime:
    """In the time zone of the user."""
    return datetime.now().astimezone()


def utc_now() -> datetime:
    return datetime.now(UTC)
