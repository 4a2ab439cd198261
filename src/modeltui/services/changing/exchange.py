"""Other people's files: what they would change here, and what is here as theirs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Edit
from modeltui.domain.document import Document, get, same
from modeltui.domain.exchange.import_plan import ImportPlan
from modeltui.domain.exchange.row import Options, Refused, Row, Skipped
from modeltui.domain.model import Model
from modeltui.domain.schema_line import with_schema_line
from modeltui.errors import RefusedError
from modeltui.services.changing.queueing import Creation, Queueing
from modeltui.services.changing.schema_lines import schema_line_of
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome, Refusal
from modeltui.storage.outside import LARGEST, is_there, read_outside, write_outside
from modeltui.storage.toml.whole_file import file_text

__all__ = [
    "EXPORTS",
    "IMPORTS",
    "LARGEST",
    "ExchangeService",
    "Export",
    "ExportFormat",
    "ImportFormat",
    "ImportPlan",
    "Options",
]

ImportFormat: TypeAlias = Literal["json", "csv", "litellm", "models.dev"]
ExportFormat: TypeAlias = Literal["json", "csv", "litellm-proxy"]
IMPORTS: tuple[ImportFormat, ...] = get_args(ImportFormat)
EXPORTS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class Export(Struct, frozen=True):
    text: str
    count: int
    """Models that were chosen."""
    warnings: tuple[str, ...] = ()
    """What the format cannot say, or the file does not hold."""


class ExchangeService:
    def __init__(self, current: Current, queueing: Queueing, read: Callable[[str], bytes]) -> None:
        """read: gives the bytes of a file by its path in the catalogue."""
        self._current = current
        self._queueing = queueing
        self._read = read

    def preview(self, form: ImportFormat, path: str, options: Options, content: bytes | None = None) -> ImportPlan:
        """What importing a file would do. Queues nothing.

        `content`: what the file holds where it was read already, as from stdin. Raises UsageError where the file cannot
        be read as its format at all; anything less is a row of the plan.
        """
        from uuid import uuid4  # noqa: PLC0415  # wanted for new models only

        from modeltui.domain.exchange.planning import Ground, planned  # noqa: PLC0415  # loads pydantic

        snapshot = self._current.snapshot()
        rows, aliases, warnings = _read(form, path, options, content)
        ground = Ground(
            catalog=snapshot.shown,
            plan=snapshot.plan,
            aliases=aliases,
            new_uid=lambda: str(uuid4()),
            text_of=self._new_text(snapshot.catalog),
        )
        source = f"import {form} {os.path.basename(path) or path}"
        return planned(source, rows, ground, options, warnings)

    def _new_text(self, catalog: Catalog) -> Callable[[Document], str]:
        """Files that name their schema to an editor where those beside them do."""

        @cache
        def line(folder: str) -> str | None:
            return schema_line_of(folder, catalog.models, self._read)

        return lambda document: with_schema_line(file_text(document), line(str(document["content_type"])))

    def queue(self, plan: ImportPlan) -> Outcome:
        """Queue what was previewed, as one step. A model that changed since then refuses."""
        models = self._current.snapshot().shown.models
        edits = {row.key: row.edits for row in plan.changed if row.key in models}

        def edits_of(model: Model, document: Document) -> Sequence[Edit]:
            for edit in edits[model.key]:
                if not same(get(document, edit.path), edit.old):
                    raise RefusedError(f"{model.label} changed since the preview", hint="import again")
            return edits[model.key]

        gone = tuple(
            Refusal(row.key, "it is gone since the preview", "import again")
            for row in plan.changed
            if row.key not in models
        )
        creations = [Creation(row.key, row.path, row.text) for row in plan.created]
        outcome = self._queueing.queue(plan.source, list(edits), edits_of, creations=creations)
        return Outcome(
            outcome.snapshot, outcome.changed, outcome.unchanged, (*outcome.refused, *gone), outcome.warnings
        )

    def export(
        self,
        form: ExportFormat,
        keys: Iterable[str],
        columns: Sequence[str] = (),
        providers: Mapping[str, str] | None = None,
    ) -> Export:
        """Models as the files say them, in the order of `keys`; what is pending is left aside.

        columns: of csv. providers: of litellm-proxy, LiteLLM's names of further providers. Raises UsageError.
        """
        snapshot = self._current.snapshot()
        catalog, wanted = snapshot.catalog, list(keys)
        found = [(key, document) for key in wanted if (document := catalog.documents.get(key)) is not None]
        drafts = sum(key not in catalog.models for key in wanted)
        broken = len(wanted) - len(found) - drafts
        reasons = ((broken, "the file cannot be read"), (drafts, "it waits to be created"))
        warnings = tuple(f"{number} left out: {reason}" for number, reason in reasons if number)
        if form == "json":
            from modeltui.domain.exchange import json_documents  # noqa: PLC0415  # loads pydantic

            return Export(json_documents.written(found), len(found), warnings)
        if form == "csv":
            from modeltui.domain.exchange import csv_table  # noqa: PLC0415  # loads pydantic

            return Export(csv_table.written(found, columns), len(found), warnings)
        from modeltui.domain.exchange import litellm_proxy  # noqa: PLC0415  # loads pydantic

        proxy = litellm_proxy.written(found, catalog.providers, providers or {})
        return Export(proxy.text, len(found), (*warnings, *proxy.left_out))

    def export_view(self, form: ExportFormat, keys: Iterable[str], columns: Iterable[str]) -> Export:
        """As `export`, the columns being those of a view; what is no field of the files is left out of a table."""
        from modeltui.domain.exchange.csv_table import fields_of_view  # noqa: PLC0415  # loads pydantic

        return self.export(form, keys, fields_of_view(columns) if form == "csv" else ())

    def is_there(self, path: str) -> bool:
        """Whether writing to `path` would replace something."""
        return is_there(path)

    def save(self, path: str, text: str, *, replaces: bool = False) -> None:
        """Write an export to a file. Raises RefusedError where something is there and `replaces` is not said."""
        write_outside(path, text.encode(), replaces=replaces)


def _read(
    form: ImportFormat, path: str, options: Options, content: bytes | None
) -> tuple[Iterable[Row | Refused | Skipped], Mapping[str, str], tuple[str, ...]]:
    """The rows of a file, the usual names of its providers, and what is to be said of it as a whole."""
    from modeltui.domain.exchange import csv_table, json_documents, litellm, models_dev  # noqa: PLC0415  # pydantic
    from modeltui.domain.exchange.listing import rows_of  # noqa: PLC0415  # the same
    from modeltui.services.changing.registries import items_of  # noqa: PLC0415  # the same

    match form:
        case "models.dev":
            return rows_of(items_of(form, path, content)), models_dev.PROVIDERS, ()
        case "litellm":
            return rows_of(items_of(form, path, content)), litellm.PROVIDERS, ()
        case "csv":
            table = csv_table.read(read_outside(path) if content is None else content, options)
            return table.rows, {}, tuple(map(csv_table.unknown_column, table.unknown))
        case "json":
            return json_documents.read(read_outside(path) if content is None else content, options), {}, ()
