"""What the queue may write, stand-ins of results that are not there yet, and sums in several currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.chain.costs import StepCost, summed
from modeltui.domain.chain.filling import filled, shown_with_marks, stand_ins
from modeltui.domain.chain.giving import Gives, Kind, fits, gives_of
from modeltui.domain.file_paths import is_of_catalog, key_of, path_of
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.pricing.report import CostReport
from modeltui.domain.units import Units
from modeltui.domain.workflow import Workflow, WorkflowStep, workflow_of


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("models/chat/a.toml", True),
        ("models/a/b/c.toml", True),
        ("workflows/a.toml", True),
        ("workflows/a/b.toml", False),
        ("providers/a.toml", False),
        ("catalog.toml", False),
        ("presets/a.toml", False),
        ("models/../catalog.toml", False),
        ("models/.hidden/a.toml", False),
        ("workflows/.a.toml", False),
        ("/models/a.toml", False),
        ("models/a.txt", False),
        ("models\\a.toml", False),
        ("workflows/a\0.toml", False),
        ("models", False),
    ],
)
def test_a_change_writes_models_and_workflows_only(path: str, is_ours: bool) -> None:
    assert is_of_catalog(path) is is_ours


def test_keys_and_paths() -> None:
    assert (path_of("chat/a"), path_of("workflows/a")) == ("models/chat/a.toml", "workflows/a.toml")
    assert (key_of("models/chat/a.toml"), key_of("workflows/a.toml")) == ("chat/a", "workflows/a")


def _workflow(**inputs: object) -> Workflow:
    steps = (WorkflowStep("still", "m"), WorkflowStep("film", "n", inputs))
    return Workflow(slug="w", path="workflows/w.toml", digest="", name="W", steps=steps)


def test_what_is_not_there_yet_stands_as_its_placeholder() -> None:
    workflow = _workflow(image="${steps.still.results[1]}", text="a ${steps.still.text}", all="${steps.still.results}")
    marks = stand_ins(workflow, {"still": Gives("image", has_text=True), "film": Gives("video", has_text=False)})
    values = filled(workflow.steps[1], {}, marks)
    assert str(values["image"]).startswith("https://")
    assert shown_with_marks({"body": values}) == {
        "body": {
            "image": "${steps.still.results[1]}",
            "text": "a ${steps.still.text}",
            "all": ["${steps.still.results[0]}", "${steps.still.results[1]}"],
        }
    }


def test_what_a_placeholder_does_not_find_is_left_out() -> None:
    step = WorkflowStep("a", "m", {"x": "${inputs.x}", "y": "${steps.b.results[3]}", "z": "${inputs.z} and"})
    assert filled(step, {"x": 5}, {"b": {"results": []}}) == {"x": 5}


def test_what_a_model_gives() -> None:
    assert gives_of({"result": {"kind": "text"}}) == Gives("string", has_text=True)
    assert gives_of({"result": {"kind": "url", "media": "video/mp4", "text": "t"}}) == Gives("video", has_text=True)
    assert gives_of({"modalities": {"output": ["audio", "text"]}}) == Gives("audio", has_text=False)
    assert gives_of({}) == Gives(None, has_text=False)


def test_kinds_that_fit() -> None:
    media = InputSpec(name="i", type="image")
    listed = InputSpec(name="l", type="array", items=media)
    assert fits(media, Kind("image"))
    assert fits(media, Kind(None))
    assert fits(listed, Kind("array", "image"))
    assert not fits(media, Kind("string"))
    assert not fits(listed, Kind("image"))
    assert not fits(listed, Kind("array", "video"))
    assert fits(InputSpec(name="n", type="number"), Kind("integer"))
    assert not fits(InputSpec(name="n", type="integer"), Kind("number"))


def _cost(amount: str | None, currency: str = "credits") -> StepCost:
    return StepCost("s", CostReport(model="m", cost=None if amount is None else Cost(Decimal(amount), currency)))


def test_currencies_are_added_up_each_and_in_one_where_that_can_be() -> None:
    units = Units(Decimal(50), Decimal(2), {"EUR": Decimal("1.1")})
    found = summed("w", (_cost("5"), _cost("1", "USD"), _cost("2", "EUR")), units)
    assert found.totals == {"credits": Decimal(5), "EUR": Decimal(2), "USD": Decimal(1)}
    assert (found.usd, found.credits, found.price_usd) == (Decimal("3.3"), Decimal(165), Decimal("6.6"))
    assert summed("w", (_cost("5"), _cost("1", "JPY")), units).usd is None
    unpriced = summed("w", (_cost("5"), _cost(None)), units)
    assert (unpriced.usd, unpriced.unpriced, unpriced.is_free) == (None, ("s",), False)
    assert summed("w", (_cost("0"),), units).is_free


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema": 2, "name": "W"},
        {"schema": 1, "name": 5},
        {"schema": 1, "name": "W", "steps": []},
        {"schema": 1, "name": "W", "steps": "a"},
        {"schema": 1, "name": "W", "steps": [1]},
        {"schema": 1, "name": "W", "steps": [{"id": "a"}]},
    ],
)
def test_what_cannot_be_run_is_broken_and_raises_nothing(document: dict[str, object]) -> None:
    workflow = workflow_of("workflows/w.toml", "", document)
    assert workflow.is_broken
    assert (workflow.slug, workflow.steps, workflow.row.is_broken) == ("w", (), True)


def test_a_sum_says_what_is_not_known() -> None:
    def said(*costs: str | None) -> str:
        steps = tuple(
            StepCost(f"s{number}", CostReport(model="m", cost=None if each is None else Cost(Decimal(each), "credits")))
            for number, each in enumerate(costs)
        )
        return summed("w", steps, Units()).said

    assert [said("1", "2"), said("0"), said("1", None), said(None, None), said("0", None)] == [
        "3 credits",
        "nothing",
        "1 credit + ?",
        "?",
        "?",
    ]
