"""What an administrator should look at, and the way of its remedies into the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from modeltui.domain.alerts import VERIFIED_WITHIN, Alert, alerts_of
from modeltui.domain.change import Edit
from modeltui.domain.document import Document, get
from modeltui.domain.model import Model
from modeltui.domain.statistics import Statistics, statistics_of
from modeltui.errors import RefusedError
from modeltui.services.catalog import CatalogService
from modeltui.services.outcome import Outcome
from modeltui.services.providers import ProviderService
from modeltui.services.queueing import Queueing


class AlertService:
    def __init__(
        self, catalog: CatalogService, providers: ProviderService, queueing: Queueing, today: Callable[[], date]
    ) -> None:
        self._catalog = catalog
        self._providers = providers
        self._queueing = queueing
        self._today = today

    def all(self, query: str = "", verified_within: int = VERIFIED_WITHIN) -> tuple[Alert, ...]:
        """The alerts about the models of `query`, the gravest first, of the files as they were last read.

        verified_within: days since the last verification of a price that count as fresh. Raises QueryError.
        """
        missing = {provider.id: provider.key_names for provider in self._providers.all() if not provider.is_ready}
        found = alerts_of(self._catalog.snapshot().catalog, self._today(), missing, verified_within)
        if not query.strip():
            return found
        chosen = {model.key for model in self._catalog.select(query)}
        return tuple(alert for alert in found if not chosen.isdisjoint(alert.keys))

    def remedy(self, alert: Alert) -> Outcome:
        """Queue what would end an alert. Raises RefusedError where somebody has to choose."""
        remedy = alert.remedy
        if remedy is None:
            raise RefusedError(
                f"nobody can choose that for you: {alert.subject} {alert.message}", hint=alert.explanation
            )

        def edits(_: Model, document: Document) -> Sequence[Edit]:
            return [Edit(edit.path, get(document, edit.path), edit.new) for edit in remedy.edits]

        return self._queueing.queue(remedy.label, alert.keys[:1], edits)

    def statistics(self, query: str = "") -> Statistics:
        """The models of `query` in numbers. Raises QueryError."""
        return statistics_of(self._catalog.select(query), self._today())
