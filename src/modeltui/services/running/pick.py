"""Which models of a query take some inputs, the best first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.capability import Need, Reason, own_inputs, own_name
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.model import Model
from modeltui.domain.pick import ORDERS, LeftOut, Pick, PickOrder, Picks, pick_of, ranked
from modeltui.domain.query import parse_query
from modeltui.domain.query.terms import Switch
from modeltui.domain.run_values import runs_of
from modeltui.errors import BrokenFileError, InvalidValueError, UsageError
from modeltui.services.asked import asked_need
from modeltui.services.running.chosen_files import Chosen, chosen_files

ReadInputs: TypeAlias = Callable[[Sequence[InputSpec]], Mapping[str, Any]]
"""The values that are asked for as the inputs of one model read them."""

_INACTIVE: Final = Reason(None, "is not active")


class Asked(Struct, frozen=True, kw_only=True):
    need: Need
    read: ReadInputs | None = None
    """Makes the inputs of the need anew for each model: text may be a number for one and a choice for another."""
    files: frozenset[str] | None = frozenset()
    """Media inputs that may name files of this machine, which then count with their size and length; None for all."""
    by: PickOrder = "cost"
    limit: int | None = None
    is_whole: bool = False
    """The inputs are all that a run gets, so that one that is missing counts."""


class PickService:
    """Of the files alone: nothing is sent. Only the files of the models that a query chooses are read."""

    def __init__(self, catalog: Callable[[], Catalog], select: Callable[[str], Sequence[Model]]) -> None:
        """select: the models of a query. Raises QueryError."""
        self._catalog = catalog
        self._select = select

    def pick(self, query: str, asked: Asked) -> Picks:
        """Models that are active, unless the query itself says something of `active`.

        Raises QueryError, and UsageError or InvalidValueError for what cannot be meant.
        """
        asked_order(asked.by)
        if asked.limit is not None and asked.limit < 1:
            raise UsageError("a limit is a number of at least 1", hint="leave it out for all")
        asked = replace(asked, need=asked_need(asked.need))
        catalog, is_any = self._catalog(), _says_active(query)
        picks: list[Pick] = []
        left_out: list[LeftOut] = []
        for model in self._select(query):
            is_asked = is_any or model.active or model.is_broken
            found = _found(catalog, model, asked) if is_asked else _INACTIVE
            if isinstance(found, Pick):
                picks.append(found)
            else:
                left_out.append(LeftOut(model, found))
        problems = () if catalog.units.problem is None else (catalog.units.problem,)
        best, notes = ranked(picks, asked.by, catalog.units)
        return Picks(tuple(best[: asked.limit]), tuple(left_out), len(best), (*problems, *notes))


def asked_order(text: str) -> PickOrder:
    """What models are ranked by. Raises UsageError."""
    if text not in ORDERS:
        raise UsageError(f"nothing is ranked by {text!r}", hint=f"known are {', '.join(ORDERS)}")
    return text


def _found(catalog: Catalog, model: Model, asked: Asked) -> Pick | Reason:
    """What cannot be used or meant says so as its reason."""
    try:
        document = catalog.document(model.key)
        if asked.read is None:
            return _held(catalog, model, document, asked, asked.need)
        specs = read_inputs(document)
        declared = {spec.name: spec for spec in specs}
        values = own_inputs(asked.read(specs), declared)
        files = declared if asked.files is None else {own_name(name, declared) for name in asked.files}
        chosen = chosen_files([spec for spec in specs if spec.name in files], values)
        if chosen.problems:
            return Reason(*next(iter(chosen.problems.items())))
        found = _held(catalog, model, document, asked, _with_files(asked.need, chosen))
    except (BrokenFileError, InvalidValueError) as error:
        return Reason(None, error.message)
    return _by_path(found, values, chosen) if isinstance(found, Pick) else found


def _held(catalog: Catalog, model: Model, document: Document, asked: Asked, need: Need) -> Pick | Reason:
    return pick_of(model, document, need, catalog.units, runs_of(model, catalog), is_whole=asked.is_whole)


def _with_files(need: Need, chosen: Chosen) -> Need:
    """What was said of the media counts more than what its files say."""
    return replace(
        need,
        inputs=chosen.values,
        media_seconds=chosen.seconds if need.media_seconds is None else need.media_seconds,
        file_mb=chosen.megabytes if need.file_mb is None else need.file_mb,
    )


def _by_path(pick: Pick, values: Mapping[str, Any], chosen: Chosen) -> Pick:
    """Files stand there as they were named, so that they can be sent."""
    return replace(pick, inputs={**pick.inputs, **{name: values[name] for name in chosen.files if name in pick.inputs}})


def _says_active(query: str) -> bool:
    return any(isinstance(term.test, Switch) and term.test.field.name == "active" for term in parse_query(query).terms)
