"""Whether something could be sent to a model: its provider's file works, and the key is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modeltui.domain.catalog import Catalog
from modeltui.domain.key import SecretSource
from modeltui.domain.model import Model
from modeltui.errors import ModeltuiError


class Readiness:
    """Asks once for each set of keys: a keyring may take its time."""

    def __init__(self, catalog: Catalog, secret: SecretSource, changes: Callable[[str], Sequence[str]]) -> None:
        """`changes` says where a provider's keys would go elsewhere than before."""
        self._catalog = catalog
        self._secret = secret
        self._changes = changes
        self._known: dict[tuple[str, str], str | None] = {}

    def refusal(self, model: Model) -> str | None:
        """Why nothing can be sent, None where it can."""
        document, provider = self._catalog.documents.get(model.key, {}), model.provider or ""
        place = (provider, repr(document.get("keys")))
        if place not in self._known:
            self._known[place] = self._looked(provider, model)
        return self._known[place]

    def _looked(self, provider: str, model: Model) -> str | None:
        from modeltui.providers.auth import gate_of  # noqa: PLC0415  # only a batch needs it
        from modeltui.providers.clock import SYSTEM_CLOCK  # noqa: PLC0415
        from modeltui.providers.provider import provider_of  # noqa: PLC0415

        try:
            found = provider_of(self._catalog.providers[provider])
            if changed := self._changes(provider):
                return f"its keys would go elsewhere than before ({'; '.join(changed)})"
            gate_of(found, self._catalog.documents.get(model.key, {}), self._secret, SYSTEM_CLOCK)
        except ModeltuiError as error:
            return error.message
        return None
