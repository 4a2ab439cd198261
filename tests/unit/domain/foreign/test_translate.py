"""Documents of theirs as ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import tomli

from foreign_trees import MODEL
from modeltui.domain.document import Document
from modeltui.domain.foreign.inherit import whole
from modeltui.domain.foreign.translate import Translator
from modeltui.domain.model import model_of
from modeltui.storage.foreign_mapping import read_mapping

MAPPING = read_mapping("models.dev")
PARTS = {"provider": "acme", "id": "one"}


def _fields(text: str, **parts: str) -> dict[str, Any]:
    return Translator(MAPPING).fields(tomli.loads(text), {**PARTS, **parts})


def test_a_row_has_what_its_file_says() -> None:
    row = model_of("acme/one", "p", "", _fields(MODEL))
    assert (row.name, row.provider, row.model_id, row.family) == ("One", "acme", "one", "uno")
    assert (row.base_cost, row.cost_currency) == (Decimal("0.5"), "USD")
    assert (row.content_type, row.released_on, row.active) == ("chat", date(2025, 1, 31), True)


def test_a_document_has_both_names() -> None:
    found = Translator(MAPPING).document(tomli.loads(MODEL), PARTS)
    assert found["cost"]["cache_read"] == 0.05
    assert found["cost"]["tokens"] == {"input": "0.5", "output": "2", "cached_input": "0.05"}
    assert (found["limit"]["context"], found["limits"]) == (128_000, {"context": 128_000})


def test_the_document_of_theirs_stays_as_it_was() -> None:
    theirs = tomli.loads(MODEL)
    Translator(MAPPING).document(theirs, PARTS)
    assert theirs == tomli.loads(MODEL)


@pytest.mark.parametrize(
    ("inputs", "outputs", "name", "kind"),
    [
        (["text"], ["text"], "one", "chat"),
        (["text"], ["text", "image"], "one", "prompt_to_image"),
        (["text"], ["video"], "one", "prompt_to_video"),
        (["text"], ["audio"], "one", "text_to_speech"),
        (["audio"], ["text"], "one", "speech_to_text"),
        (["text"], ["text"], "acme/Embed-3", "embedding"),
        (["text"], ["smell"], "one", None),
    ],
)
def test_the_content_type_follows_from_what_goes_in_and_out(
    inputs: list[str], outputs: list[str], name: str, kind: str | None
) -> None:
    assert _fields(f"modalities = {{ input = {inputs}, output = {outputs} }}", id=name).get("content_type") == kind


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ('"2025-04"', date(2025, 4, 1)),
        ('"2025"', date(2025, 1, 1)),
        ("2025-04-02", date(2025, 4, 2)),
        ("2025-04-02T10:00:00Z", date(2025, 4, 2)),
        ('"2025-04-31"', None),
        ('"soon"', None),
        ("5", None),
    ],
)
def test_dates_are_read_as_far_as_they_are_some(text: str, day: date | None) -> None:
    assert _fields(f"release_date = {text}").get("released_on") == day


@pytest.mark.parametrize(
    ("text", "price"),
    [("3.0", "3"), ("0.10", "0.1"), ("12", "12"), ("1e-7", "0.0000001"), ("100", "100"), ("0", "0"), ("0.0", "0")],
)
def test_prices_are_exact(text: str, price: str) -> None:
    assert _fields(f"cost.input = {text}")["cost"]["base"] == price


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "true", "[1]", '"many"', "9" * 900, "1e300"])
def test_what_is_no_price_is_left_out(text: str) -> None:
    assert "base" not in _fields(f"cost.input = {text}")["cost"]


@pytest.mark.parametrize("text", ["cost = 5", "cost = [1]", "limit = 'x'", "modalities = 1\nname = 5\nreasoning = []"])
def test_what_has_another_type_is_left_out(text: str) -> None:
    model_of("acme/one", "p", "", Translator(MAPPING).document(tomli.loads(text), PARTS))


def _whole(documents: dict[str, str], path: str) -> tuple[Document, str | None]:
    parsed = {name: tomli.loads(text) for name, text in documents.items()}
    found, gap = whole(parsed[path], MAPPING, parsed.get, path)
    return found, None if gap is None else str(gap.path)


def test_a_file_is_laid_over_its_base_without_what_it_omits() -> None:
    found, gap = _whole(
        {
            "a": 'base_model = "x/y"\nbase_model_omit = ["limit.input", "no.thing", 5, "a b"]\n[limit]\noutput = 2',
            "models/x/y.toml": 'name = "Y"\n[limit]\ncontext = 1\ninput = 5\noutput = 1',
        },
        "a",
    )
    assert gap is None
    assert (found["name"], found["limit"]) == ("Y", {"context": 1, "output": 2})


def test_a_file_extends_one_of_another_provider() -> None:
    other = "providers/p/models/a/b.toml"
    found, gap = _whole({"a": '[extends]\nfrom = "p/a/b"\nomit = ["cost"]', other: 'name = "B"\ncost.input = 1'}, "a")
    assert gap is None
    assert found["name"] == "B"
    assert "cost" not in found


def test_a_base_that_is_missing_or_leads_in_a_circle() -> None:
    assert _whole({"a": 'base_model = "x/y"'}, "a")[1] == "models/x/y.toml"
    assert _whole({"a": "base_model = 5"}, "a")[1] == "None"
    path = "providers/p/models/a.toml"
    assert _whole({path: '[extends]\nfrom = "p/a"'}, path)[1] == path
