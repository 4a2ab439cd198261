"""A model file while it is edited: what it said, what it shall say, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import get_origin

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.document import (
    ABSENT,
    Absent,
    Document,
    FieldPath,
    Value,
    differences,
    format_field,
    get,
    parse_field,
    same,
    with_value,
)
from modeltui.domain.fields import describe
from modeltui.domain.finding import Finding
from modeltui.domain.rules.files import check_model
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import place_at
from modeltui.errors import InvalidValueError, UsageError


class Form(Struct, frozen=True, dict=True):
    """Frozen: every edit gives a new one, so that undo is to keep the one before."""

    path: str
    """File, relative to the catalogue."""
    base: Document
    """What was there when the form was opened, with what is pending."""
    document: Document
    """What shall be there."""
    others: tuple[Document, ...] = ()
    """Of the other models that get the same changes."""

    @cached_property
    def changes(self) -> tuple[tuple[FieldPath, Value | Absent, Value | Absent], ...]:
        """Each field that differs as (path, old, new). A list is one field."""
        return tuple(differences(self.base, self.document))

    @cached_property
    def problems(self) -> Mapping[str, Finding]:
        """What is wrong or doubtful, by the text of the field; "" for the whole file."""
        found: dict[str, Finding] = {}
        for finding in check_model(self.path, self.document):
            field = finding.field or ""
            if field not in found or finding.severity == "error":
                found[field] = finding
        return found

    @cached_property
    def new_faults(self) -> tuple[Finding, ...]:
        """Errors that were not there before: with one of these nothing is queued."""
        known = {(each.code, each.field) for each in check_model(self.path, self.base)}
        errors = (each for each in self.problems.values() if each.severity == "error")
        return tuple(each for each in errors if (each.code, each.field) not in known)

    def path_of(self, finding: Finding) -> FieldPath:
        """The field of a finding, with positions as numbers."""
        path: FieldPath = ()
        for part in parse_field(finding.field) if finding.field else ():
            around = get(self.document, path) if path else self.document
            path = (*path, int(part) if isinstance(around, list) and isinstance(part, str) else part)
        return path

    def with_value(self, path: FieldPath, value: Value) -> Form:
        return replace(self, document=with_value(self.document, path, value))

    def without(self, path: FieldPath) -> Form:
        """Without a field or an entry. A table that was new and is empty then goes as well.

        Raises InvalidValueError for a field that every such table needs.
        """
        shape = describe(path)
        if isinstance(path[-1], str) and shape is not None and not shape.optional and _is_known(path):
            raise InvalidValueError(f"`{format_field(path)}` is needed", hint="give it another value")
        document = with_value(self.document, path, ABSENT)
        while len(path) > 1 and get(document, path[:-1]) == {} and get(self.base, path[:-1]) is ABSENT:
            path = path[:-1]
            document = with_value(document, path, ABSENT)
        return replace(self, document=document)

    def with_entry(self, path: FieldPath, value: Value) -> Form:
        """With one more entry at the end of a list."""
        entries = get(self.document, path)
        return self.with_value(path, [*(entries if isinstance(entries, list) else ()), value])

    def restored(self, path: FieldPath) -> Form:
        """With a field as it was."""
        old = get(self.base, path)
        return self.without(path) if old is ABSENT else self.with_value(path, old)

    def varies(self, path: FieldPath) -> bool:
        """Whether another of the models has another value there."""
        mine = get(self.base, path)
        return any(not same(get(other, path), mine) for other in self.others)


def _is_known(path: FieldPath) -> bool:
    """Whether a closed table declares the field, so that it can be one that is needed."""
    return path[-1] in declared(path[:-1])


def declared(path: FieldPath) -> tuple[str, ...]:
    """The fields that the format has in a table; none where the file chooses the names."""
    place = place_at(ModelFile, path)
    return place.names() if place is not None else ()


def purpose_of(path: FieldPath) -> str:
    """What a field or table is for, in a sentence; empty where nobody said."""
    place = place_at(ModelFile, path)
    if place is None:
        return ""
    return place.doc or (place.table.__doc__ if place.table is not None else "") or ""


def is_named_by_file(path: FieldPath) -> bool:
    """Whether a table takes any name, as inputs and the body of a request do."""
    place = place_at(ModelFile, path)
    return place is not None and place.table is None and get_origin(place.annotation) is not list


def start_value(path: FieldPath) -> Value | Absent:
    """What a new field begins with; ABSENT where somebody has to type it."""
    shape = describe(path)
    if shape is None:
        return ABSENT
    if shape.type == "boolean":
        return True
    if shape.type != "table":
        return ABSENT
    shapes = {name: described for name in declared(path) if (described := describe((*path, name))) is not None}
    return {name: each.choices[0] for name, each in shapes.items() if each.choices and not each.optional}


def addable(form: Form, path: FieldPath) -> tuple[str, ...]:
    """The fields that a table could have and has not."""
    table = form.document if not path else get(form.document, path)
    held = table if isinstance(table, Mapping) else {}
    return tuple(name for name in declared(path) if name not in held)


class FormSteps(Struct, frozen=True, dict=True):
    """A form with the ones before it, for undo and redo."""

    now: Form
    before: tuple[Form, ...] = ()
    undone: tuple[Form, ...] = ()

    def took(self, form: Form) -> FormSteps:
        return FormSteps(form, (*self.before, self.now))

    def back(self) -> FormSteps:
        return FormSteps(self.before[-1], self.before[:-1], (*self.undone, self.now)) if self.before else self

    def again(self) -> FormSteps:
        return FormSteps(self.undone[-1], (*self.before, self.now), self.undone[:-1]) if self.undone else self


def moved(form: Form, onto: Form) -> Form:
    """What was changed in a form, made on the file as it is now. Where that has another shape, it is left out."""
    for path, _, new in form.changes:
        try:
            onto = replace(onto, document=with_value(onto.document, path, new))
        except UsageError:
            continue
    return onto
