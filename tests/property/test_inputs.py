"""No input makes a run raise, and our checks agree with JSON Schema."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modeltui.domain.inputs.checks import checker
from modeltui.domain.inputs.rules import compile_rules
from modeltui.domain.inputs.specs import json_schema, read_inputs
from modeltui.domain.run_spec import compile_run

MODELS = Path(__file__).parents[2] / "catalog" / "models"
DOCUMENTS = [tomli.loads(path.read_text(encoding="utf-8")) for path in sorted(MODELS.rglob("*.toml"))]
SPECS = [compile_run(document) for document in DOCUMENTS]

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, 1, 1.0, -1, 5, 1e308])
scalars = (
    st.none() | st.booleans() | numbers | st.text(max_size=20) | st.sampled_from(["", "  ", "1", "5", "16:9", "720p"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def model_and_inputs(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    """A model of the catalogue, and inputs that are partly right, partly anything."""
    index = draw(st.integers(0, len(SPECS) - 1))
    inputs: dict[str, Any] = {}
    for spec in SPECS[index].inputs:
        likely = [st.sampled_from(spec.enum)] if spec.enum else []
        likely += [st.just(spec.default)] if spec.default is not None else []
        if spec.type in ("string", "image", "audio", "video"):
            likely.append(st.text(min_size=spec.min_length or 1, max_size=min(spec.max_length or 30, 30)))
        if draw(st.integers(0, 9)) < (9 if spec.required else 5):
            inputs[spec.name] = draw(
                st.one_of(*likely, values) if draw(st.booleans()) or not likely else st.one_of(*likely)
            )
    return index, inputs | draw(st.dictionaries(st.text(max_size=8), values, max_size=1))


@pytest.mark.skipif(not SPECS, reason="the catalogue holds no models")
@given(model_and_inputs(), st.none() | st.floats(0, 1e308) | st.just(math.nan))
@settings(max_examples=max(400, settings().max_examples))
def test_prepare_never_raises(drawn: tuple[int, dict[str, Any]], seconds: float | None) -> None:
    index, inputs = drawn
    prepared = SPECS[index].prepare(inputs, job_uuid="u", media_seconds=seconds)
    assert prepared.is_valid is (prepared.call is not None)


@pytest.mark.skipif(not SPECS, reason="the catalogue holds no models")
@given(model_and_inputs())
@settings(max_examples=max(400, settings().max_examples))
def test_a_verdict_is_at_least_as_strict_as_the_schema(drawn: tuple[int, dict[str, Any]]) -> None:
    index, inputs = drawn
    schema = json_schema(DOCUMENTS[index])
    fits = Draft202012Validator(schema).is_valid(inputs)
    wrong = {problem.input for problem in SPECS[index].prepare(inputs, job_uuid="u").problems}
    if not fits:
        assert wrong
    else:
        rules = compile_rules(DOCUMENTS[index], SPECS[index].inputs)
        assert wrong <= {rule.blames for rule in rules} | {None}


bounds = st.integers(-3, 6)
specs = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": bounds, "maximum": bounds, "multiple_of": st.integers(1, 4)},
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "image"])},
        optional={
            "min_length": st.integers(0, 3),
            "max_length": st.integers(0, 3),
            "not_blank": st.booleans(),
            "also_integer": st.booleans(),
        },
    ),
    st.fixed_dictionaries({"type": st.sampled_from(["boolean", "object"])}),
    st.fixed_dictionaries({"type": st.just("integer"), "enum": st.lists(bounds, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "fields": st.fixed_dictionaries(
                {"a": st.just({"type": "integer", "required": True})}, optional={"b": st.just({"type": "string"})}
            ),
        }
    ),
)
arrays = st.fixed_dictionaries(
    {"type": st.just("array")},
    optional={"items": specs, "min_items": st.integers(0, 2), "max_items": st.integers(0, 2)},
)
near = (
    values | numbers | st.lists(scalars, max_size=3) | st.fixed_dictionaries({}, optional={"a": scalars, "b": scalars})
)


@given(specs | arrays, near)
@settings(max_examples=max(1500, settings().max_examples))
def test_our_check_agrees_with_json_schema(entry: dict[str, Any], value: Any) -> None:
    document = {"inputs": {"x": entry}}
    (spec,) = read_inputs(document)
    is_valid = Draft202012Validator(json_schema(document)).is_valid({"x": value})
    assert (checker(spec)(value) is None) is is_valid
