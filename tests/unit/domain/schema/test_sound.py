"""What was found sound is left out the next time, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import tomli

from modeltui.domain.schema import findings
from modeltui.domain.schema.findings import faults_of
from modeltui.domain.schema.inputs import Input
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.sound import Sound, doubtful
from modeltui.domain.schema.table import Clash, Table
from modeltui.domain.value_bytes import bytes_of, value_of

from .conftest import MODEL

_PUT: tuple[Any, ...] = (True, 1, 1.0, -0.0, "", "x", "1", [], {}, ["a", "a"], {"a": 1}, "${inputs.prompt", "a[?", None)
"""What a field is set to; None takes it out."""


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> Sound:
    """Nothing is known from other tests."""
    known = Sound(200)
    monkeypatch.setattr(findings, "_SOUND", known)
    return known


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), (0.0, -0.0), ("1", 1), ([], {}), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (["a", "b"], ["ab"])],
)
def test_the_bytes_of_two_values_differ(one: Any, other: Any) -> None:
    assert bytes_of(one) != bytes_of(other)
    assert bytes_of({"x": [one]}) != bytes_of({"x": [other]})
    for value in (one, other):
        content = bytes_of(value)
        assert content is not None
        assert repr(value_of(content)) == repr(value)


def test_equal_values_have_the_same_bytes_whatever_they_share() -> None:
    text, again = "some text", b"some text".decode()
    assert bytes_of([text, text]) == bytes_of([text, again])
    assert bytes_of({"day": date(2026, 11, 20)}) is None


def test_the_top_of_a_model_file_says_nothing_of_several_fields_at_once() -> None:
    assert ModelFile.clashes is Table.clashes
    needed = [name for name, field in ModelFile.model_fields.items() if field.is_required()]
    assert needed == ["schema_version", "uid", "model_id", "name", "provider", "content_type"]


def test_faults_are_those_of_the_whole_file_whatever_was_seen_before() -> None:
    dice = random.Random(6)
    good = tomli.loads(MODEL)
    wrong = 0
    for _ in range(600):
        document = good
        for _ in range(dice.randint(0, 3)):
            document = _changed(document, dice)
        expected = findings._validated(document, ModelFile)
        wrong += bool(expected)
        assert faults_of(document, ModelFile) == expected
    assert 100 < wrong < 600


def _changed(table: Any, dice: random.Random) -> Any:
    """The table with one field, at any depth, that says something else."""
    name = dice.choice([*table, "extra"])
    value = table.get(name)
    new = _changed(value, dice) if isinstance(value, dict) and value and dice.random() < 0.8 else dice.choice(_PUT)
    return {**{key: each for key, each in table.items() if key != name}, **({} if new is None else {name: new})}


def test_an_input_that_many_files_have_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    clashes = Input.clashes

    def counted(spec: Input) -> Iterator[Clash]:
        checked.append(spec.type)
        return clashes(spec)

    monkeypatch.setattr(Input, "clashes", counted)
    good = tomli.loads(MODEL)
    for number in range(20):
        assert faults_of({**good, "name": f"Model {number}"}, ModelFile) == []
    assert len(checked) == len(good["inputs"])


def test_a_fault_is_told_each_time() -> None:
    bad = {**tomli.loads(MODEL), "timing": {"estimated_seconds": -1}}
    first = faults_of(bad, ModelFile)
    assert first
    assert faults_of(bad, ModelFile) == first


def test_what_is_kept_has_a_bound() -> None:
    sound = Sound(3)
    for number in range(10):
        content = bytes_of(number)
        assert content is not None
        sound.add([content])
    assert [bytes_of(number) in sound for number in (0, 9)] == [False, True]


def test_a_document_without_what_is_known() -> None:
    sound = Sound(100)
    document = {"name": "A", "tags": ["x"], "inputs": {"a": {"type": "string"}, "b": {"type": "number"}}}
    rest, parts = doubtful(document, sound)
    assert rest == document
    assert {name: len(contents) for name, contents in parts.items()} == {"tags": 1, "inputs": 2}
    sound.add([*parts["tags"], parts["inputs"][0]])
    assert doubtful(document, sound)[0] == {"name": "A", "inputs": {"b": {"type": "number"}}}
