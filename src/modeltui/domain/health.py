"""Whether the hosts of a provider can be reached, as it was when somebody last looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from modeltui.errors import InvalidValueError


class HostHealth(Struct, frozen=True):
    host: str
    """With its port where the provider file says one."""
    problem: str | None = None
    """Why it cannot be reached; None where it can."""
    seconds: float | None = None
    """Until the connection stood."""


class Health(Struct, frozen=True):
    at: datetime
    """UTC."""
    hosts: tuple[HostHealth, ...]
    """None for a provider that is answered inside the process."""

    @property
    def is_good(self) -> bool:
        return all(each.problem is None for each in self.hosts)


def health_data(health: Health) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "at": health.at.isoformat(timespec="seconds"),
        "reachable": health.is_good,
        "hosts": [
            {"host": each.host, "reachable": each.problem is None, "problem": each.problem, "seconds": each.seconds}
            for each in health.hosts
        ],
    }


def health_of(data: Any) -> Health:
    """The inverse of `health_data`. Raises InvalidValueError."""
    try:
        return Health(datetime.fromisoformat(data["at"]), tuple(map(_host_of, data["hosts"])))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValueError("this is no health") from error


def _host_of(data: Mapping[str, Any]) -> HostHealth:
    problem, seconds = data["problem"], data["seconds"]
    return HostHealth(
        str(data["host"]), None if problem is None else str(problem), None if seconds is None else float(seconds)
    )
