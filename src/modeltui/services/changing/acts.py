"""What can be done to each of many models, apart from when and to which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.document import (
    ABSENT,
    Absent,
    Document,
    FieldPath,
    Value,
    format_field,
    get,
    parse_field,
    with_value,
)
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import RefusedError, UsageError
from modeltui.services.changing.preview import EditsOf, Preview
from modeltui.services.outcome import Outcome
from modeltui.services.unlock_reason import unlock_label

Warnings: TypeAlias = Callable[[Snapshot, Sequence[str]], tuple[str, ...]]
"""What to say of the models that get a change. The snapshot may be of before or of after it."""


def _nothing(_: Snapshot, __: Sequence[str]) -> tuple[str, ...]:
    return ()


class Act(Struct, frozen=True):
    label: str
    """What the undo calls it."""
    edits_of: EditsOf
    warns: Warnings = _nothing
    of_lock: bool = False
    besides: tuple[str, ...] = ()
    """Keys of other files that it changes too."""

    def foreseen(self, preview: Preview) -> tuple[str, ...]:
        return self.warns(preview.snapshot, (*preview.changed, *preview.removed))

    def warnings(self, outcome: Outcome) -> tuple[str, ...]:
        return self.warns(outcome.snapshot, outcome.changed)


def set_fields(assignments: Sequence[tuple[str, str]], unset: Sequence[str] = ()) -> Act:
    """Fields to VALUEs as a person typed them, and the fields of `unset` taken out. Raises UsageError."""
    from modeltui.domain.fields import check_values, parse_value  # noqa: PLC0415  # loads pydantic

    wanted = [(parse_field(field), text) for field, text in assignments]
    removed: list[tuple[FieldPath, Value | Absent]] = [(parse_field(field), ABSENT) for field in unset]

    def edits(_: Model, document: Document) -> list[Edit]:
        values = [(path, parse_value(path, text, get(document, path))) for path, text in wanted]
        check_values([*values, *removed], document)
        return _successive(document, [*values, *removed])

    return Act("set " + ", ".join([*(field for field, _ in assignments), *unset]), edits, _of_use(wanted))


def _of_use(wanted: Sequence[tuple[FieldPath, str]]) -> Warnings:
    """What `disable` and `deprecate` say, where it is done as a field."""
    said = {path: text.strip() for path, text in wanted}
    if said.get(("active",)) == "false":
        return _disabled_defaults
    return _deprecated if said.get(("status",)) == "deprecated" else _nothing


def switch(active: bool) -> Act:
    def edits(_: Model, document: Document) -> list[Edit]:
        return [Edit(("active",), get(document, ("active",)), active)]

    return Act("enable" if active else "disable", edits, _nothing if active else _disabled_defaults)


def lock(table: Mapping[str, Any], reason: str) -> Act:
    """`table` is the `[lock]` to set; a model that would be locked keeps its own."""

    def edits(_: Model, document: Document) -> list[Edit]:
        old = get(document, ("lock",))
        is_held = isinstance(old, dict) and old.get("locked") is True
        return [] if is_held else [Edit(("lock",), old, table)]

    return Act(with_reason("lock", reason), edits, of_lock=True)


def unlock(reason: str) -> Act:
    return Act(unlock_label(reason), _setting(("lock",), ABSENT), of_lock=True)


def with_reason(verb: str, reason: str) -> str:
    return f"{verb}: {reason.strip()}" if reason.strip() else verb


def tag(add: Sequence[str], remove: Sequence[str]) -> Act:
    """Words into `tags` and out of it. Raises UsageError where a word is in both, or blank."""
    if both := sorted(set(add) & set(remove)):
        raise UsageError(f"{both[0]} is to be added and removed", hint="keep one of the two")
    if not (add or remove) or not all(word.strip() for word in (*add, *remove)):
        raise UsageError("no tag was named", hint="+a adds the tag a, -b removes the tag b")

    def edits(_: Model, document: Document) -> list[Edit]:
        old = get(document, ("tags",))
        if old is not ABSENT and not isinstance(old, list):
            raise RefusedError("`tags` is no list", hint="mend that first")
        kept = [word for word in (old or []) if word not in remove] if old is not ABSENT else []
        new = [*kept, *(word for word in dict.fromkeys(add) if word not in kept)]
        return [] if not new and old is ABSENT else [Edit(("tags",), old, new)]

    return Act("tag " + " ".join([*(f"+{word}" for word in add), *(f"-{word}" for word in remove)]), edits)


def scale(field: str, factor: str, rounding: str | None = None) -> Act:
    """All prices (`cost`), or those at one path, times a factor. Raises UsageError."""
    from modeltui.domain.pricing.scaling import (  # noqa: PLC0415  # for prices only
        parse_factor,
        parse_price_field,
        parse_rounding,
        scaled,
    )

    path, number = parse_price_field(parse_field(field)), parse_factor(factor)
    rounded = None if rounding is None else parse_rounding(rounding)

    def edits(_: Model, document: Document) -> list[Edit]:
        found = scaled(document, path, number, rounded)
        _check(found, document)
        return found

    said = f", rounded {rounding}" if rounding else ""
    return Act(f"{format_field(path)} × {number}{said}", edits)


def retire(day: date | None) -> Act:
    """The last day, or none."""
    return Act(f"retires on {day}" if day else "no retirement date", _setting(("retires_on",), day or ABSENT))


def _setting(path: FieldPath, value: Value | Absent) -> EditsOf:
    def edits(_: Model, document: Document) -> list[Edit]:
        return [Edit(path, get(document, path), value)]

    return edits


def checked(values: Sequence[tuple[FieldPath, Value | Absent]], document: Document) -> list[Edit]:
    """The edits that set `values`. Raises InvalidValueError where the file would have a new fault."""
    made = _successive(document, values)
    _check(made, document)
    return made


def _check(edits: Sequence[Edit], document: Document) -> None:
    from modeltui.domain.fields import check_values  # noqa: PLC0415  # loads pydantic

    check_values([(edit.path, edit.new) for edit in edits], document)


def _successive(document: Document, values: Sequence[tuple[FieldPath, Any]]) -> list[Edit]:
    """The edits that set `values` one after the other."""
    made: list[Edit] = []
    for path, value in values:
        made.append(Edit(path, get(document, path), value))
        document = with_value(document, path, value)
    return made


def _deprecated(snapshot: Snapshot, keys: Sequence[str]) -> tuple[str, ...]:
    from modeltui.services.changing.replacement import in_use  # noqa: PLC0415  # reads the workflows

    return in_use(snapshot, keys, "is deprecated")


def _disabled_defaults(snapshot: Snapshot, keys: Sequence[str]) -> tuple[str, ...]:
    from modeltui.services.changing.replacement import in_use  # noqa: PLC0415  # for what is switched off only

    models = (snapshot.catalog.models.get(key) for key in keys)
    defaults = tuple(
        f"{model.label} is the default of {model.content_type}, and would be inactive"
        for model in models
        if model is not None and model.default and model.active
    )
    return (*defaults, *in_use(snapshot, keys, "would be inactive"))
