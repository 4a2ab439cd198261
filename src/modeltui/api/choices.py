"""Which model a program uses: one that a caller gets, or the best of those that take some inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from modeltui.api.model import Model
from modeltui.api.rows import Named, Rows, name_of, row_of
from modeltui.api.state import State
from modeltui.domain.capability import Need
from modeltui.domain.catalog import Catalog
from modeltui.domain.resolving import Resolver
from modeltui.domain.rollout import Rollout, RolloutAnswer, rollout_in
from modeltui.services.asked import asked_text, asked_words

if TYPE_CHECKING:
    from modeltui.api.picks import Picks
    from modeltui.domain.model import Model as Row
    from modeltui.domain.pick import PickOrder


class Choices(Rows):
    """By rollout, and by what is asked for."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._rollouts: dict[str, tuple[str, Rollout | None]] = {}
        self._resolver: Resolver | None = None

    def pick(
        self,
        query: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        by: PickOrder = "cost",
        needs: str | Iterable[str] = (),
        limit: int | None = None,
        complete: bool = False,
        media_seconds: float | None = None,
        file_mb: float | None = None,
    ) -> Picks:
        """The models of a content type, or of a query, that take these inputs: the best first.

        Only active ones, unless the query says something of `active`. by: `cost`, `time`, `success` or `name`.
        needs, media_seconds, file_mb: as of `supports`. complete: the inputs are all that a run gets, so that one that
        is missing counts.
        """
        from modeltui.api.picks import picks_of  # noqa: PLC0415  # with the query language
        from modeltui.services.running.pick import Asked, PickService  # noqa: PLC0415

        text, need = asked_words(query), need_of(inputs, needs, media_seconds, file_mb)
        asked = Asked(need=need, by=by, limit=limit, is_whole=complete)

        def ask(catalog: Catalog) -> Picks:
            rows = _of_type(catalog, text) or self._chosen(catalog, text)
            return picks_of(PickService(lambda: self._state.with_figures(catalog), lambda _: rows).pick(text, asked))

        return self._state.answer(ask)

    def resolve(
        self, content_type: str, caller_id: str, *, accepts: Callable[[Model], bool] | None = None
    ) -> Model | None:
        """The model of a content type that a caller gets: always the same one, as long as the files stay.

        Of the active models the first that the caller is in: those that are rolled out to less than 100 %, then those
        at 100 %, each by order and key; then the default; then those without a rollout, by order and key. None where
        there is none.

        accepts: whether a model may be used at all, such as `lambda model: not model.is_premium`.
        """
        is_accepted: Callable[[Row], bool] = _always if accepts is None else lambda row: accepts(self._model(row))
        caller_id, content_type = asked_text(caller_id, "caller_id"), asked_text(content_type, "content_type")
        row = self._state.answer(lambda catalog: self._resolved(catalog).resolve(content_type, caller_id, is_accepted))
        return None if row is None else self._model(row)

    def is_in_rollout(self, model: Named, caller_id: str) -> bool:
        """Whether a model is rolled out to a caller, be it active or not. Raises NotFoundError or BrokenFileError."""
        return self.rollout(model, caller_id).is_in

    def rollout(self, model: Named, caller_id: str) -> RolloutAnswer:
        """Whether a model is rolled out to a caller, and why."""
        name, caller_id = name_of(model), asked_text(caller_id, "caller_id")
        return self._state.answer(lambda catalog: self._rollout_answer(catalog, name, caller_id))

    def _resolved(self, catalog: Catalog) -> Resolver:
        held = self._resolver
        if held is None or held.catalog is not catalog:
            held = self._resolver = Resolver(catalog, self._rollout)
        return held

    def _rollout_answer(self, catalog: Catalog, name: str, caller_id: str) -> RolloutAnswer:
        row = row_of(catalog, name)
        return (self._rollout(catalog, row) or Rollout(100, row.uid or row.key)).answer(caller_id)

    def _rollout(self, catalog: Catalog, model: Row) -> Rollout | None:
        """Read once for each version of a file."""
        held = self._rollouts.get(model.key)
        if held is None or held[0] != model.digest:
            held = self._rollouts[model.key] = (model.digest, rollout_in(catalog, model))
        return held[1]


def need_of(
    inputs: Mapping[str, Any] | None, needs: str | Iterable[str], media_seconds: float | None, file_mb: float | None
) -> Need:
    """What `supports` and `pick` are asked; one need alone is no list of letters."""
    return Need(
        inputs={} if inputs is None else inputs,
        abilities=needs if isinstance(needs, str) or not isinstance(needs, Iterable) else tuple(needs),
        media_seconds=media_seconds,
        file_mb=file_mb,
    )


def _of_type(catalog: Catalog, content_type: str) -> list[Row]:
    return [model for model in catalog.models.values() if model.content_type == content_type]


def _always(_: object) -> bool:
    return True
