"""Every protocol server there is, by the provider that it stands for."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from unit.providers.servers.base import ProtocolServer


@cache
def servers() -> Mapping[str, type[ProtocolServer]]:
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"unit.providers.servers.{module.name}")
    found: dict[str, type[ProtocolServer]] = {}
    waiting = list(ProtocolServer.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if "provider" in vars(kind):
            found[kind.provider] = kind
    return found


def server_for(provider: str) -> ProtocolServer:
    """A running server; close it when done."""
    return servers()[provider]()
