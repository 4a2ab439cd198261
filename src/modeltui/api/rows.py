"""The models of a catalogue as its files were at one moment, and which of them are which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from modeltui.api.fault import Fault, fault_of
from modeltui.api.model import Model, model_of
from modeltui.api.state import State
from modeltui.domain.catalog import Catalog
from modeltui.errors import BrokenFileError, NotFoundError
from modeltui.services.asked import asked_name, asked_text, asked_words

if TYPE_CHECKING:
    from modeltui.domain.model import Model as Row
    from modeltui.domain.query import Index

Named: TypeAlias = str | Model
"""A model by key, uid or a model_id that only one model has; or as it was read."""


class Rows:
    """Every answer is of one state of the files."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._index: Index | None = None
        self._made: dict[str, tuple[Row, Model]] = {}
        self._defaults: tuple[Catalog, Mapping[str, Row]] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.root!r}, generation={self.generation})"

    @property
    def root(self) -> str:
        """Absolute path of the catalogue."""
        return self._state.catalog.root

    @property
    def generation(self) -> int:
        """Another number for each state of the files that was read, counted from 1."""
        return self._state.generation

    def refresh(self) -> bool:
        """Read what changed on disk; whether anything did. Models that you hold stay as they were.

        Raises ConfigError where catalog.toml cannot be used any more, and BusyError where applies never pause: then
        all stays as it was read before.
        """
        return self._state.refresh()

    def __len__(self) -> int:
        counts = self._state.catalog.counts
        return counts.total - counts.broken

    def __iter__(self) -> Iterator[Model]:
        """As `all`."""
        return iter(self.all())

    def __contains__(self, model: object) -> bool:
        """Whether there is such a model, by key, uid, a model_id that only one has, or as it was read."""
        if not isinstance(model, str | Model):
            return False
        try:
            return not self._state.catalog.find(name_of(model)).is_broken
        except NotFoundError:
            return False

    def all(self) -> tuple[Model, ...]:
        """In the order of keys."""
        return self._where(lambda _: True)

    def active(self) -> tuple[Model, ...]:
        """Those that are offered to users."""
        return self._where(lambda model: model.active)

    def premium(self) -> tuple[Model, ...]:
        """Those that need a paid plan."""
        return self._where(lambda model: model.premium)

    def of_provider(self, provider: str) -> tuple[Model, ...]:
        provider = asked_text(provider, "provider")
        return self._where(lambda model: model.provider == provider)

    def of_content_type(self, content_type: str) -> tuple[Model, ...]:
        content_type = asked_text(content_type, "content_type")
        return self._where(lambda model: model.content_type == content_type)

    def of_tag(self, tag: str) -> tuple[Model, ...]:
        tag = asked_text(tag, "tag")
        return self._where(lambda model: tag in model.tags)

    def of_model_id(self, model_id: str) -> tuple[Model, ...]:
        """Several models may share the id of a provider."""
        model_id = asked_text(model_id, "model_id")
        return self._where(lambda model: model.model_id == model_id)

    def default(self, content_type: str) -> Model | None:
        """The active model of a content type that is used unasked; None where there is none."""
        content_type, catalog, held = asked_text(content_type, "content_type"), self._state.catalog, self._defaults
        if held is None or held[0] is not catalog:
            held = self._defaults = catalog, _defaults_of(catalog)
        chosen = held[1].get(content_type)
        return None if chosen is None else self._model(chosen)

    def get(self, name: str) -> Model:
        """The model by key, uid or a model_id that only one model has. Raises NotFoundError, BrokenFileError."""
        return self._model(row_of(self._state.catalog, asked_name(name)))

    def query(self, text: str, sort: str = "") -> tuple[Model, ...]:
        """The models that the language of the filter bar chooses, `type:chat cost<5`, in the order of `sort`.

        sort: fields, such as `provider,-cost`; by key without. Raises QueryError, which knows the position.
        """
        found = self._state.answer(lambda catalog: self._chosen(catalog, asked_words(text), asked_words(sort)))
        return tuple(self._model(row) for row in found if not row.is_broken)

    def faults(self) -> tuple[Fault, ...]:
        """What was left out as it cannot be used: files of models and providers, and folders; in the order of paths."""
        catalog = self._state.catalog
        found = [model.fault for model in catalog.models.values() if model.fault is not None]
        return tuple(map(fault_of, sorted((*found, *catalog.faults), key=lambda fault: fault.path)))

    def _where(self, chooses: Callable[[Row], bool]) -> tuple[Model, ...]:
        rows = self._state.catalog.models.values()
        return tuple([self._model(row) for row in rows if row.fault is None and chooses(row)])

    def _model(self, row: Row) -> Model:
        """Made once for each row."""
        held = self._made.get(row.key)
        if held is None or held[0] is not row:
            held = self._made[row.key] = row, model_of(row)
        return held[1]

    def _chosen(self, catalog: Catalog, text: str, sort: str = "") -> list[Row]:
        from modeltui.domain.pending.plan import Plan  # noqa: PLC0415  # 10 ms, which few programs ask for
        from modeltui.domain.query import Index, parse_query  # noqa: PLC0415

        query, seen, plan = parse_query(text), self._state.with_figures(catalog), Plan({})
        held = self._index
        if held is None or held.catalog.documents is not seen.documents or held.catalog.runs is not seen.runs:
            held = self._index = Index(seen, held)
        rows = held.select(query, plan, seen.as_of or datetime.now(UTC))
        if not sort.strip():
            return rows
        from modeltui.domain.browse.sort import parse_sort, sort_models  # noqa: PLC0415

        return sort_models(rows, parse_sort(sort), seen, plan)


def row_of(catalog: Catalog, name: str) -> Row:
    """Of a model whose file can be used. Raises NotFoundError, BrokenFileError."""
    row = catalog.find(name)
    if (fault := row.fault) is not None:
        said = f"{fault.where}: {fault.message}"
        raise BrokenFileError(said, code=fault.code, line=fault.line, column=fault.column, hint=fault.hint)
    return row


def _defaults_of(catalog: Catalog) -> Mapping[str, Row]:
    """By content type: the first in the order of keys."""
    found: dict[str, Row] = {}
    for row in catalog.models.values():
        if row.default and row.active and row.fault is None and row.content_type is not None:
            found.setdefault(row.content_type, row)
    return found


def name_of(model: Named) -> str:
    """Raises InvalidValueError."""
    return model.key if isinstance(model, Model) else asked_name(model)
