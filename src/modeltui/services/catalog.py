"""Reading: what the files say, which rows a query chooses, and what is wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from modeltui.errors import BrokenFileError, UsageError
from modeltui.services.current import Current
from modeltui.services.run_figures import say_the_same

if TYPE_CHECKING:
    from datetime import date, datetime

    from modeltui.domain.browse.orders import Orders
    from modeltui.domain.browse.sort import GiveWay, SortKey
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.finding import Finding
    from modeltui.domain.model import Model
    from modeltui.domain.query import Index
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.lock_watch import LockWatch
    from modeltui.storage.source import Source
    from modeltui.storage.toml.locate import Lines

_FEW: Final = 8
"""Rows that are so many times fewer than all are sorted by themselves: the order of all is not worth making."""


class CatalogService:
    def __init__(
        self,
        current: Current,
        store: Source,
        today: Callable[[], date],
        watch: Callable[[], LockWatch],
        *,
        state: Callable[[], Sequence[Finding]] = tuple,
        now: Callable[[], datetime] | None = None,
        rules: Callable[[], Sequence[Finding]] | None = None,
    ) -> None:
        """`state` gives the findings that are about no file of the catalogue; `now` is what ages count from.

        `rules` finds what is wrong in files that are none of ours, in place of the rules of our format.
        """
        self._current = current
        self._state = state
        self._watch = watch
        self._store = store
        self._today = today
        self._now = now or today
        self._rules = rules or self._own_findings
        self._index: Index | None = None
        self._orders: Orders | None = None
        self._indexing = Lock()

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
                after = await asyncio.to_thread(lambda: look().ready())  # noqa: B023  # awaited here
                if after is not before and not _shows_the_same(before, after):
                    yield after

    def select(self, query: str, sort: str = "", *, with_drafts: bool = True) -> list[Model]:
        """The rows that `query` chooses, in the order of `sort` (`a,-b`; by key without). Raises QueryError.

        `with_drafts`: also of the models that wait to be created.
        """
        return list(self.chosen(query, sort, with_drafts=with_drafts))

    def chosen(self, query: str, sort: str = "", *, with_drafts: bool = True) -> Sequence[Model]:
        """The same, not to be changed: it may be what the next one is given."""
        snapshot = self.snapshot()
        catalog = snapshot.shown if with_drafts else snapshot.catalog
        if not query.strip() and not sort.strip():
            if (known := self._index) is not None and known.catalog is catalog:
                return known.models
            return tuple(catalog.models.values())
        from modeltui.domain.query import parse_query  # noqa: PLC0415  # 10 ms, which all rows do not take

        parsed, index = parse_query(query), self._indexed(catalog)
        if not sort.strip():
            return index.picked(index.rows(parsed, snapshot.plan, self._now()))
        from modeltui.domain.browse.sort import parse_sort, sort_models  # noqa: PLC0415

        keys, rows = parse_sort(sort), index.rows(parsed, snapshot.plan, self._now())
        if len(rows) * _FEW < len(index.models):
            return sort_models(index.models_at(rows), keys, catalog, snapshot.plan)
        return index.picked(self._ordered(index).sorted(rows, keys, snapshot.plan))

    def prepare(self, shown: Iterable[str], goes_on: Callable[[float], bool] = lambda _: True) -> None:
        """Gather now, off the event loop, what the first filter and the first sort by any column would wait for.

        Of sorts those by the columns that are `shown` come first. What is to be read from the documents is left out.
        `goes_on` is asked every few milliseconds, and told how many seconds were worked since. It may rest; with False
        the step that was begun is the last.
        """
        from modeltui.domain.browse.columns import COLUMNS  # noqa: PLC0415  # as above
        from modeltui.domain.browse.sort import parse_sort  # noqa: PLC0415
        from modeltui.domain.query.fields import OF_MODEL  # noqa: PLC0415

        names = dict.fromkeys((*filter(COLUMNS.__contains__, shown), *COLUMNS))
        keys = [key for key in parse_sort(",".join(names)) if key.field.name in OF_MODEL]
        pace = _Pace(goes_on)
        steps: list[Callable[[Snapshot, Index], object]] = [
            lambda _, index: index.haystacks(),
            lambda _, index: index.catalog.by_uid,
            *(partial(self._prepare_order, key, pace.give_way) for key in keys),
        ]
        for step in steps:
            snapshot = self.snapshot()  # of now: it may have changed while there was a rest
            step(snapshot, self._indexed(snapshot.shown))
            pace.give_way()
            if pace.has_ended:
                return

    def _prepare_order(self, key: SortKey, give_way: GiveWay, snapshot: Snapshot, index: Index) -> None:
        self._ordered(index).prepare(key, snapshot.plan, give_way)

    def _indexed(self, catalog: Catalog) -> Index:
        """The folded texts of a catalogue, made once for all filters on it."""
        from modeltui.domain.query import Index  # noqa: PLC0415  # as above

        with self._indexing:
            if self._index is None or self._index.catalog is not catalog:
                self._index = Index(catalog, self._index)
            return self._index

    def _ordered(self, index: Index) -> Orders:
        """The orders of the rows of an index, each made once."""
        from modeltui.domain.browse.orders import Orders  # noqa: PLC0415  # as above

        with self._indexing:
            if self._orders is None or self._orders.catalog is not index.catalog:
                self._orders = Orders(index.catalog, index.models, self._orders)
            return self._orders

    def content(self, key: str) -> bytes:
        """The bytes of a model's file, as they are on disk now; of one that waits to be created, those it will have.

        Raises NotFoundError, BrokenFileError; EditRefusedError where the pending edits of a new model do not fit.
        """
        snapshot = self.snapshot()
        model = snapshot.shown.find(key)
        if model.key in snapshot.catalog.models:
            return self._store.read(model.path)
        from modeltui.services.rendering import Renderer  # noqa: PLC0415  # for new models only

        return Renderer(self._store.read).rendered(snapshot.plan.files[model.key], None) or b""

    def source(self, key: str) -> str:
        """The text of a model's file; bytes that are not UTF-8 come as U+FFFD."""
        return self.content(key).decode("utf-8", errors="replace")

    def check(self) -> tuple[Finding, ...]:
        """Every finding of every rule on the files as they are on disk now, in the order of files and lines."""
        return tuple(sorted(self._located(self._rules()), key=lambda finding: (finding.path, finding.line or 0)))

    def _own_findings(self) -> Sequence[Finding]:
        from modeltui.domain.rules.one_pass import OnePass  # noqa: PLC0415  # loads pydantic, which nothing else here needs
        from modeltui.storage.applying.hard_links import hard_links  # noqa: PLC0415

        one_pass = OnePass()
        catalog = self._current.reload(fresh=True, seen=one_pass.look).catalog
        linked = hard_links(self._store.root, (model.path for model in catalog.models.values()))
        besides = (*linked, *self._watch().findings(catalog), *self._state())
        return [*one_pass.findings(catalog, self._today(), self._store.read), *besides]

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
        from modeltui.storage.toml.locate import Lines  # noqa: PLC0415  # findings have lines, rows have none

        try:
            return Lines(self._store.read(path))
        except BrokenFileError:
            return None


class _Pace:
    """Of work in the background."""

    def __init__(self, goes_on: Callable[[float], bool]) -> None:
        self.has_ended = False
        self._goes_on = goes_on
        self._begun = monotonic()

    def give_way(self) -> None:
        self.has_ended = self.has_ended or not self._goes_on(monotonic() - self._begun)
        self._begun = monotonic()


def _shows_the_same(one: Snapshot, other: Snapshot) -> bool:
    return (
        one == replace(other, catalog=one.catalog)
        and _said(one.catalog) == _said(other.catalog)
        and say_the_same(one.catalog.runs, other.catalog.runs)
    )


def _said(catalog: Catalog) -> object:
    return list(catalog.models.values()), catalog.providers, catalog.settings, catalog.faults


def _with_line(finding: Finding, lines: Lines | None) -> Finding:
    if lines is None or finding.field is None:
        return finding
    from modeltui.domain.document import parse_field  # noqa: PLC0415

    try:
        path = parse_field(finding.field)
    except UsageError:
        return finding
    positions = tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in path)
    line = lines.line_of(positions) or lines.line_of(path)
    return replace(finding, line=line, column=None if line is None else lines.column_of(line))
