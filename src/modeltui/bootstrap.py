"""Puts the program together: Settings in, Workspace out."""

from __future__ import annotations

from datetime import UTC, datetime

from modeltui.config import Settings
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.history.git import branch
from modeltui.history.recorder import GitRecorder
from modeltui.history.repository import HistoryRepository
from modeltui.history.versions import Versions
from modeltui.services.apply import ApplyService
from modeltui.services.catalog import CatalogService
from modeltui.services.changes import ChangeService
from modeltui.services.conflicts import ConflictFinder
from modeltui.services.current import Current
from modeltui.services.drift import DriftService
from modeltui.services.history import HistoryService
from modeltui.services.identity import Identity
from modeltui.services.plan_files import PlanFileService
from modeltui.services.providers import ProviderService
from modeltui.services.rendering import Renderer
from modeltui.services.runs import RunService
from modeltui.services.workspace import Workspace
from modeltui.storage.applier import Applier
from modeltui.storage.log_file import LogFile
from modeltui.storage.queue_file import QueueFile, QueueSettler, load_others
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_dir import HISTORY
from modeltui.storage.store import Store


def open_workspace(settings: Settings, *, recovers: bool = True) -> Workspace:
    """Everything that a front end needs, on the catalogue that `settings` names.

    An apply that was interrupted is finished or undone first, unless its user is about to decide on that.
    """
    root = settings.root
    identity = Identity(settings.user, settings.host, lambda: datetime.now(UTC))
    store = Store(root, fatal_fault)
    queue_file = QueueFile(root, settings.user)
    repository = HistoryRepository(LogFile(RealFs(root), HISTORY))
    recorder, settler = GitRecorder(root, repository), QueueSettler(root)
    applier = Applier(root, recorder, settler, user=settings.user, host=settings.host)
    current = Current(
        settings.user,
        store.load,
        queue_file.load,
        lambda: branch(root),
        load_others=lambda: load_others(root, settings.user),
        queue_notice=lambda: queue_file.notice,
    )
    renderer, versions = Renderer(store.read), Versions(root, repository)
    applying = ApplyService(current, applier, renderer, identity, recorder.uncommitted)
    changes = ChangeService(current, queue_file, renderer, identity, ConflictFinder(versions))
    workspace = Workspace(
        root=root,
        user=settings.user,
        catalog=CatalogService(current, store, lambda: datetime.now().astimezone().date()),
        changes=changes,
        applying=applying,
        plans=PlanFileService(current, applying, renderer, identity),
        drift=DriftService(current, store, versions, repository, changes),
        history=HistoryService(current, repository),
        runs=RunService(current, root, settings.secret),
        providers=ProviderService(current, settings.secret),
    )
    if recovers:
        applying.recover()
    return workspace
