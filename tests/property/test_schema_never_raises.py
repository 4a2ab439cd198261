"""No TOML document makes the schema or the rules raise: what is wrong is a finding."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import ABSENT, with_value
from modeltui.domain.fields import check_value, known_fields, parse_value
from modeltui.domain.model import model_of
from modeltui.domain.rules import check
from modeltui.domain.rules.codes import CODES
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.domain.schema.findings import findings_of
from modeltui.errors import InvalidValueError, UsageError

_KEYS = [*sorted({str(part) for path in known_fields() for part in path if part != "*"}), "x", "a b", ""]
_TEXTS = st.sampled_from(
    ["", "a", "string", "1", "${inputs.x}", "${", "shots[].x", "inputs.x", "media", "kie_ai", "@http"]
)
_SCALARS = st.one_of(
    _TEXTS,
    st.text(max_size=5),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(width=32),
    st.just(date(2026, 1, 1)),
    st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)
_WHOLE: dict[str, Any] = {
    "schema": 1,
    "uid": "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1",
    "model_id": "m",
    "name": "Model",
    "provider": "kie_ai",
    "content_type": "chat",
    "inputs": {"x": {"type": "string"}},
    "request": {"path": "/x", "body": {"x": "${inputs.x}"}},
    "poll": {"path": "/x/${job.uuid}", "status": "state", "success": ["1"]},
    "result": {"kind": "bytes"},
    "cost": {"currency": "credits", "base": "1"},
}
_PATHS = st.sampled_from([tuple("x" if part == "*" else part for part in path) for path in known_fields()])


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    document = dict(_WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        path, value = draw(_PATHS), draw(_VALUES | st.just(ABSENT))
        with suppress(UsageError):
            document = with_value(document, path, value)
    if draw(st.booleans()):
        document["rules"] = draw(_VALUES)
    return document


@given(_documents())
def test_check_answers_for_any_document(document: dict[str, Any]) -> None:
    model = model_of("chat/a", "models/chat/a.toml", "", document)
    catalog = Catalog("/nowhere", {"chat/a": model}, {"chat/a": document}, {"kie_ai": document}, document)
    for finding in check(catalog, date(2026, 11, 20)):
        assert finding.code in CODES
        assert finding.message
        assert "Input should" not in finding.message


@given(_documents())
def test_what_is_fatal_is_a_finding_too(document: dict[str, Any]) -> None:
    fault = fatal_fault("a.toml", document)
    if fault is not None:
        assert fault.field in {finding.field for finding in findings_of("a.toml", document, "model")}


@given(_documents(), _PATHS, _VALUES)
def test_a_value_that_is_taken_brings_no_fault(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    before = {(finding.code, finding.field, finding.message) for finding in findings_of("a", document, "model")}
    try:
        check_value(path, value, document)
        after = with_value(document, path, value)
    except InvalidValueError:
        return
    now = {(finding.code, finding.field, finding.message) for finding in findings_of("a", after, "model")}
    assert now <= before


@given(_PATHS, st.text(max_size=12) | st.sampled_from(["1", "true", "[1", '"', "2026-01-01", "{ a = 1 }"]), _VALUES)
def test_any_text_is_a_value_or_refused(path: tuple[str, ...], text: str, current: Any) -> None:
    try:
        parse_value(path, text, current)
    except InvalidValueError:
        return
