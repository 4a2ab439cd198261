"""What is wrong or doubtful in a catalogue: every rule, all findings at once."""

from __future__ import annotations

from datetime import date

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.rules.defaults import check_defaults
from modeltui.domain.rules.form import check_form
from modeltui.domain.rules.identity import check_identity
from modeltui.domain.rules.lifetime import check_lifetime
from modeltui.domain.rules.locks import Sources, check_locks
from modeltui.domain.rules.providers import check_providers


def check(catalog: Catalog, today: date, sources: Sources | None = None) -> list[Finding]:
    """Every finding of every rule. Without `sources` (path -> bytes) those about bytes are left out.

    Lines are filled in by whoever has the bytes; the order is that of the rules.
    """
    from modeltui.domain.rules.files import check_files  # noqa: PLC0415  # pydantic: 60 ms that `rules.codes` does not need

    findings = [
        *check_files(catalog),
        *check_identity(catalog),
        *check_defaults(catalog),
        *check_lifetime(catalog, today),
        *check_providers(catalog),
    ]
    if sources is not None:
        findings.extend((*check_locks(catalog, sources), *check_form(catalog, sources)))
    return findings
