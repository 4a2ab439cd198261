"""All rules in one pass over the files: each is looked at once, and only what is to be said of it is kept."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.defaults import check_defaults
from modeltui.domain.rules.files import check_model, faults_of_model, faults_of_others
from modeltui.domain.rules.form import Sources, form_of, form_of_others
from modeltui.domain.rules.identity import check_identity
from modeltui.domain.rules.lifetime import check_lifetime
from modeltui.domain.rules.locks import lock_findings
from modeltui.domain.rules.providers import NOTHING_ASKED, Asked, asked_of, providers_of
from modeltui.domain.rules.workflows import check_workflows


class _Seen(Struct, frozen=True):
    """What one model file gave rise to."""

    faults: list[Finding]
    locks: list[Finding]
    forms: list[Finding]
    asked: Asked


_NOTHING = _Seen([], [], [], NOTHING_ASKED)


class OnePass:
    """Shown every model file, then asked for the findings."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def look(self, model: Model, document: Document, content: bytes | None) -> None:
        """At a file that can be read; the last look at it counts. Without `content` what is about bytes is left out."""
        seen = _Seen(
            check_model(model.path, document),
            [] if content is None else list(lock_findings(model, document, content)),
            [] if content is None else list(form_of(model.path, content)),
            asked_of(document),
        )
        if seen == _NOTHING:
            self._seen.pop(model.key, None)
        else:
            self._seen[model.key] = seen

    def findings(self, catalog: Catalog, today: date, sources: Sources | None) -> list[Finding]:
        """As `check`. `catalog` is that of the files that were shown; `sources` is asked for all others."""
        rows = [(model, self._seen.get(model.key, _NOTHING)) for model in catalog.models.values()]
        findings = [
            *faults_of_others(catalog),
            *(each for model, seen in rows for each in faults_of_model(model, seen.faults)),
            *check_identity(catalog),
            *check_defaults(catalog),
            *check_lifetime(catalog, today),
            *check_workflows(catalog, today),
            *(
                each
                for model, seen in rows
                if model.key in catalog.documents
                for each in providers_of(model, seen.asked, catalog)
            ),
        ]
        if sources is not None:
            findings.extend(each for _, seen in rows for each in seen.locks)
            findings.extend(form_of_others(catalog, sources))
            findings.extend(each for _, seen in rows for each in seen.forms)
        return findings
