"""Which shape belongs to which file of a catalogue."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from modeltui.domain.schema.catalog_file import CatalogFile
from modeltui.domain.schema.model_file import ModelFile, PresetFile
from modeltui.domain.schema.provider_file import ProviderFile
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.workflow_file import WorkflowFile

FileKind: TypeAlias = Literal["model", "provider", "catalog", "preset", "workflow"]

SHAPES: Final[dict[FileKind, type[Table]]] = {
    "model": ModelFile,
    "provider": ProviderFile,
    "catalog": CatalogFile,
    "preset": PresetFile,
    "workflow": WorkflowFile,
}
