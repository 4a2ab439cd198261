"""Rows say what the file says; models are found by key, uid or a model_id of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.model import broken_model, model_of
from modeltui.errors import BrokenFileError, NotFoundError

FULL: dict[str, Any] = {
    "uid": "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1",
    "model_id": "veo3_fast",
    "name": "Veo",
    "provider": "kie_ai",
    "content_type": "prompt_to_video",
    "active": True,
    "tags": ["video", 3, "fast"],
    "released_on": date(2025, 10, 1),
    "lock": {"locked": True, "by": "alice"},
    "timing": {"estimated_seconds": 120},
    "cost": {"currency": "credits", "base": "60"},
}


def test_a_row_of_a_full_document() -> None:
    row = model_of("prompt_to_video/veo", "models/prompt_to_video/veo.toml", "d", FULL)
    assert (row.name, row.active, row.default, row.tags) == ("Veo", True, False, ("video", "fast"))
    assert (row.base_cost, row.cost_currency, row.estimated_seconds) == (Decimal(60), "credits", 120.0)
    assert row.released_on == date(2025, 10, 1)
    assert row.is_locked
    assert not row.is_broken
    assert row.label == "Veo"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*FULL, "order", "status", "family", "retires_on"]), _VALUES))
def test_no_document_breaks_a_row(document: dict[str, Any]) -> None:
    row = model_of("a/b", "models/a/b.toml", "d", document)
    assert row.active == (document.get("active") is True)
    assert row.base_cost is None or row.base_cost.is_finite()


def test_values_that_many_have_are_kept_once_and_as_they_are_said() -> None:
    text = 'tags = ["a"]\norder = 100000\nverified_on = 2026-01-02\ncost.base = "1.50"\ntiming.estimated_seconds = 7.5'
    one, other = (model_of("a/b", "p", "d", tomli.loads(text)) for _ in range(2))
    for name in ("tags", "order", "estimated_seconds", "verified_on", "base_cost"):
        assert getattr(one, name) is getattr(other, name), name
    costs = [model_of("a/b", "p", "d", {"cost": {"base": text}}).base_cost for text in ("1.5", "1.50", "x" * 10**5)]
    assert list(map(str, costs)) == ["1.5", "1.50", "None"]
    times = [model_of("a/b", "p", "d", {"timing": {"estimated_seconds": value}}) for value in (0.0, -0.0, 1, 1.0)]
    assert [repr(row.estimated_seconds) for row in times] == ["0.0", "-0.0", "1.0", "1.0"]


def _catalog() -> Catalog:
    fault = Finding("toml-syntax", "error", "string not closed", "models/chat/bad.toml", 3, hint="close it")
    documents = {"chat/a": FULL, "chat/b": {**FULL, "uid": "other"}, "chat/c": {"model_id": "only"}}
    rows = {key: model_of(key, f"models/{key}.toml", key, document) for key, document in documents.items()}
    return Catalog("/c", {**rows, "chat/bad": broken_model("chat/bad", "models/chat/bad.toml", fault)}, documents)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("chat/a", "chat/a"),
        ("C3D4E5F6-0A1B-2C3D-4E5F-A6B7C8D9E0F1", "chat/a"),
        ("only", "chat/c"),
        ("chat/bad", "chat/bad"),
    ],
)
def test_find(text: str, key: str) -> None:
    assert _catalog().find(text).key == key


def test_a_shared_model_id_is_ambiguous_and_says_which() -> None:
    with pytest.raises(NotFoundError) as caught:
        _catalog().find("veo3_fast")
    assert caught.value.hint == "use a key: chat/a, chat/b"


def test_a_missing_model_has_a_suggestion() -> None:
    with pytest.raises(NotFoundError) as caught:
        _catalog().find("chat/bat")
    assert caught.value.hint is not None
    assert "chat/bad" in caught.value.hint


def test_the_document_of_a_broken_file_says_why() -> None:
    with pytest.raises(BrokenFileError, match=r"models/chat/bad\.toml:3: string not closed"):
        _catalog().document("chat/bad")


def test_texts_that_are_folded_already_are_kept_once() -> None:
    rows = {key: model_of(key, "p", "d", {"uid": f"{uid}-uid"}) for key, uid in {"a": "small", "b": "LARGE"}.items()}
    by_uid = Catalog("/c", rows, {}).by_uid
    assert list(by_uid) == ["small-uid", "large-uid"]
    assert next(iter(by_uid)) is rows["a"].uid
