"""Models that take some inputs, as a program asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeltui.api import CatalogReader, open_catalog
from modeltui.errors import InvalidValueError, QueryError, UsageError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shipped() -> CatalogReader:
    return open_catalog(ROOT / "catalog", cache=False)


def test_a_content_type_is_named_as_it_is(shipped: CatalogReader) -> None:
    by_type = shipped.pick("image_to_video", {"duration": 8})
    assert by_type == shipped.pick("type:image_to_video", {"duration": 8})
    assert len(by_type) == by_type.found > 0
    assert {each.model.content_type for each in by_type} == {"image_to_video"}
    assert len(by_type) + len(by_type.left_out) == len(shipped.of_content_type("image_to_video"))


def test_what_is_picked_can_be_asked_and_priced_by_its_own_inputs(shipped: CatalogReader) -> None:
    for each in shipped.pick("active:yes,no", {"duration": 8}):
        assert shipped.supports(each.model, each.inputs).is_supported
        assert shipped.cost(each.model, each.inputs) == each.cost
        said = {problem.input for problem in shipped.validate(each.model, each.inputs)}
        assert set(each.missing) <= said
        assert not said & set(each.inputs)


def test_complete_inputs_make_a_request(shipped: CatalogReader) -> None:
    found = shipped.pick("prompt_to_image", {"prompt": "a fox"}, complete=True, limit=3)
    assert len(found) == 3 < found.found
    for each in found:
        assert each.missing == ()
        assert shipped.request(each.model, each.inputs)["url"]


def test_the_orders(shipped: CatalogReader) -> None:
    cheap = [each.cost.usd for each in shipped.pick("prompt_to_video") if each.cost.usd is not None]
    assert cheap == sorted(cheap)
    times = [each.seconds for each in shipped.pick("prompt_to_video", by="time") if each.seconds is not None]
    assert times == sorted(times)
    names = [each.model.name.casefold() for each in shipped.pick("prompt_to_video", by="name")]
    assert names == sorted(names)


def test_what_cannot_be_meant_is_refused(shipped: CatalogReader) -> None:
    wrong: Any
    for wrong in (5, None):
        with pytest.raises(InvalidValueError, match="a query is text"):
            shipped.pick(wrong)
    for wrong in ("x", 5):
        with pytest.raises(InvalidValueError, match="inputs are"):
            shipped.pick("chat", wrong)
    wrong = "taste"
    with pytest.raises(UsageError, match="taste"):
        shipped.pick("chat", by=wrong)
    with pytest.raises(UsageError, match="limit"):
        shipped.pick("chat", limit=0)
    with pytest.raises(QueryError):
        shipped.query("nope:1")
