"""A tree of others in the place of a catalogue: it is read through a mapping, and nothing of it is ever written."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from modeltui.bootstrap.clocks import now, today
from modeltui.bootstrap.ground import Ground
from modeltui.bootstrap.looking import Looking
from modeltui.bootstrap.once import once

if TYPE_CHECKING:
    from modeltui.config import Settings
    from modeltui.services.alerts import AlertService
    from modeltui.services.catalog import CatalogService
    from modeltui.services.changing.fixing import FixService
    from modeltui.services.permissions import Permissions
    from modeltui.services.providers import ProviderService
    from modeltui.storage.foreign import ForeignStore


class ForeignGround(Ground):
    def has_state(self) -> bool:
        """A tree of others has no queue, and what lies there under such a name is none."""
        return False

    @once
    def store(self) -> ForeignStore:
        from modeltui.storage.foreign import ForeignStore
        from modeltui.storage.foreign_mapping import read_mapping

        return ForeignStore(self.root, read_mapping(self._settings.mapping))

    @once
    def permissions(self) -> Permissions:
        from modeltui.domain.policy import Policy
        from modeltui.services.permissions import Permissions

        return Permissions(
            Policy, self.audit, self._settings.user, self._settings.groups, read_as=self.store.mapping.name
        )


class ForeignWorkspace(Looking):
    """As any other workspace: what changes or runs something is refused where it asks whether it may."""

    def __init__(self, on: ForeignGround, settings: Settings) -> None:
        super().__init__(on, settings)
        self._store = on.store

    @cached_property
    def catalog(self) -> CatalogService:
        from modeltui.services.catalog import CatalogService

        on = self._on
        return CatalogService(on.current, self._store, today, lambda: on.watch, now=now, rules=self._store.check)

    @cached_property
    def alerts(self) -> AlertService:
        from modeltui.domain.foreign.alerts import meant
        from modeltui.services.alerts import AlertService

        mapping = self._store.mapping
        return AlertService(
            self.catalog,
            self.providers,
            self._queueing,
            today,
            uncertain=self._uncertain,
            meant=lambda alert: meant(alert, mapping),
        )

    @cached_property
    def providers(self) -> ProviderService:
        from modeltui.services.permissions import foreign_refusal
        from modeltui.services.providers import ProviderService

        on, name = self._on, self._store.mapping.name
        return ProviderService(
            on.current,
            self._settings.secret,
            self.trust,
            self._kept,
            on.identity.now,
            refusal=lambda: foreign_refusal(name),
        )

    @cached_property
    def fixes(self) -> FixService:
        from modeltui.services.changing.fixing import NoFixes

        return NoFixes(self.catalog, self._queueing)
