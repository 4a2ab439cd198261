"""The files below `workflows/`, read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

from modeltui.domain.digest import digest as digest_of
from modeltui.domain.file_paths import WORKFLOWS, is_of_catalog
from modeltui.domain.finding import Finding
from modeltui.domain.workflow import Workflow, broken_workflow, workflow_of
from modeltui.errors import BrokenFileError
from modeltui.storage.model_reading import finding_of
from modeltui.storage.toml import codec
from modeltui.storage.walk import Found


class Files(Protocol):
    """Those of one moment."""

    def below(self, top: str) -> Iterator[Found]: ...

    def read(self, path: str) -> bytes:
        """Raises BrokenFileError."""


def workflows_of(files: Files, before: Mapping[str, Workflow] = MappingProxyType({})) -> dict[str, Workflow]:
    """By slug and in its order. before: what was read earlier, and is not parsed again where its bytes are the same."""
    known = {workflow.path: workflow for workflow in before.values()}
    found = (made for file in files.below(WORKFLOWS) if (made := _workflow(file, files.read, known)) is not None)
    return {workflow.slug: workflow for workflow in sorted(found, key=lambda each: each.slug)}


def _workflow(file: Found, read: Callable[[str], bytes], known: Mapping[str, Workflow]) -> Workflow | None:
    """None for a file that vanished since its name was read."""
    if file.fault is not None:
        return broken_workflow(file.path, file.fault)
    if not is_of_catalog(file.path):
        message = "a workflow lies in workflows/ itself, not in a folder below it"
        return broken_workflow(file.path, Finding("bad-name", "error", message, file.path, hint="move it up"))
    try:
        content = read(file.path)
    except BrokenFileError as error:
        return None if error.code == "missing" else broken_workflow(file.path, finding_of(file.path, error))
    digest = digest_of(content)
    if (same := known.get(file.path)) is not None and same.digest == digest:
        return same
    try:
        document = codec.parse(content)
    except BrokenFileError as error:
        return broken_workflow(file.path, finding_of(file.path, error), digest)
    return workflow_of(file.path, digest, document)
