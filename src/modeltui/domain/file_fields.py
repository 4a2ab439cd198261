"""Whether a file may take values: of a model field by field, of a workflow as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from modeltui.domain.document import Absent, Document, FieldPath, Value, format_field, with_value
from modeltui.domain.file_paths import is_workflow
from modeltui.errors import InvalidValueError, UsageError


def check_fields(path: str, assignments: Sequence[tuple[FieldPath, Value | Absent]], document: Document) -> None:
    """Raises InvalidValueError where the file of `path` would have a new fault."""
    if not is_workflow(path):
        from modeltui.domain.fields import check_values  # noqa: PLC0415  # loads pydantic

        check_values(assignments, document)
        return
    after = document
    for field, value in assignments:
        try:
            after = with_value(after, field, value)
        except UsageError as error:
            raise InvalidValueError(f"`{format_field(field)}` cannot be set: {error.message}") from None
    check_workflow(path, document, after)


def check_workflow(path: str, before: Document, after: Document) -> None:
    """Raises InvalidValueError where `after` has a fault that `before` has not."""
    from modeltui.domain.schema.findings import findings_of  # noqa: PLC0415  # loads pydantic

    known = {(fault.code, fault.field) for fault in findings_of(path, before, "workflow")}
    for fault in findings_of(path, after, "workflow"):
        if (fault.code, fault.field) not in known:
            raise InvalidValueError(fault.message, hint=fault.hint)


def check_new_workflow(path: str, document: Document) -> None:
    """Raises InvalidValueError where a file that is not there yet would have a fault."""
    from modeltui.domain.schema.findings import findings_of  # noqa: PLC0415  # loads pydantic

    for fault in findings_of(path, document, "workflow"):
        if fault.severity == "error":
            raise InvalidValueError(fault.message, hint=fault.hint)
