"""The message of a commit: the reason, what changed, and trailers by which the apply is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.domain.change import Action
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.text import safe

TRAILER: Final = "Modeltui-Txn"
AUDIT: Final = "Modeltui-Audit"
"""Names the head of the audit log, so that a log that was cut off later shows."""
_BY: Final = "Modeltui-By"
_MOST_FILES: Final = 50


def message_of(record: Mapping[str, Any]) -> str:
    """Of a history record as JSON."""
    first, _, rest = safe(record["reason"], keep="\n").strip().partition("\n")
    paragraphs = [first or f"Change {_counted(record['files'])}", rest.strip(), _summary(record["files"])]
    trailers = f"{TRAILER}: {record['id']}\n{_BY}: {safe(record['by'])}"
    if anchor := record.get("audit"):
        trailers += f"\n{AUDIT}: {safe(anchor)}"
    return "\n\n".join([paragraph for paragraph in paragraphs if paragraph] + [trailers])


def _summary(files: list[Mapping[str, Any]]) -> str:
    lines = [f"{Action(file['action']).sign} {safe(file['key'])}" for file in files[:_MOST_FILES]]
    if len(files) > _MOST_FILES:
        lines.append(f"and {_counted(files[_MOST_FILES:])} more")
    return "\n".join(lines)


def _counted(files: list[Mapping[str, Any]]) -> str:
    workflows = sum(is_workflow(str(file["key"])) for file in files)
    counts = ((len(files) - workflows, "model"), (workflows, "workflow"))
    return " and ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts if number)
