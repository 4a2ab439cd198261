"""The findings of `check` with what mends them, and the way of that into the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Edit
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import fold
from modeltui.services.catalog import CatalogService
from modeltui.services.changing.queueing import Queueing
from modeltui.services.outcome import Outcome, Refusal


class Checked(Struct, frozen=True):
    """What `check` says, and which of it can be mended without a decision."""

    findings: tuple[Finding, ...]
    fixes: Mapping[Finding, tuple[Edit, ...]]
    """The edits that mend a finding, made one after the other in each file."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The models that have a fix."""
        return tuple(dict.fromkeys(_key(finding.path) for finding in self.fixes))


class FixService:
    """Fixes are queued as any change; nothing is written before an apply."""

    def __init__(self, catalog: CatalogService, queueing: Queueing) -> None:
        self._catalog = catalog
        self._queueing = queueing

    def check(self) -> Checked:
        """Every finding on the files as they are on disk now, and the fixes of those that have one."""
        findings = self._catalog.check()
        catalog = self._catalog.snapshot().catalog
        fixes: dict[Finding, tuple[Edit, ...]] = {}
        for key, own in _fixable(findings).items():
            if (document := catalog.documents.get(key)) is not None:
                mended = _fixes(catalog.models[key], document, catalog)
                fixes.update((finding, mended[name]) for finding in own if (name := _name(finding)) in mended)
        return Checked(findings, fixes)

    def queue(self, checked: Checked) -> Outcome:
        """Queue all fixes as one step, on top of what is pending. Refused are models that take no edit."""
        catalog = self._catalog.snapshot().catalog

        def edits(model: Model, document: Document) -> Sequence[Edit]:
            return fold(edit for some in _fixes(model, document, catalog).values() for edit in some)

        return self._queueing.queue("fix what check found", checked.keys, edits)

    def by_hand(self, checked: Checked) -> tuple[Refusal, ...]:
        """What has one answer and is of a broken file, which is never written: the line to put into it."""
        from uuid import uuid4  # noqa: PLC0415  # wanted only by files without one

        return tuple(
            Refusal(_key(finding.path), "has no uid", hint=f'write uid = "{uuid4()}"')
            for finding in checked.findings
            if (finding.code, finding.field) == ("missing-key", "uid") and finding.path.startswith("models/")
        )


class NoFixes(FixService):
    """Of a tree of others: it is checked, and nothing of it is mended here."""

    def check(self) -> Checked:
        return Checked(self._catalog.check(), {})


def _fixable(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """By model, the findings of which some have a fix."""
    from modeltui.domain.rules.fixes import FIXABLE  # noqa: PLC0415  # loads pydantic

    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code in FIXABLE and finding.path.startswith("models/"):
            found.setdefault(_key(finding.path), []).append(finding)
    return found


def _fixes(model: Model, document: Document, catalog: Catalog) -> dict[tuple[str, str | None], tuple[Edit, ...]]:
    from modeltui.domain.rules.fixes import fixes_of  # noqa: PLC0415  # loads pydantic

    return {_name(fix.finding): fix.edits for fix in fixes_of(model, document, catalog)}


def _name(finding: Finding) -> tuple[str, str | None]:
    return finding.code, finding.field


def _key(path: str) -> str:
    return path.removeprefix("models/").removesuffix(".toml")
