"""What editors, forms and completion learn from the schema."""

from __future__ import annotations

from typing import get_args

import pytest

from modeltui.domain.document import parse_field
from modeltui.domain.inputs.specs import CASTS, TYPES
from modeltui.domain.pricing.rate import UNITS
from modeltui.domain.request.payload import ENCODINGS, METHODS
from modeltui.domain.schema.cost import Per
from modeltui.domain.schema.files import SHAPES, FileKind
from modeltui.domain.schema.inputs import InputType
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import known_paths, place_at
from modeltui.domain.schema.shape import FieldShape, shape_of
from modeltui.providers.contract import KINDS


def _shape(field: str) -> FieldShape:
    place = place_at(ModelFile, parse_field(field))
    assert place is not None
    return shape_of(place)


def test_a_number_has_bounds_and_a_unit() -> None:
    interval = _shape("poll.interval_s")
    assert (interval.type, interval.above, interval.maximum, interval.unit) == ("number", 0, 86_400, "s")


def test_a_choice_has_its_choices() -> None:
    status = _shape("status")
    assert status.type == "text"
    assert status.choices == ("active", "alpha", "beta", "experimental", "deprecated")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", "text"),
        ("active", "boolean"),
        ("order", "integer"),
        ("timing.estimated_seconds", "number"),
        ("released_on", "date"),
        ("lock.at", "moment"),
        ("tags", "list"),
        ("poll", "table"),
        ("inputs", "table"),
        ("inputs.prompt.max_length", "integer"),
        ("inputs.prompt.items.fields.x.type", "text"),
        ("inputs.prompt.default", "any"),
        ("cost.base", "text"),
        ("cost.multipliers.resolution.1080p", "text"),
        ("request.body", "any"),
        ("request.body.input.prompt", "any"),
        ("capabilities.reasoning", "boolean"),
    ],
)
def test_a_field_has_its_declared_type(field: str, expected: str) -> None:
    assert _shape(field).type == expected


@pytest.mark.parametrize("field", ["nme", "poll.intervall_s", "name.first", "tags.first", "inputs.prompt.typ"])
def test_what_the_format_lacks_has_no_place(field: str) -> None:
    assert place_at(ModelFile, parse_field(field)) is None


def test_needed_fields_are_not_optional() -> None:
    assert not _shape("uid").optional
    assert not _shape("cost.base").optional
    assert _shape("description").optional


def test_identity_comes_first_and_free_names_are_stars() -> None:
    paths = [".".join(path) for path in known_paths(ModelFile)]
    assert paths[:6] == ["schema", "uid", "model_id", "name", "provider", "content_type"]
    assert "inputs.*.max_length" in paths
    assert "rules.*.message" in paths
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("kind", SHAPES)
def test_every_field_says_what_it_is_for(kind: FileKind) -> None:
    for path in known_paths(SHAPES[kind]):
        place = place_at(SHAPES[kind], path)
        assert place is not None
        if place.table is None and path[-1] != "*":
            assert shape_of(place).doc, path


def test_the_schema_knows_what_the_engine_knows() -> None:
    assert set(get_args(InputType)) == set(TYPES)
    assert set(get_args(Per)) == set(UNITS)
    assert set(_shape("inputs.x.cast").choices) == set(CASTS)
    assert set(_shape("request.method").choices) == set(METHODS)
    assert set(_shape("request.encoding").choices) == set(ENCODINGS)
    assert set(_shape("result.kind").choices) == set(KINDS)
