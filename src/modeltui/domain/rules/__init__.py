"""What is wrong or doubtful in a catalogue: every rule, all findings at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.errors import BrokenFileError

if TYPE_CHECKING:
    from modeltui.domain.rules.form import Sources


def check(catalog: Catalog, today: date, sources: Sources | None = None) -> list[Finding]:
    """Every finding of every rule. Without `sources` (path -> bytes) those about bytes are left out.

    Lines are filled in by whoever has the bytes; the order is that of the rules. Whoever reads the files anyway shows
    them to `OnePass` as they come.
    """
    from modeltui.domain.rules.one_pass import OnePass  # noqa: PLC0415  # pydantic, which `rules.codes` does not need

    seen = OnePass()
    for key, document in catalog.documents.items():
        model, content = catalog.models[key], None
        if sources is not None:
            with suppress(BrokenFileError):
                content = sources(model.path)
        seen.look(model, document, content)
    return seen.findings(catalog, today, sources)
