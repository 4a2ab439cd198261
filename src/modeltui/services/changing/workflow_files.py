"""Workflows that are made and removed through the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.catalog import folded_key
from modeltui.domain.chain.drafting import Part, drafted
from modeltui.domain.chain.giving import gives_of
from modeltui.domain.change import Edit
from modeltui.domain.document import Document, FieldPath, get
from modeltui.domain.file_paths import WORKFLOWS
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import pending_document
from modeltui.domain.slug import name_from, workflow_key
from modeltui.domain.workflow import workflow_of
from modeltui.errors import InvalidValueError, NotFoundError, RefusedError, UsageError
from modeltui.services.changing.queueing import Creation, Queueing
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome
from modeltui.storage.toml import render
from modeltui.storage.toml.codec import parse

_ACTIVE: Final[FieldPath] = ("active",)


class WorkflowDraft(Struct, frozen=True):
    """A new workflow, checked and not queued yet."""

    key: str
    path: str
    text: str
    warnings: tuple[str, ...] = ()


class WorkflowFileService:
    def __init__(self, current: Current, queueing: Queueing, today: Callable[[], date]) -> None:
        self._current = current
        self._queueing = queueing
        self._today = today

    def draft(self, slug: str, steps: Mapping[str, str]) -> WorkflowDraft:
        """Of steps, each with its model: what these need comes from earlier ones, or is asked for. Not active yet.

        Raises NotFoundError, BrokenFileError, RefusedError, UsageError.
        """
        if not steps:
            raise UsageError("a workflow has at least one step", hint="name them: STEP=MODEL …")
        catalog = self._current.snapshot().shown
        parts: list[Part] = []
        for step, name in steps.items():
            model = catalog.find(name)
            document = catalog.document(model.key)
            parts.append(Part(step, model.key, read_inputs(document), document, gives_of(document)))
        return self.draft_of(slug, _text(drafted(name_from(f"{WORKFLOWS}/{slug}"), parts)).encode())

    def draft_of(self, slug: str, content: bytes) -> WorkflowDraft:
        """Of what a file is to hold. Raises BrokenFileError, and InvalidValueError for the first error of `check`."""
        from modeltui.domain.rules.workflows import check_workflow  # noqa: PLC0415  # loads pydantic

        key = workflow_key(slug)
        catalog = self._current.snapshot().shown
        if (taken := folded_key(key)) in {folded_key(each.key) for each in catalog.workflows.values()}:
            raise RefusedError(f"there is a workflow {taken.partition('/')[2]} already", hint="choose another name")
        workflow = workflow_of(f"{key}.toml", "", parse(content))
        findings = list(check_workflow(workflow, catalog, self._today()))
        if workflow.fault is not None:
            findings.insert(0, workflow.fault)
        for finding in findings:
            if finding.severity == "error":
                raise InvalidValueError(finding.message, hint=finding.hint)
        return WorkflowDraft(key, workflow.path, content.decode(), tuple(finding.message for finding in findings))

    def create(self, draft: WorkflowDraft) -> Outcome:
        """Queue a new file. Raises RefusedError where its name was taken meanwhile, NotPermittedError."""
        creation = Creation(draft.key, draft.path, draft.text)
        outcome = self._queueing.queue(f"new {draft.key}", [], lambda *_: [], creations=[creation], is_whole=True)
        return replace(outcome, warnings=draft.warnings)

    def remove(self, names: Sequence[str]) -> Outcome:
        """Queue that files go; what waits to be made is just not made. Raises NotFoundError, NotPermittedError."""
        return self._queueing.queue("remove workflow", [], lambda *_: [], removals=self._keys(names))

    def switch(self, names: Sequence[str], *, active: bool) -> Outcome:
        """Queue that workflows are offered to users, or not; warns of what `check` says of those that are.

        Raises NotFoundError, NotPermittedError.
        """

        def edits(_: Model, document: Document) -> list[Edit]:
            now = get(document, _ACTIVE)
            return [] if (now is True) is active else [Edit(_ACTIVE, now, active)]

        keys = self._keys(names)
        outcome = self._queueing.queue(f"{'enable' if active else 'disable'} workflow", keys, edits)
        return replace(outcome, warnings=self._doubts(outcome)) if active else outcome

    def _keys(self, names: Sequence[str]) -> list[str]:
        known = self._current.snapshot().shown.workflows
        slugs = [name.removeprefix(f"{WORKFLOWS}/") for name in names]
        for slug in slugs:
            if slug not in known:
                raise NotFoundError(f"no workflow {slug!r}", hint="`modeltui workflow list` shows them")
        return [known[slug].key for slug in slugs]

    def _doubts(self, outcome: Outcome) -> tuple[str, ...]:
        """What is wrong with what was changed, as it waits."""
        from modeltui.domain.rules.workflows import check_workflow  # noqa: PLC0415  # loads pydantic

        snapshot, found = outcome.snapshot, []
        for key in outcome.changed:
            document = pending_document(snapshot.plan, snapshot.catalog, key)
            workflow = workflow_of(f"{key}.toml", "", document)
            found += [
                f"workflow {workflow.slug}: {each.message}"
                for each in check_workflow(workflow, snapshot.shown, self._today())
                if each.severity in ("error", "warning")
            ]
        return tuple(found)


def _text(document: Document) -> str:
    tables = {name: value for name, value in document.items() if render.is_section(value)}
    lines = [render.pair(name, value) for name, value in document.items() if name not in tables]
    for name, value in tables.items():
        parts = value.items() if isinstance(value, Mapping) else ()
        sections = [render.section((name, part), inner) for part, inner in parts] or [render.section((name,), value)]
        for section in sections:
            lines += ["", *section]
    return "\n".join(lines) + "\n"
