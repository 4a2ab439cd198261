"""Who still needs a model: what stands in the way of deleting its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from modeltui.domain.catalog import Catalog
from modeltui.domain.chain.use import Uses
from modeltui.domain.change import Action
from modeltui.domain.document import FieldPath, format_field
from modeltui.domain.model import model_of
from modeltui.domain.pending.drafts import with_drafts
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.errors import RefusedError


class References:
    """Everything that names a model by its key, as it would be after the apply."""

    def __init__(self, catalog: Catalog, plan: Plan) -> None:
        """`catalog`: as its files say it. To make this reads the workflows."""
        self._replaced: dict[str, list[str]] = {}
        self._settings: dict[str, list[str]] = {}
        self._defaults: set[str] = set()
        for key, model in with_drafts(catalog, plan).models.items():
            planned = plan.files.get(key)
            if planned is not None and planned.action is Action.DELETE:
                continue
            after = model
            if planned is not None:
                after = model_of(key, model.path, model.digest, pending_document(plan, catalog, key), model.fault)
            if after.replaced_by is not None and after.replaced_by != key:
                self._replaced.setdefault(after.replaced_by, []).append(key)
            if after.default and not model.is_broken:
                self._defaults.add(key)
        self._uses = Uses(catalog, plan)
        for path, text in _texts(catalog.settings, ()):
            self._settings.setdefault(text, []).append(format_field(path))

    def of(self, key: str) -> list[str]:
        """The models that name `key` as what takes their place."""
        return self._replaced.get(key, [])

    def reasons(
        self, key: str, content_type: str | None, going: frozenset[str] = frozenset(), mended: Collection[str] = ()
    ) -> Iterator[str]:
        """Why the file of a model is still needed, when the models `going` go with it; nothing where it is not.

        `mended`: keys of the queue whose files will name another model.
        """
        if key in self._defaults:
            yield f"it is the default of {content_type}"
        for other in self.of(key):
            if other not in going and other not in mended:
                yield f"it takes the place of {other}"
        for use in self._uses.of(key):
            if use.workflow.key not in mended:
                yield f"{use.said} runs it"
        for field in self._settings.get(key, ()):
            yield f"catalog.toml names it in {field}"


def refuse_needed(catalog: Catalog, plan: Plan) -> None:
    """Raises RefusedError where a plan deletes what something would still name after it.

    The queue asks before: but a workflow may have come since, or a part of what was queued together was left out.
    """
    gone = [file for file in plan.files.values() if file.action is Action.DELETE and file.problem is None]
    if not gone:
        return
    references = References(catalog, plan)
    for file in gone:
        if reasons := list(references.reasons(file.key, None)):
            raise RefusedError(
                f"{file.key} is still needed: {'; '.join(reasons)}; nothing was written",
                hint=f"`modeltui discard {file.key}` keeps it; or put another model in its place with --everywhere",
            )


def _texts(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, (*at, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*at, position))
