"""Ranking models that take some inputs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.capability import Need, Reason
from modeltui.domain.document import Document
from modeltui.domain.model import Model, model_of
from modeltui.domain.pick import LeftOut, Pick, PickOrder, grouped, pick_of, ranked
from modeltui.domain.run_stats import RunStats
from modeltui.domain.units import NO_UNITS, Units

UNITS = Units(Decimal(50), Decimal(1))
SECONDS = {"type": "integer", "enum": [4, 8], "required": True}


def row(document: Document, key: str = "prompt_to_video/one") -> Model:
    return model_of(key, f"models/{key}.toml", "0" * 64, document, None)


def document(cost: str = "5", currency: str = "credits", **more: Any) -> dict[str, Any]:
    return {"name": "One", "cost": {"currency": currency, "base": cost}, **more}


def held(said: Document, *, stats: RunStats | None = None, is_whole: bool = False, **inputs: Any) -> Pick | Reason:
    return pick_of(row(said), said, Need(inputs=inputs), UNITS, stats, is_whole=is_whole)


def picked(key: str, cost: str, currency: str = "credits", stats: RunStats | None = None, seconds: float = 0) -> Pick:
    said = document(cost, currency, name=key, **({"timing": {"estimated_seconds": seconds}} if seconds else {}))
    found = pick_of(row(said, f"chat/{key}"), said, Need(), UNITS, stats, is_whole=False)
    assert isinstance(found, Pick)
    return found


def order(picks: list[Pick], by: PickOrder, units: Units = UNITS) -> list[str]:
    return [pick.model.key.removeprefix("chat/") for pick in ranked(picks, by, units)[0]]


def test_what_is_asked_for_comes_by_the_models_own_names_and_values() -> None:
    said = document(inputs={"seconds": {"type": "string", "enum": ["4", "8"]}, "prompt": {"type": "string"}})
    found = held(said, duration=8)
    assert isinstance(found, Pick)
    assert found.inputs == {"seconds": "8"}
    assert (found.missing, found.unsent) == ((), ())


def test_the_cost_is_of_exactly_these_inputs() -> None:
    table = {"by": ["seconds"], "prices": {"4": "10", "8": "30"}}
    said = document(inputs={"seconds": SECONDS}) | {"cost": {"currency": "credits", "base": "10", "table": table}}
    found = held(said, duration=8)
    assert isinstance(found, Pick)
    assert (found.cost.credits, found.cost.usd) == (Decimal(30), Decimal("0.6"))


def test_limits_may_answer_and_then_nothing_is_sent() -> None:
    found = held(document(limits={"durations": [8]}), duration=8)
    assert isinstance(found, Pick)
    assert (found.inputs, found.unsent) == ({}, ("duration",))
    assert found.cost.problems == ()


def test_what_is_missing_is_named_and_counts_only_where_the_inputs_are_all() -> None:
    said = document(inputs={"seconds": SECONDS, "prompt": {"type": "string", "required": True}})
    found = held(said, seconds=8)
    assert isinstance(found, Pick)
    assert found.missing == ("prompt",)
    said["request"] = {"path": "/x"}
    assert held(said, is_whole=True, seconds=8) == Reason("prompt", "is required")


def test_only_the_first_reason_is_given() -> None:
    found = held(document(inputs={"seconds": SECONDS}), seconds=5, colour="red")
    assert isinstance(found, Reason)
    assert (found.input, found.allowed) == ("seconds", (4, 8))


def test_measured_time_counts_more_than_what_the_file_says() -> None:
    said = document(timing={"estimated_seconds": 30})
    few, many = (RunStats(total=count, succeeded=count, p50_s=12.0) for count in (2, 3))
    for stats, expected in ((None, (30, False)), (few, (30, False)), (many, (12.0, True))):
        found = held(said, stats=stats)
        assert isinstance(found, Pick)
        assert (found.seconds, found.is_measured) == expected


def test_costs_are_compared_in_dollars() -> None:
    picks = [picked("a", "10"), picked("b", "0.1", "USD"), picked("c", "1")]
    assert order(picks, "cost") == ["c", "b", "a"]
    assert ranked(picks, "cost", UNITS)[1] == ()


def test_what_nothing_converts_is_kept_apart_and_said() -> None:
    picks = [picked("a", "10"), picked("b", "9", "EUR"), picked("c", "1"), picked("d", "20", "USD")]
    assert order(picks, "cost", NO_UNITS) == ["d", "c", "a", "b"]
    (note,) = ranked(picks, "cost", NO_UNITS)[1]
    assert note.startswith("USD, credits and EUR are ranked apart")
    assert order(picks, "cost") == ["c", "a", "d", "b"]


def test_a_model_without_a_cost_is_last() -> None:
    said: Document = {"name": "None"}
    free = pick_of(row(said, "chat/aa"), said, Need(), UNITS, None, is_whole=False)
    assert isinstance(free, Pick)
    assert order([free, picked("z", "99")], "cost") == ["z", "aa"]
    assert ranked([free], "cost", UNITS)[1] == ("1 without a known cost, last",)


def test_time_and_success_put_what_is_not_known_last() -> None:
    slow, fast, unknown = picked("a", "1", seconds=90), picked("b", "1", seconds=9), picked("c", "1")
    assert order([unknown, slow, fast], "time") == ["b", "a", "c"]
    good, bad = RunStats(total=10, succeeded=9, failed=1), RunStats(total=4, succeeded=2, failed=2)
    better = RunStats(total=20, succeeded=18, failed=2)
    runs = [picked("a", "1", stats=bad), picked("b", "1"), picked("c", "1", stats=good), picked("d", "1", stats=better)]
    assert order(runs, "success") == ["d", "c", "a", "b"]


def test_success_is_ranked_by_what_is_sure_of_it() -> None:
    def of(succeeded: int, failed: int) -> RunStats:
        return RunStats(total=succeeded + failed, succeeded=succeeded, failed=failed)

    said = {
        "a": of(1, 0),
        "b": of(490, 10),
        "c": of(3, 0),
        "d": of(0, 40),
        "e": of(0, 1),
        "f": of(40, 0),
        "g": of(1, 1),
    }
    picks = [picked(key, "1", stats=stats) for key, stats in said.items()]
    found = ranked([*picks, picked("z", "1")], "success", UNITS)[0]
    assert [pick.model.key.removeprefix("chat/") for pick in found] == ["b", "f", "c", "a", "g", "e", "d", "z"]
    shown = {pick.model.key.removeprefix("chat/"): (pick.success, pick.runs) for pick in found}
    assert (shown["a"], shown["b"]) == ((100.0, 1), (98.0, 500))
    assert [round(pick.surely, 4) for pick in picks[:3]] == [0.2065, 0.9636, 0.4385]


def test_of_equal_success_more_runs_come_first() -> None:
    few, many = (RunStats(total=total, succeeded=8, failed=2) for total in (10, 12))
    assert order([picked("a", "1", stats=few), picked("b", "1", stats=many)], "success") == ["b", "a"]


@pytest.mark.parametrize("by", ["cost", "time", "success", "name"])
def test_what_is_equal_is_in_the_order_of_keys(by: PickOrder) -> None:
    assert order([picked("b", "1"), picked("a", "1"), picked("c", "1")], by) == ["a", "b", "c"]


def test_reasons_are_counted_without_what_each_model_takes_instead() -> None:
    model = row(document())
    reasons = [
        Reason("size", "is not an input of this model; it takes prompt"),
        Reason(None, "no audio: makes video"),
        Reason("size", "is not an input of this model; it takes text, seed"),
        Reason("size", "is not an input of this model; nothing says what it takes"),
    ]
    groups = grouped(LeftOut(model, reason) for reason in reasons)
    assert [(group.input, group.message, len(group.models)) for group in groups] == [
        ("size", "is not an input of this model", 3),
        (None, "no audio", 1),
    ]
