"""Reading: what the files say, which rows a query chooses, and what is wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date, datetime

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import parse_field
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.query import Index, parse_query
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.sort import parse_sort, sort_models
from modeltui.errors import BrokenFileError, UsageError
from modeltui.services.current import Current
from modeltui.services.lock_watch import LockWatch
from modeltui.services.rendering import Renderer
from modeltui.services.run_figures import say_the_same
from modeltui.storage.hard_links import hard_links
from modeltui.storage.locate import Lines
from modeltui.storage.store import Store


class CatalogService:
    def __init__(
        self,
        current: Current,
        store: Store,
        today: Callable[[], date],
        watch: LockWatch,
        *,
        state: Callable[[], Sequence[Finding]] = tuple,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """`state` gives the findings that are about no file of the catalogue; `now` is what ages count from."""
        self._current = current
        self._state = state
        self._watch = watch
        self._store = store
        self._renderer = Renderer(store.read)
        self._today = today
        self._now = now or today
        self._index: Index | None = None

    def snapshot(self) -> Snapshot:
        """The last one that was loaded."""
        return self._current.snapshot()

    def reload(self) -> Snapshot:
        """Read the files and the queue again."""
        return self._current.reload()

    @property
    def run_trouble(self) -> str | None:
        """Why there are no statistics of runs, once a query, an order or a column asked for them."""
        return self._current.run_trouble

    def look_at_runs(self) -> Snapshot:
        """As `reload`, of the statistics of runs only: the last snapshot where no job ended since."""
        return self._current.look_at_runs()

    async def live(self) -> AsyncGenerator[Snapshot, None]:
        """A new snapshot whenever the files or the queues changed on disk, or a job ended, until it is closed."""
        import asyncio  # noqa: PLC0415  # 40 ms, wanted by the console only

        from modeltui.storage.watch import Burst, changes  # noqa: PLC0415

        async with aclosing(changes(self._store.root)) as bursts:
            async for burst in bursts:
                before = self.snapshot()
                look = self._current.look_at_runs if burst is Burst.JOBS else self._current.reload
                after = await asyncio.to_thread(look)
                if after is not before and not _shows_the_same(before, after):
                    yield after

    def select(self, query: str, sort: str = "", *, with_drafts: bool = True) -> list[Model]:
        """The rows that `query` chooses, in the order of `sort` (`a,-b`; by key without). Raises QueryError.

        `with_drafts`: also of the models that wait to be created.
        """
        snapshot, parsed, keys = self.snapshot(), parse_query(query), parse_sort(sort)
        catalog = snapshot.shown if with_drafts else snapshot.catalog
        rows = self._indexed(catalog).select(parsed, snapshot.plan, self._now())
        return sort_models(rows, keys, catalog, snapshot.plan) if keys else rows

    def _indexed(self, catalog: Catalog) -> Index:
        """The folded texts of a catalogue, made once for all filters on it."""
        if self._index is None or self._index.catalog is not catalog:
            self._index = Index(catalog)
        return self._index

    def content(self, key: str) -> bytes:
        """The bytes of a model's file, as they are on disk now; of one that waits to be created, those it will have.

        Raises NotFoundError, BrokenFileError; EditRefusedError where the pending edits of a new model do not fit.
        """
        snapshot = self.snapshot()
        model = snapshot.shown.find(key)
        if model.key in snapshot.catalog.models:
            return self._store.read(model.path)
        return self._renderer.rendered(snapshot.plan.files[model.key], None) or b""

    def source(self, key: str) -> str:
        """The text of a model's file; bytes that are not UTF-8 come as U+FFFD."""
        return self.content(key).decode("utf-8", errors="replace")

    def check(self) -> tuple[Finding, ...]:
        """Every finding of every rule on the files as they are on disk now, in the order of files and lines."""
        from modeltui.domain.rules import check  # noqa: PLC0415  # loads pydantic, which nothing else here needs

        catalog = self._current.reload().catalog
        linked = hard_links(self._store.root, (model.path for model in catalog.models.values()))
        besides = (*linked, *self._watch.findings(catalog), *self._state())
        findings = [*check(catalog, self._today(), self._store.read), *besides]
        return tuple(sorted(self._located(findings), key=lambda finding: (finding.path, finding.line or 0)))

    def _located(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings, each with the line of its field."""
        lines: dict[str, Lines | None] = {}
        located: list[Finding] = []
        for finding in findings:
            if finding.line is None and finding.field is not None:
                if finding.path not in lines:
                    lines[finding.path] = self._lines(finding.path)
                located.append(_with_line(finding, lines[finding.path]))
            else:
                located.append(finding)
        return located

    def _lines(self, path: str) -> Lines | None:
        try:
            return Lines(self._store.read(path))
        except BrokenFileError:
            return None


def _shows_the_same(one: Snapshot, other: Snapshot) -> bool:
    return (
        one == replace(other, catalog=one.catalog)
        and _digests(one.catalog) == _digests(other.catalog)
        and say_the_same(one.catalog.runs, other.catalog.runs)
    )


def _digests(catalog: Catalog) -> object:
    models = [(model.key, model.digest, model.fault) for model in catalog.models.values()]
    return models, catalog.providers, catalog.settings, catalog.faults


def _with_line(finding: Finding, lines: Lines | None) -> Finding:
    if lines is None or finding.field is None:
        return finding
    try:
        path = parse_field(finding.field)
    except UsageError:
        return finding
    positions = tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in path)
    return replace(finding, line=lines.line_of(positions) or lines.line_of(path))
