"""A program as an application's author would write it, for `mypy --strict`: what it is given is what is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import Any, assert_type

from modeltui import open_catalog
from modeltui.api import (
    Capability,
    CatalogReader,
    Cost,
    CostReport,
    CostStep,
    Fault,
    InputProblem,
    LeftOut,
    Model,
    Named,
    Pick,
    PickOrder,
    Picks,
    Reason,
    RolloutAnswer,
    RolloutReason,
    RunStats,
    StepCost,
    Workflow,
    WorkflowCost,
    WorkflowStep,
)
from modeltui.errors import BrokenFileError, ConfigError, ModeltuiError, NotFoundError


def opened(path: str | PathLike[str]) -> CatalogReader | str:
    try:
        return assert_type(open_catalog(path, cache=False, whole=True), CatalogReader)
    except ConfigError as error:
        return assert_type(error.message, str) + (assert_type(error.hint, str | None) or "")


def named(catalog: CatalogReader, name: Named) -> Model | None:
    try:
        return catalog.get(name) if isinstance(name, str) else name
    except NotFoundError:
        return None
    except (BrokenFileError, ModeltuiError):
        return None


def models(catalog: CatalogReader, kind: str) -> tuple[Model, ...]:
    assert_type(catalog.all(), tuple[Model, ...])
    assert_type(catalog.active(), tuple[Model, ...])
    assert_type(catalog.premium(), tuple[Model, ...])
    assert_type(catalog.of_provider("acme"), tuple[Model, ...])
    assert_type(catalog.of_tag("new"), tuple[Model, ...])
    assert_type(catalog.of_model_id("a"), tuple[Model, ...])
    assert_type(catalog.query("cost<5", sort="-cost"), tuple[Model, ...])
    assert_type(catalog.default(kind), Model | None)
    assert_type(iter(catalog), Iterator[Model])
    assert_type(len(catalog), int)
    assert_type("a" in catalog, bool)
    assert_type((catalog.refresh(), catalog.generation, catalog.root), tuple[bool, int, str])
    assert_type(catalog.faults(), tuple[Fault, ...])
    return catalog.of_content_type(kind)


def fields(model: Model) -> None:
    assert_type((model.key, model.uid, model.model_id, model.name), tuple[str, str, str, str])
    assert_type((model.base_cost, model.cost_currency), tuple[Decimal | None, str | None])
    assert_type((model.tags, model.order), tuple[tuple[str, ...], int | None])
    assert_type((model.retires_on, model.replaced_by), tuple[date | None, str | None])
    assert_type((model.is_active, model.is_default, model.is_premium), tuple[bool, bool, bool])


def asked(catalog: CatalogReader, model: Named, inputs: Mapping[str, Any]) -> Cost | None:
    assert_type(catalog.validate(model, inputs), tuple[InputProblem, ...])
    capability = assert_type(catalog.supports(model, inputs, needs=["audio"], file_mb=2), Capability)
    assert_type(capability.reasons, tuple[Reason, ...])
    assert_type(catalog.request(model, inputs), dict[str, Any])
    assert_type(catalog.document(model), dict[str, Any])
    assert_type(catalog.stats(model), RunStats)
    report = assert_type(catalog.cost(model, inputs, media_seconds=1.5), CostReport)
    assert_type(report.steps, tuple[CostStep, ...])
    assert_type((report.price_usd, report.margin), tuple[Decimal | None, Decimal | None])
    return report.cost


def picked(catalog: CatalogReader, by: PickOrder) -> Iterator[Pick]:
    found = assert_type(catalog.pick("chat", {"prompt": "a"}, by=by, needs="audio", limit=3), Picks)
    assert_type(found.left_out, tuple[LeftOut, ...])
    return iter(found)


def rolled_out(catalog: CatalogReader, model: Named, caller: str) -> RolloutReason:
    assert_type(catalog.resolve("chat", caller, accepts=lambda each: not each.is_premium), Model | None)
    assert_type(catalog.is_in_rollout(model, caller), bool)
    return assert_type(catalog.rollout(model, caller), RolloutAnswer).reason


def chained(catalog: CatalogReader, slug: str) -> tuple[tuple[WorkflowStep, ...], tuple[StepCost, ...]]:
    workflow = assert_type(catalog.workflow(slug), Workflow)
    assert_type(catalog.workflows(), tuple[Workflow, ...])
    cost = assert_type(catalog.workflow_cost(slug, {"topic": "tea"}), WorkflowCost)
    assert_type(cost.totals, Mapping[str, Decimal])
    return workflow.steps, cost.steps
