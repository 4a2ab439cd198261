"""Days that have passed, days in the wrong order, and what comes after a model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found

SOON = timedelta(days=30)
"""How long before its last day a model is spoken of."""

_ORDER = ("released_on", "deprecated_on", "retires_on")


def check_lifetime(catalog: Catalog, today: date) -> Iterator[Finding]:
    for model in catalog.models.values():
        yield from _order_of_days(model)
        if model.active:
            yield from _active(model, today)
        if model.replaced_by is not None:
            yield from _replacement(model, model.replaced_by, catalog)


def _order_of_days(model: Model) -> Iterator[Finding]:
    days = [(name, day) for name in _ORDER if (day := getattr(model, name)) is not None]
    for (earlier, first), (later, last) in combinations(days, 2):
        if first > last:
            message = f"`{earlier}` is {first}, after `{later}`, which is {last}"
            yield found("dates-reversed", model.path, message, at=(earlier,), hint="one of the two is wrong")


def _active(model: Model, today: date) -> Iterator[Finding]:
    last, deprecated = model.retires_on, model.deprecated_on
    if last is not None and last < today:
        message = f"retired on {last}, and is still active"
        yield found("retired-active", model.path, message, at=("retires_on",), hint="disable it")
    elif last is not None and last - today <= SOON:
        message = f"retires on {last}, in {(last - today).days} days"
        yield found("retires-soon", model.path, message, at=("retires_on",), hint="choose what takes its place")
    if model.status == "deprecated":
        message = "is deprecated, and is still active"
        yield found("deprecated-active", model.path, message, at=("status",), hint="disable it when nobody needs it")
    elif deprecated is not None and deprecated <= today:
        message = f"is deprecated since {deprecated}, and is still active"
        yield found("deprecated-active", model.path, message, at=("deprecated_on",), hint='write status = "deprecated"')


def _replacement(model: Model, key: str, catalog: Catalog) -> Iterator[Finding]:
    if key == model.key:
        yield found("replaced-by-missing", model.path, "is replaced by itself", at=("replaced_by",))
    elif key not in catalog.models:
        message, hint = f"`replaced_by` names {key}, and there is no such model", "write the key of a model"
        yield found("replaced-by-missing", model.path, message, at=("replaced_by",), hint=hint)
