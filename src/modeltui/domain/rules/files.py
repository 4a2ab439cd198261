"""Each file by itself: can it be read, has it the right shape, can its model be run."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document, FieldPath, parse_field
from modeltui.domain.finding import Finding
from modeltui.domain.rules.calls import check_calls
from modeltui.domain.rules.inputs import check_inputs
from modeltui.domain.rules.report import found
from modeltui.domain.run_spec import compile_run
from modeltui.domain.schema.findings import findings_of
from modeltui.errors import InvalidValueError, UsageError

_RUN_TABLES = frozenset({"inputs", "rules", "before", "request", "poll", "result", "cancel", "cost"})
_ODD_KEYS = frozenset({"unknown-key"})
"""Faults that leave all known fields as they should be."""


def check_files(catalog: Catalog) -> Iterator[Finding]:
    yield from catalog.faults
    unread = {fault.path for fault in catalog.faults}
    if "catalog.toml" not in unread:
        yield from findings_of("catalog.toml", catalog.settings, "catalog")
    for name, document in catalog.providers.items():
        if (path := f"providers/{name}.toml") not in unread:
            yield from findings_of(path, document, "provider")
    for model in catalog.models.values():
        findings = check_model(model.path, catalog.documents[model.key]) if model.key in catalog.documents else []
        if model.fault is not None and not _holds(findings, model.fault):
            yield model.fault
        yield from findings


def check_model(path: str, document: Document) -> list[Finding]:
    """What is wrong with one model file, other files left aside."""
    findings = findings_of(path, document, "model")
    if not any(_is_of_run(finding) for finding in findings):
        findings.extend(check_inputs(path, document))
        findings.extend(check_calls(path, document))
        if "request" in document and not any(finding.severity == "error" for finding in findings):
            findings.extend(_run_faults(path, document))
    return findings


def _is_of_run(finding: Finding) -> bool:
    if finding.field is None or finding.code in _ODD_KEYS:
        return False
    return parse_field(finding.field)[0] in _RUN_TABLES


def _run_faults(path: str, document: Document) -> Iterator[Finding]:
    """What the engine refuses and no rule has said."""
    try:
        compile_run(document)
    except InvalidValueError as error:
        yield found("cannot-run", path, error.message, at=_named(error.message), hint=error.hint)


def _named(message: str) -> FieldPath:
    """The field that the engine's message begins with; the whole file where it names none."""
    try:
        path = parse_field(message.partition(": ")[0])
    except UsageError:
        return ()
    return path if path[0] in _RUN_TABLES else ()


def _holds(findings: list[Finding], fault: Finding) -> bool:
    return any((finding.code, finding.field) == (fault.code, fault.field) for finding in findings)
