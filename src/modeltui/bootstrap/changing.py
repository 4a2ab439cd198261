"""Services that change the queue."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modeltui.services.changing.bulk import BulkService
    from modeltui.services.changing.changes import ChangeService
    from modeltui.services.changing.creating import CreateService
    from modeltui.services.changing.editing import EditService
    from modeltui.services.changing.exchange import ExchangeService
    from modeltui.services.changing.fixing import FixService
    from modeltui.services.changing.lifecycle import LifecycleService
    from modeltui.services.changing.plan_files import PlanFileService
    from modeltui.services.changing.rollback import RollbackService
    from modeltui.services.changing.rollout import RolloutService
    from modeltui.services.changing.sync import SyncService
    from modeltui.services.changing.workflow_files import WorkflowFileService
    from modeltui.services.presets import PresetService
    from modeltui.services.sharing.apart import ApartService
    from modeltui.services.sharing.pulling import PullService
    from modeltui.services.sharing.pushing import PushService


from modeltui.bootstrap.base import Base
from modeltui.bootstrap.clocks import today


class Changing(Base):
    """Every way in which a change is made, queued and taken elsewhere."""

    @cached_property
    def changes(self) -> ChangeService:
        from modeltui.services.changing.changes import ChangeService
        from modeltui.services.changing.conflicts import ConflictFinder

        on = self._on
        return ChangeService(
            on.current, self._queueing, on.renderer, on.identity, ConflictFinder(lambda: self._versions)
        )

    @cached_property
    def editing(self) -> EditService:
        from modeltui.services.changing.editing import EditService

        on, editor = self._on, self._settings.editor
        return EditService(on.current, self._queueing, on.renderer, on.store.read, on.permissions, editor=editor)

    @cached_property
    def plans(self) -> PlanFileService:
        from modeltui.services.changing.plan_files import PlanFileService

        return PlanFileService(self._on.current, self.applying, self._on.renderer, self._on.identity)

    @cached_property
    def rollback(self) -> RollbackService:
        from modeltui.services.changing.rollback import RollbackService

        on = self._on
        return RollbackService(on.current, self._timeline, self._queueing, on.audit, on.store.read)

    @cached_property
    def apart(self) -> ApartService:
        from modeltui.services.sharing.apart import ApartService

        return ApartService(self.root)

    @cached_property
    def pulling(self) -> PullService:
        from modeltui.services.sharing.pulling import PullService

        on = self._on
        return PullService(
            on.current,
            self._applier,
            on.identity,
            on.permissions,
            changes=lambda: self.changes,
            timeline=self._timeline,
            read=on.store.read,
            is_pending=lambda: bool(on.repository.pending()),
            select=lambda query: (model.key for model in self.catalog.select(query, with_drafts=False)),
        )

    @cached_property
    def pushing(self) -> PushService:
        from modeltui.services.sharing.pushing import PushService

        return PushService(self._on.current, self._on.permissions, self._timeline)

    @cached_property
    def fixes(self) -> FixService:
        from modeltui.services.changing.fixing import FixService

        return FixService(self.catalog, self._queueing)

    @cached_property
    def exchange(self) -> ExchangeService:
        from modeltui.services.changing.exchange import ExchangeService

        return ExchangeService(self._on.current, self._queueing, self._on.store.read)

    @cached_property
    def sync(self) -> SyncService:
        from modeltui.services.changing.sync import SyncService

        def fetch(url: str, most: int) -> bytes:
            from modeltui.providers.fetching import fetched

            return fetched(url, most)

        return SyncService(self._on.current, self._queueing, fetch)

    @cached_property
    def presets(self) -> PresetService:
        from modeltui.services.presets import PresetService

        return PresetService(self.root)

    @cached_property
    def creating(self) -> CreateService:
        from modeltui.services.changing.creating import CreateService

        return CreateService(self._on.current, self._queueing, self._on.renderer)

    @cached_property
    def workflow_files(self) -> WorkflowFileService:
        from modeltui.services.changing.workflow_files import WorkflowFileService

        return WorkflowFileService(self._on.current, self._queueing, today)

    @cached_property
    def lifecycle(self) -> LifecycleService:
        from modeltui.services.changing.lifecycle import LifecycleService

        return LifecycleService(self._on.current, self._queueing, today)

    @cached_property
    def bulk(self) -> BulkService:
        from modeltui.services.changing.bulk import BulkService

        return BulkService(self._queueing, self._on.identity)

    @cached_property
    def rollout(self) -> RolloutService:
        from modeltui.services.changing.rollout import RolloutService

        on = self._on
        return RolloutService(
            on.current,
            self._queueing,
            on.permissions,
            applying=lambda: self.applying,
            timeline=lambda: self._timeline,
        )
