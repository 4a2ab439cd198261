"""What an administrator should look at, and the way of its remedies into the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from modeltui.domain.alerts import VERIFIED_WITHIN, Alert, alerts_of, gravest_first
from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Edit
from modeltui.domain.document import Document, get
from modeltui.domain.job import KeptJob
from modeltui.domain.model import Model
from modeltui.domain.run_alerts import TESTED_WITHIN, doubts_of, run_alerts_of
from modeltui.domain.run_statistics import RunStatistics, run_statistics_of
from modeltui.domain.statistics import Statistics, statistics_of
from modeltui.errors import ModeltuiError, RefusedError
from modeltui.services.catalog import CatalogService
from modeltui.services.changing.queueing import Queueing
from modeltui.services.outcome import Outcome
from modeltui.services.providers import ProviderService


class AlertService:
    def __init__(
        self,
        catalog: CatalogService,
        providers: ProviderService,
        queueing: Queueing,
        today: Callable[[], date],
        *,
        uncertain: Callable[[], Iterable[KeptJob]] = tuple,
        meant: Callable[[Alert], Alert | None] | None = None,
    ) -> None:
        """`uncertain` gives the jobs of which nobody knows whether they were sent.

        `meant` gives what an alert is in a tree of others; None for one that says nothing there.
        """
        self._meant = meant
        self._uncertain = uncertain
        self._catalog = catalog
        self._providers = providers
        self._queueing = queueing
        self._today = today
        self.trouble: str | None = None
        """What the alerts of the last look could not be told, and why."""

    def all(
        self,
        query: str = "",
        verified_within: int = VERIFIED_WITHIN,
        *,
        tested_within: int = TESTED_WITHIN,
        spend_over: Decimal | None = None,
    ) -> tuple[Alert, ...]:
        """The alerts about the models of `query`, the gravest first, of the files as they were last read.

        verified_within, tested_within: days since the last verification of a price, and since the last run, that count
        as fresh. spend_over: USD of test runs that no provider is told about. Raises QueryError.
        """
        missing = {provider.id: provider.key_names for provider in self._providers.all() if not provider.is_ready}
        catalog, today = self._catalog.snapshot().catalog, self._today()
        found = gravest_first(
            [
                *alerts_of(catalog, today, missing, verified_within),
                *run_alerts_of(catalog, today, self._doubts(catalog, today), tested_within, spend_over),
            ]
        )
        if self._meant is not None:
            found = tuple(alert for each in found if (alert := self._meant(each)) is not None)
        if not query.strip():
            return found
        chosen = {model.key for model in self._catalog.select(query)}
        return tuple(alert for alert in found if not chosen.isdisjoint(alert.keys))

    def _doubts(self, catalog: Catalog, today: date) -> Mapping[str, int]:
        """How many runs of each model are still in doubt. The jobs are read only where some are."""
        if not any(stats.uncertain for stats in catalog.runs.values()):
            return {}
        self.trouble = None
        try:
            return doubts_of(self._uncertain(), today)
        except ModeltuiError as error:
            self.trouble = f"which runs are in doubt cannot be told: {error.message}"
            return {}

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

    def runs(self, query: str = "") -> RunStatistics:
        """What the runs of the models of `query` came to. Raises QueryError."""
        models = self._catalog.select(query, with_drafts=False)
        return run_statistics_of(models, self._catalog.snapshot().catalog, query.strip())

    def statistics(self, query: str = "") -> Statistics:
        """The models of `query` in numbers. Raises QueryError."""
        return statistics_of(self._catalog.select(query), self._today())
