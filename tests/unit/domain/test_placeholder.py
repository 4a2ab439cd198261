"""Typed placeholders."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import ABSENT
from modeltui.domain.request.placeholder import compile_path, compile_template, references, render
from modeltui.errors import InvalidValueError

SCOPE = {
    "inputs": {
        "prompt": "a ${inputs.secret} fox",
        "count": 3,
        "ratio": 0.5,
        "on": True,
        "images": ["one", "two"],
        "size": {"width": 640},
        "scenes": [{"text": "x", "seconds": 2}, {"text": "y"}],
        "none": [],
    },
    "saved": {"task_id": "a/b ü"},
    "job": {"uuid": "u-1"},
    "model": {"model_id": "m"},
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("${inputs.count}", 3),
        ("${inputs.on}", True),
        ("${inputs.images}", ["one", "two"]),
        ("${inputs.images[1]}", "two"),
        ("${inputs.size.width}", 640),
        ("${inputs.scenes[0].text}", "x"),
        ("${ inputs.count }", 3),
        ("n=${inputs.count}, ${inputs.on}, ${inputs.ratio}", "n=3, true, 0.5"),
        ("${job.uuid}-${model.model_id}", "u-1-m"),
        ("${inputs.missing | inputs.count}", 3),
        ("${inputs.missing | inputs.also | job.uuid}", "u-1"),
        ("no placeholder", "no placeholder"),
        ("$5 and {braces}", "$5 and {braces}"),
        ("$${inputs.count}", "${inputs.count}"),
        ("a $${b} ${inputs.count}", "a ${b} 3"),
        (7, 7),
        (None, None),
    ],
)
def test_a_value_keeps_its_type(template: Any, value: Any) -> None:
    result = render(template, SCOPE)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "template",
    [
        "${inputs.missing}",
        "x ${inputs.missing} y",
        "${inputs.images[2]}",
        "${inputs.count.deep}",
        "${inputs.prompt[0]}",
    ],
)
def test_what_is_not_there_is_absent(template: str) -> None:
    assert render(template, SCOPE) is ABSENT


def test_values_are_not_expanded_again() -> None:
    assert render({"a": "${inputs.prompt}"}, SCOPE) == {"a": "a ${inputs.secret} fox"}
    assert render("say ${inputs.prompt}", SCOPE) == "say a ${inputs.secret} fox"


def test_absent_keys_and_elements_are_dropped() -> None:
    template = {
        "a": "${inputs.missing}",
        "b": ["${inputs.missing}", "${inputs.count}"],
        "c": {"d": 1, "e": "${saved.x}"},
    }
    assert render(template, SCOPE) == {"b": [3], "c": {"d": 1}}


def test_what_becomes_empty_goes_and_what_was_empty_stays() -> None:
    template = {"gone": {"deep": {"x": "${inputs.missing}"}}, "list": ["${inputs.missing}"], "kept": {}, "also": []}
    assert render(template, SCOPE) == {"kept": {}, "also": []}
    assert render({"x": "${inputs.missing}"}, SCOPE) is ABSENT


def test_an_element_is_repeated_for_each_item() -> None:
    template = [
        {"type": "text", "text": "${inputs.count}"},
        {"$each": "${inputs.images}", "type": "image", "url": "${item}"},
        {"$each": "${inputs.scenes}", "say": "${item.text}", "for": "${item.seconds}"},
        {"$each": "${inputs.none}", "never": 1},
        {"$each": "${inputs.missing}", "never": 1},
    ]
    assert render(template, SCOPE) == [
        {"type": "text", "text": 3},
        {"type": "image", "url": "one"},
        {"type": "image", "url": "two"},
        {"say": "x", "for": 2},
        {"say": "y"},
    ]


@pytest.mark.parametrize(
    "template",
    [
        "${env.HOME}",
        "${secrets.key}",
        "${inputs}",
        "${}",
        "${inputs.a.}",
        "${inputs..a}",
        "${inputs.a[-1]}",
        "${inputs.a[x]}",
        "${inputs.__class__ }${",
        "${inputs.a + 1}",
        "${inputs.a",
        "${inputs.${inputs.b}}",
        "${inputs.a | }",
    ],
)
def test_nothing_else_can_be_named(template: str) -> None:
    with pytest.raises(InvalidValueError, match=r"placeholder|names no value"):
        render({"deep": [template]}, SCOPE)


def test_names_of_python_are_not_attributes() -> None:
    assert render("${inputs.prompt.__class__}", SCOPE) is ABSENT


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/v1/jobs/${saved.task_id}", "/v1/jobs/a%2Fb%20%C3%BC"),
        ("/v1/${inputs.count}?x", "/v1/3?x"),
        ("", ""),
        ("/plain", "/plain"),
    ],
)
def test_parts_of_a_path_are_encoded(template: str, path: str) -> None:
    assert compile_path(template)(SCOPE) == path


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_a_path_cannot_be_climbed(value: str) -> None:
    assert compile_path("/v1/${inputs.voice}/x")({"inputs": {"voice": value}}) is ABSENT
    assert compile_path("/v1/${inputs.other}/x")({"inputs": {"voice": value}}) is ABSENT


def test_a_path_may_hold_what_only_looks_like_a_climb() -> None:
    assert compile_path("/v1/${inputs.voice}")({"inputs": {"voice": "../../etc"}}) == "/v1/..%2F..%2Fetc"


def test_references_lists_every_name() -> None:
    template = {"a": "${inputs.x | inputs.y.z}", "b": [{"c": "p ${saved.id} $${no}"}], "d": 1}
    assert list(references(template)) == [("inputs", "x"), ("inputs", "y", "z"), ("saved", "id")]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("models/veo/operations/7", "/v1/models/veo/operations/7"),
        ("a b/ü?x#y", "/v1/a%20b/%C3%BC%3Fx%23y"),
        ("one", "/v1/one"),
        (7, "/v1/7"),
        ("a%2Fb", "/v1/a%252Fb"),
        *((bad, ABSENT) for bad in ("", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/.")),
    ],
)
def test_a_saved_value_may_keep_its_slashes(value: Any, path: Any) -> None:
    assert compile_path("/v1/${+saved.name}")({"saved": {"name": value}}) == path
    assert list(references("/v1/${+saved.name}")) == [("saved", "name")]


@pytest.mark.parametrize("template", ["/${+inputs.prompt}", "/${+saved.a | inputs.b}", "/${+}", "/${++saved.a}"])
def test_nothing_else_keeps_slashes(template: str) -> None:
    with pytest.raises(InvalidValueError):
        compile_path(template)


def test_slashes_are_kept_in_paths_only() -> None:
    with pytest.raises(InvalidValueError, match="only a path has"):
        render({"a": "${+saved.task_id}"}, SCOPE)


def test_a_table_is_left_out_where_its_placeholder_finds_nothing() -> None:
    template = [
        {"$when": "${inputs.missing}", "role": "system", "content": "constant"},
        {"$when": "${inputs.count}", "role": "user", "deep": {"$when": "${inputs.missing}", "a": 1}},
        {"$each": "${inputs.scenes}", "$when": "${item.seconds}", "say": "${item.text}"},
        {"$each": "${inputs.scenes}", "$when": "${inputs.missing}", "say": "${item.text}"},
    ]
    assert render(template, SCOPE) == [{"role": "user"}, {"say": "x"}]
    assert render({"$when": "${inputs.missing}", "a": 1}, SCOPE) is ABSENT
    assert render({"$when": "${inputs.on}"}, SCOPE) == {}
    assert next(iter(references(template))) == ("inputs", "missing")


@pytest.mark.parametrize("condition", ["always", "", True, 1, ["${inputs.a}"], "$${inputs.a}"])
def test_a_condition_is_a_placeholder(condition: Any) -> None:
    with pytest.raises(InvalidValueError, match="must be a placeholder"):
        render({"$when": condition, "a": 1}, SCOPE)


def test_a_text_that_many_files_have_is_compiled_once_and_a_long_one_is_not_kept() -> None:
    first = compile_template("a ${inputs.count} of many")
    assert compile_template("a ${inputs.count} of many") is first
    assert first(SCOPE) == "a 3 of many"
    long = "a ${inputs.count} " + "x" * 1000
    assert compile_template(long) is not compile_template(long)
    assert compile_template(long)(SCOPE) == "a 3 " + "x" * 1000
