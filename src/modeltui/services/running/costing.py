"""What a run would cost, in every money of the catalogue, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modeltui.domain.catalog import Catalog
from modeltui.domain.inputs.partial import partial_inputs
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.pricing.cost import document_cost
from modeltui.domain.pricing.report import CostReport, cost_report
from modeltui.domain.units import Units
from modeltui.errors import ConfigError
from modeltui.services.asked import asked_amount, asked_inputs, asked_name


def units_for_budget(units: Units) -> Units:
    """The same. Raises ConfigError where margin or credits are not known: no money is spent on a guess."""
    if units.problem is not None:
        said = f"no budget can be held against a price: {units.problem}"
        raise ConfigError(said, hint="mend it, or leave the budget out; `modeltui check` shows all of it")
    return units


class CostService:
    """Models are named by key, uid or a model_id of one. Nothing is sent, and no key is needed."""

    def __init__(self, catalog: Callable[[], Catalog]) -> None:
        self._catalog = catalog

    @property
    def units(self) -> Units:
        """What a credit is worth, and the margin; where they are not known, its `problem` says why."""
        return self._catalog().units

    def cost(self, name: str, inputs: Mapping[str, Any], media_seconds: float | None = None) -> CostReport:
        """Price some inputs; what is missing is assumed, and the report says so.

        media_seconds: measured length of the media that is sent. Raises NotFoundError, BrokenFileError, and
        InvalidValueError where `[cost]` itself cannot be used, or inputs and length cannot be meant.
        """
        given, seconds = asked_inputs(inputs), asked_amount(media_seconds, "media_seconds")
        catalog = self._catalog()
        model = catalog.find(asked_name(name))
        document = catalog.document(model.key)
        found = partial_inputs(read_inputs(document), given)
        return cost_report(model.key, document_cost(document), found, seconds, catalog.units)

    def inputs(self, name: str) -> tuple[InputSpec, ...]:
        """What a model takes, also where the rest of its file cannot run. Raises as `cost`."""
        catalog = self._catalog()
        return read_inputs(catalog.document(catalog.find(asked_name(name)).key))
