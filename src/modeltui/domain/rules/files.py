"""Each file by itself: can it be read, has it the right shape, can its model be run."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document, parse_field
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.runs import TABLES, check_run
from modeltui.domain.schema.findings import findings_of

_ODD_KEYS = frozenset({"unknown-key"})
"""Faults that leave all known fields as they should be."""


def faults_of_others(catalog: Catalog) -> Iterator[Finding]:
    """Of all files but those of models."""
    yield from catalog.faults
    unread = {fault.path for fault in catalog.faults}
    if "catalog.toml" not in unread:
        yield from findings_of("catalog.toml", catalog.settings, "catalog")
    for name, document in catalog.providers.items():
        if (path := f"providers/{name}.toml") not in unread:
            yield from findings_of(path, document, "provider")


def faults_of_model(model: Model, findings: list[Finding]) -> list[Finding]:
    """Of one model file: why it cannot be used, and what `check_model` found, if it can be read."""
    if model.fault is not None and not _holds(findings, model.fault):
        return [model.fault, *findings]
    return findings


def check_model(path: str, document: Document) -> list[Finding]:
    """What is wrong with one model file, other files left aside."""
    findings = findings_of(path, document, "model")
    if not any(_is_of_run(finding) for finding in findings):
        findings.extend(check_run(path, document, has_faults=any(map(_is_error, findings))))
    return findings


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _is_of_run(finding: Finding) -> bool:
    if finding.field is None or finding.code in _ODD_KEYS:
        return False
    return parse_field(finding.field)[0] in TABLES


def _holds(findings: list[Finding], fault: Finding) -> bool:
    return any((finding.code, finding.field) == (fault.code, fault.field) for finding in findings)
