"""Which models of a query take some inputs, the best first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.capability import Need, Reason
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.inputs import InputSpec, read_inputs
from modeltui.domain.model import Model
from modeltui.domain.pick import ORDERS, LeftOut, Pick, PickOrder, Picks, pick_of, ranked
from modeltui.domain.query import parse_query
from modeltui.domain.query.terms import Switch
from modeltui.domain.run_values import runs_of
from modeltui.errors import BrokenFileError, InvalidValueError, UsageError
from modeltui.services.asked import asked_need

ReadInputs: TypeAlias = Callable[[Sequence[InputSpec]], Mapping[str, Any]]
"""The values that are asked for as the inputs of one model read them."""

_INACTIVE: Final = Reason(None, "is not active")


class Asked(Struct, frozen=True, kw_only=True):
    need: Need
    read: ReadInputs | None = None
    """Makes the inputs of the need anew for each model: text may be a number for one and a choice for another."""
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
            found = _found(catalog, model, asked) if is_any or model.active or model.is_broken else _INACTIVE
            if isinstance(found, Pick):
                picks.append(found)
            else:
                left_out.append(LeftOut(model, found))
        best, notes = ranked(picks, asked.by, catalog.units)
        return Picks(tuple(best[: asked.limit]), tuple(left_out), len(best), notes)


def asked_order(text: str) -> PickOrder:
    """What models are ranked by. Raises UsageError."""
    if text not in ORDERS:
        raise UsageError(f"nothing is ranked by {text!r}", hint=f"known are {', '.join(ORDERS)}")
    return text


def _found(catalog: Catalog, model: Model, asked: Asked) -> Pick | Reason:
    """What cannot be used or meant says so as its reason."""
    try:
        document = catalog.document(model.key)
        need = asked.need if asked.read is None else replace(asked.need, inputs=_read(document, asked.read))
        return pick_of(model, document, need, catalog.units, runs_of(model, catalog), is_whole=asked.is_whole)
    except (BrokenFileError, InvalidValueError) as error:
        return Reason(None, error.message)


def _read(document: Document, read: ReadInputs) -> Mapping[str, Any]:
    return read(read_inputs(document))


def _says_active(query: str) -> bool:
    return any(isinstance(term.test, Switch) and term.test.field.name == "active" for term in parse_query(query).terms)
