"""The models of a catalogue as its files were at one moment, and which of them are which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from modeltui.api.model import Model, model_of
from modeltui.api.state import State
from modeltui.domain.catalog import Catalog
from modeltui.errors import NotFoundError
from modeltui.services.asked import asked_name, asked_words

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

    @property
    def root(self) -> str:
        """Absolute path of the catalogue."""
        return self._state.catalog.root

    @property
    def generation(self) -> int:
        """Another number for each state of the files that was read, counted from 1."""
        return self._state.generation

    def refresh(self) -> bool:
        """Read what changed on disk; whether anything did. Models that you hold stay as they were."""
        return self._state.refresh()

    def __len__(self) -> int:
        return len(self.all())

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
        return self._where(lambda model: model.provider == provider)

    def of_content_type(self, content_type: str) -> tuple[Model, ...]:
        return self._where(lambda model: model.content_type == content_type)

    def of_tag(self, tag: str) -> tuple[Model, ...]:
        return self._where(lambda model: tag in model.tags)

    def of_model_id(self, model_id: str) -> tuple[Model, ...]:
        """Several models may share the id of a provider."""
        return self._where(lambda model: model.model_id == model_id)

    def default(self, content_type: str) -> Model | None:
        """The active model of a content type that is used unasked; None where there is none."""
        chosen = self._where(lambda model: model.default and model.active and model.content_type == content_type)
        return chosen[0] if chosen else None

    def get(self, name: str) -> Model:
        """The model by key, uid or a model_id that only one model has. Raises NotFoundError."""
        return model_of(self._state.catalog.find(asked_name(name)))

    def query(self, text: str, sort: str = "") -> tuple[Model, ...]:
        """The models that the language of the filter bar chooses, `type:chat cost<5`, in the order of `sort`.

        sort: fields, such as `provider,-cost`; by key without. Raises QueryError, which knows the position.
        """
        found = self._state.answer(lambda catalog: self._chosen(catalog, asked_words(text), asked_words(sort)))
        return tuple(model_of(row) for row in found if not row.is_broken)

    def _where(self, chooses: Callable[[Row], bool]) -> tuple[Model, ...]:
        models = self._state.catalog.models.values()
        return tuple(model_of(model) for model in models if not model.is_broken and chooses(model))

    def _chosen(self, catalog: Catalog, text: str, sort: str = "") -> list[Row]:
        from modeltui.domain.plan import Plan  # noqa: PLC0415  # 10 ms, which few programs ask for
        from modeltui.domain.query import Index, parse_query  # noqa: PLC0415

        query, seen, plan = parse_query(text), self._state.with_figures(catalog), Plan({})
        held = self._index
        if held is None or held.catalog.documents is not seen.documents or held.catalog.runs is not seen.runs:
            held = self._index = Index(seen, held)
        rows = held.select(query, plan, seen.as_of or datetime.now(UTC))
        if not sort.strip():
            return rows
        from modeltui.domain.sort import parse_sort, sort_models  # noqa: PLC0415

        return sort_models(rows, parse_sort(sort), seen, plan)


def name_of(model: Named) -> str:
    """Raises InvalidValueError."""
    return model.key if isinstance(model, Model) else asked_name(model)
