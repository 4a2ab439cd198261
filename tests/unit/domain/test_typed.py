"""Values as people type them into a form, there and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from modeltui.domain.document import ABSENT, FieldPath, parse_field, same
from modeltui.domain.form import Form
from modeltui.domain.form_rows import rows_of
from modeltui.domain.typed import as_typed, read_typed
from modeltui.errors import InvalidValueError

SHIPPED = sorted((Path(__file__).parents[3] / "catalog" / "models").rglob("*.toml"))


@pytest.mark.parametrize(
    ("field", "text", "current", "value"),
    [
        ("name", "true", "x", "true"),
        ("order", "3", ABSENT, 3),
        ("timing.estimated_seconds", "2.5", 2, 2.5),
        ("retires_on", "2027-02-01", ABSENT, date(2027, 2, 1)),
        ("cost.base", "0.25", "1", "0.25"),
        ("tags", "a, b c ,d", ABSENT, ["a", "b c", "d"]),
        ("tags", "a\nb", ["x"], ["a", "b"]),
        ("tags", '["a, b", "c"]', ["x"], ["a, b", "c"]),
        ("tags", "", ["x"], []),
        ("limits.durations", "5, 7.5", ABSENT, [5, 7.5]),
        ("modalities.input", "text, image", ABSENT, ["text", "image"]),
        ("inputs.a.enum", "5, 10", ABSENT, [5, 10]),
        ("inputs.a.enum", "5, 10", ["5"], ["5", "10"]),
        ("inputs.a.default", "5", "x", "5"),
        ("inputs.a.default", "5", ABSENT, 5),
        ("request.body.a", "${inputs.x}", ABSENT, "${inputs.x}"),
        ("request.body.a", "{ b = 1 }", ABSENT, {"b": 1}),
        ("request.body.list", "1, 2", [3], [1, 2]),
        ("cost.table.prices.720p", "3", "2", "3"),
    ],
)
def test_a_text_is_read_by_the_type_of_its_field(field: str, text: str, current: Any, value: Any) -> None:
    assert same(read_typed(parse_field(field), text, current), value)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (("name",), " ", "not blank"),
        (("order",), "-1", "at least 0"),
        (("order",), "soon", "a whole number"),
        (("poll", "interval_s"), "0", "more than 0 and at most 86400"),
        (("cost", "base"), "1e2", "a price"),
        (("tags",), "a, a", "twice"),
        (("tags",), '["a"', "tags"),
        (("modalities", "input"), "smell", "one of text"),
        (("request", "body", "a"), "${inputs", "placeholder"),
        (("request", "path"), "http://x", "not a path"),
        (("poll", "status"), "a[", "JMESPath"),
        (("cost", "table", "prices", "a"), "dear", "no price"),
        (("rules", 0, "message"), " ", "not blank"),
        (("limits", "durations"), "[{ a = 1 }]", "durations"),
        (("retires_on",), "2027-02-30", "a day"),
        (("inputs", "a", "type"), "text", "one of string"),
        (("lock", "locked"), "false", "lock and unlock"),
    ],
)
def test_a_value_that_is_wrong_by_itself_is_told(path: FieldPath, text: str, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_typed(path, text, ABSENT)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_what_only_clashes_with_other_fields_is_not_refused_while_typing() -> None:
    assert read_typed(("inputs", "a", "minimum"), "9", ABSENT) == 9
    assert read_typed(("rules", 0, "require"), "prompt", ABSENT) == ["prompt"]
    assert read_typed(("cost", "rate", "price"), "1", ABSENT) == "1"


@pytest.mark.parametrize(
    "value",
    ["a", "5", "true", '"a"', "[1]", " a ", "a\nb", "", ["a", "b"], ["a, b"], ["5"], ["5", 5], [], [[1]], [{"a": 1}],
     5, 2.5, True, {"a": [1]}, [" a"], ["a\nb"], ["[a]"], date(2027, 1, 1)],
)  # fmt: skip
def test_any_value_of_an_open_field_comes_back_as_it_was(value: Any) -> None:
    path = ("request", "body", "x")
    assert same(read_typed(path, as_typed(path, value), value), value)


def test_every_value_of_the_shipped_models_comes_back_as_it_was() -> None:
    count = 0
    for file in SHIPPED[::6]:
        document = tomli.loads(file.read_text())
        for row in rows_of(Form("models/x.toml", document, document), (), "e"):
            if row.path and row.kind != "table" and row.value is not ABSENT and row.fixed is None:
                count += 1
                assert same(read_typed(row.path, as_typed(row.path, row.value), row.value), row.value), row.key
    assert count > 1000
