"""Which models can do what is wanted, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from modeltui.domain.capability import Capability, Need, Reason, capability
from modeltui.domain.catalog import Catalog
from modeltui.errors import BrokenFileError, InvalidValueError
from modeltui.services.asked import asked_name, asked_need


class CapabilityService:
    """Asked of the file alone: nothing is sent."""

    def __init__(self, catalog: Callable[[], Catalog]) -> None:
        self._catalog = catalog

    def supports(self, name: str, need: Need) -> Capability:
        """Whether a model, by key, uid or a model_id of one, can do it.

        Raises NotFoundError, BrokenFileError, and InvalidValueError where the inputs of the file cannot be used, or the
        need cannot be meant.
        """
        asked = asked_need(need)
        catalog = self._catalog()
        model = catalog.find(asked_name(name))
        return capability(model.key, catalog.document(model.key), asked)

    def of_all(self, needs: Iterable[tuple[str, Need]]) -> list[Capability]:
        """The same of several models by key; what cannot be used or meant says so in its reasons."""
        catalog = self._catalog()
        found: list[Capability] = []
        for key, need in needs:
            try:
                found.append(capability(key, catalog.document(key), asked_need(need)))
            except (BrokenFileError, InvalidValueError) as error:
                found.append(Capability(key, (Reason(None, error.message),)))
        return found
