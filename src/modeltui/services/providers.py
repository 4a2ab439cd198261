"""The companies that serve: where they are, and whether their keys are here (the keys are never shown)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modeltui.domain.document import Document
from modeltui.services.current import Current


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    id: str
    base_url: str
    hosts: tuple[str, ...]
    scheme: str
    key_names: tuple[str, ...]
    """Variables that may hold the key; the first that is set is used."""
    key_present: str | None
    """The variable that holds it; None when none does."""
    models: int
    active: int

    @property
    def is_ready(self) -> bool:
        """Whether a request could be sent: the key is here, or none is needed."""
        return self.scheme == "none" or self.key_present is not None


class ProviderService:
    def __init__(self, current: Current, secret: Callable[[str], str | None]) -> None:
        self._current = current
        self._secret = secret

    def all(self) -> tuple[ProviderStatus, ...]:
        """Every provider of the catalogue, by id."""
        providers = self._current.snapshot().catalog.providers
        return tuple(self._status(name, providers[name]) for name in sorted(providers))

    def _status(self, name: str, document: Document) -> ProviderStatus:
        auth: Any = document.get("auth")
        auth = auth if isinstance(auth, dict) else {}
        names = _texts(auth.get("env"))
        models = [model for model in self._current.snapshot().catalog.models.values() if model.provider == name]
        return ProviderStatus(
            id=name,
            base_url=str(document.get("base_url", "")),
            hosts=_texts(document.get("hosts")),
            scheme=str(auth.get("scheme", "none")),
            key_names=names,
            key_present=next((key for key in names if self._secret(key)), None),
            models=len(models),
            active=sum(model.active for model in models),
        )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
