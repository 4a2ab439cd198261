"""What a planned file changes, field by field."""

from __future__ import annotations

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import FieldPath, differences, with_value
from modeltui.domain.pending.plan import PlannedFile


def field_edits(file: PlannedFile, catalog: Catalog) -> tuple[Edit, ...]:
    """Each field that would differ. Of a new file only the edits on top of its text, of a removal none.

    A whole new text gives the fields in which it differs from the file as it is; none where that cannot be read.
    """
    if file.text is None or file.action is not Action.UPDATE:
        return file.edits
    present = catalog.said(file.key)
    if file.document is None or present is None:
        return ()
    document = file.document
    for edit in file.edits:
        document = with_value(document, edit.path, edit.new)
    return tuple(Edit(*each) for each in differences(present, document))


def is_within(path: FieldPath, outer: FieldPath) -> bool:
    """Whether a field is `outer`, or a part of it."""
    return path[: len(outer)] == outer
