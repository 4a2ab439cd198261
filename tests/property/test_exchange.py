"""Re-importing an export changes nothing, whatever a file says; and every cell can be read back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.document import FieldPath, same, with_value
from modeltui.domain.exchange import csv_table, json_documents
from modeltui.domain.exchange.cells import cell, value_of
from modeltui.domain.exchange.row import Options, Row
from modeltui.domain.fields import known_fields

_TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["=1+1", "'=1", "''-x", '"', '"a"', "true", "5", "[", "{}", "a,b\r\nc", "nan", "2026-01-01", " x "]
    ),
)
_SCALARS = st.one_of(
    _TEXTS,
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.dates(),
    st.just(datetime(2026, 1, 1, 12, tzinfo=UTC)),
    st.just(time(1, 2, 3)),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_KNOWN = [tuple("x" if part == "*" else part for part in path) for path in known_fields()]
_PATHS = st.sampled_from([path for path in _KNOWN if path[0] not in ("lock", "uid")])
_IDENTITY: dict[str, Any] = {"schema": 1, "uid": "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1", "content_type": "chat"}


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    document = dict(_IDENTITY)
    for _ in range(draw(st.integers(1, 4))):
        path, value = draw(_PATHS), draw(_VALUES)
        if not any(same(document.get(str(path[0])), each) for each in (1, "chat")) and _can_hold(document, path):
            document = with_value(document, path, value)
    return document


def _can_hold(document: Any, path: FieldPath) -> bool:
    for part in path[:-1]:
        document = document.get(part, {})
        if not isinstance(document, dict):
            return False
    return True


def _only_row(rows: Any) -> Row:
    [row] = rows
    assert isinstance(row, Row)
    return row


@given(_documents(), st.booleans())
def test_json_of_a_document_changes_nothing_of_it(document: dict[str, Any], whole: bool) -> None:
    text = json_documents.written([("chat/x", document)])
    row = _only_row(json_documents.read(text.encode(), Options(whole=whole)))
    assert row.key == "chat/x"
    assert same(row.wanted(document), document)


@given(_documents(), st.booleans(), st.booleans())
def test_a_row_of_a_document_changes_nothing_of_it(document: dict[str, Any], whole: bool, contract: bool) -> None:
    text = csv_table.written([("chat/x", document)], ["all"] if contract else [])
    table = csv_table.read(text.encode(), Options(whole=whole))
    assert table.unknown == ()
    assert same(_only_row(table.rows).wanted(document), document)


@given(_VALUES)
def test_a_cell_where_anything_may_stand_is_exact(value: Any) -> None:
    path = ("request", "body", "x")
    assert same(value_of(path, cell(path, value)), value)


@given(_TEXTS)
def test_a_cell_of_text_is_exact_and_starts_no_formula(text: str) -> None:
    path = ("name",)
    written = cell(path, text)
    assert written
    assert value_of(path, written) == text
    assert not re.match(r"[=+\-@\t\r\n]", written) or re.fullmatch(r"-?\d+(\.\d+)?", written)


@given(st.dates())
def test_days_stay_days(day: date) -> None:
    assert value_of(("released_on",), cell(("released_on",), day)) == day
