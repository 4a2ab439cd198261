"""Services that price, run and look at runs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modeltui.services.keys import KeyService
    from modeltui.services.providers import ProviderService
    from modeltui.services.running.batches import BatchService
    from modeltui.services.running.capability import CapabilityService
    from modeltui.services.running.chains import ChainService
    from modeltui.services.running.costing import CostService
    from modeltui.services.running.input_sets import InputSetService
    from modeltui.services.running.pick import PickService
    from modeltui.services.running.results import ResultService
    from modeltui.services.running.workflows import WorkflowService


from modeltui.bootstrap.base import Base
from modeltui.bootstrap.clocks import today


class Running(Base):
    """Jobs, batches, what they cost, and the providers that they go to."""

    @cached_property
    def results(self) -> ResultService:
        from modeltui.services.running.results import ResultService

        return ResultService(pictures=self._settings.pictures, opener=self._settings.opener)

    @cached_property
    def input_sets(self) -> InputSetService:
        from modeltui.services.running.input_sets import InputSetService

        return InputSetService(self._kept)

    @cached_property
    def costing(self) -> CostService:
        from modeltui.services.running.costing import CostService

        return CostService(lambda: self._on.current.snapshot().catalog)

    @cached_property
    def capability(self) -> CapabilityService:
        from modeltui.services.running.capability import CapabilityService

        return CapabilityService(lambda: self._on.current.snapshot().catalog)

    @cached_property
    def picking(self) -> PickService:
        from modeltui.services.running.pick import PickService

        return PickService(
            lambda: self._on.current.snapshot().catalog,
            lambda query: self.catalog.select(query, with_drafts=False),
        )

    @cached_property
    def batches(self) -> BatchService:
        from modeltui.services.running.batches import BatchService

        on = self._on
        return BatchService(
            on.current,
            lambda query: self.catalog.select(query, with_drafts=False),
            lambda: self.runs,
            on.jobs,
            secret=self._settings.secret,
            changes=self.trust.changes,
            permissions=on.permissions,
            audit=on.audit,
            now=on.identity.now,
            today=today,
        )

    @cached_property
    def workflows(self) -> WorkflowService:
        from modeltui.services.running.workflows import WorkflowService

        return WorkflowService(lambda: self._on.current.snapshot().catalog, lambda: self.runs, today)

    @cached_property
    def chains(self) -> ChainService:
        from modeltui.services.running.chains import ChainService

        on = self._on
        return ChainService(
            self.workflows,
            lambda: self.runs,
            self.jobs,
            on.jobs,
            units=lambda: on.current.snapshot().catalog.units,
            permissions=on.permissions,
            audit=on.audit,
            user=self.user,
            now=on.identity.now,
        )

    @cached_property
    def providers(self) -> ProviderService:
        from modeltui.services.providers import ProviderService

        return ProviderService(self._on.current, self._settings.secret, self.trust, self._kept, self._on.identity.now)

    @cached_property
    def keys(self) -> KeyService:
        from modeltui.services.keys import KeyService

        store = self._settings.key_store
        return KeyService(self._on.current, self._settings.secret, None if store is None else store())
