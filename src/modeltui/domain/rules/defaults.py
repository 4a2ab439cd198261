"""One default for each content type, an active one, and for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.report import found
from modeltui.domain.text import some_of


def check_defaults(catalog: Catalog) -> Iterator[Finding]:
    by_type: dict[str, list[Model]] = defaultdict(list)
    for model in catalog.models.values():
        if model.content_type is not None and not model.is_broken:
            by_type[model.content_type].append(model)
    for content_type, models in by_type.items():
        yield from _of_type(content_type, models)


def _of_type(content_type: str, models: list[Model]) -> Iterator[Finding]:
    defaults = [model for model in models if model.default]
    for model in defaults if len(defaults) > 1 else ():
        others = some_of((other.key for other in defaults if other is not model), len(defaults) - 1)
        message = f"{content_type} has another default: {others}"
        yield found("several-defaults", model.path, message, at=("default",), hint="keep one of them")
    for model in defaults:
        if not model.active:
            message = f"{model.label} is the default of {content_type}, and is not active"
            yield found("inactive-default", model.path, message, at=("active",), hint="enable it, or choose another")
        elif model.rollout is not None and model.rollout < 100:
            message = f"{model.label} is the default of {content_type}, and for {model.rollout:g} % of the callers only"
            hint = f"`modeltui rollout {model.key} 100`, or choose another default meanwhile"
            yield found("default-in-part", model.path, message, at=("rollout", "percent"), hint=hint)
    yield from _before_default(content_type, [each for each in defaults if each.active], models)
    if not defaults and any(model.active for model in models):
        hint = "write default = true in one of its active models"
        yield found(
            "no-default", f"models/{content_type}", f"{content_type} has active models and no default", hint=hint
        )


def _before_default(content_type: str, defaults: list[Model], models: list[Model]) -> Iterator[Finding]:
    """Rollouts that are at their end: nobody gets the default any longer, and it says that they do."""
    for model in models if defaults else ():
        if model.active and not model.default and model.rollout == 100:
            message = (
                f"{model.label} is rolled out to everybody, before {defaults[0].label}, the default of {content_type}"
            )
            hint = f"`modeltui default {model.key}` ends the rollout; or take `[rollout]` out of the file"
            yield found("before-default", model.path, message, at=("rollout", "percent"), hint=hint)
