"""Three values of each field: here, there, and there when somebody last looked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.document import ABSENT, Document, get, parse_field, with_value
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.media_cost import MediaCost
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.lock import Lock
from modeltui.domain.sync.choosing import Choice, all_ours, all_theirs, resolved, usual
from modeltui.domain.sync.entry import entry_of
from modeltui.domain.sync.merging import Base, Scope, judged, merged
from modeltui.domain.sync.sync_plan import Held, SyncPlan, Verdict
from modeltui.errors import RefusedError

CONTEXT = ("limits", "context")
NO_QUOTE = Quote()
WHOLE = Scope()


def entry(**said: Any) -> Listing:
    """What a registry says of a model: facts by field with dots, `quote`, `media`, `abilities`."""
    special = {name: said.pop(name) for name in ("quote", "media", "abilities") if name in said}
    return Listing(
        where="acme/m",
        provider="acme",
        model_ids=("m",),
        content_type="chat",
        name="M",
        facts={parse_field(name.replace("__", ".")): value for name, value in said.items()},
        **{"quote": NO_QUOTE, **special},
    )


def held(
    document: Document, listing: Listing, *, scope: Scope = WHOLE, lock: Lock | None = None
) -> tuple[Held, str | None]:
    mine = entry_of(document, "models_dev")
    return merged("chat/m", "acme/m", listing, document, mine, scope=scope, lock=lock, is_mapped=False)


def plan_of(document: Document, listing: Listing, **more: Any) -> SyncPlan:
    return SyncPlan(label="sync", source="models_dev", held=(held(document, listing, **more)[0],))


def verdicts(plan: SyncPlan) -> dict[str, str]:
    return {row.field: row.verdict.value for row in plan.rows}


def after(document: Document, plan: SyncPlan, choice: Choice) -> Document:
    """The document with what would be queued."""
    for edit in resolved(plan, choice, lambda *_: None).edits.get("chat/m", ()):
        document = with_value(document, edit.path, edit.new)
    return document


def seen(**values: Any) -> dict[str, Any]:
    return {"models_dev": {"id": "acme/m", "seen": {name.replace("__", "."): value for name, value in values.items()}}}


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "verdict"),
    [
        (1, 1, None, Verdict.SAME),
        (1, 1, 2, Verdict.SAME),
        (1, 2, None, Verdict.DIFFERS),
        (ABSENT, 2, None, Verdict.DIFFERS),
        (1, 2, 2, Verdict.KEPT),
        (ABSENT, 2, 2, Verdict.KEPT),
        (1, 2, 1, Verdict.TAKE),
        (ABSENT, 2, ABSENT, Verdict.TAKE),
        (1, 2, 3, Verdict.CONFLICT),
        (1, 2, ABSENT, Verdict.CONFLICT),
        (ABSENT, 2, 3, Verdict.CONFLICT),
    ],
)
def test_what_three_values_come_to(ours: Any, theirs: Any, base: Base, verdict: Verdict) -> None:
    assert judged(CONTEXT, ours, theirs, base) is verdict


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("cost.tokens.input", "1.50", "1.5"),
        ("modalities.input", ["text", "image"], ["image", "text"]),
        ("capabilities.reasoning", ABSENT, False),
        ("status", ABSENT, "active"),
        ("retires_on", date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_values_that_say_the_same_are_no_difference(field: str, left: Any, right: Any) -> None:
    assert judged(parse_field(field), left, right, None) is Verdict.SAME


def test_the_first_look_takes_nothing_and_notes_all() -> None:
    document = {"limits": {"context": 1000}}
    plan = plan_of(document, entry(limits__context=2000, limits__output_tokens=5, retires_on=date(2027, 1, 31)))
    assert verdicts(plan) == {
        "limits.context": "differs",
        "limits.output_tokens": "differs",
        "retires_on": "differs",
    }
    assert after(document, plan, usual(plan)) == {
        **document,
        "upstream": seen(limits__context=2000, limits__output_tokens=5, retires_on=date(2027, 1, 31)),
    }


def test_a_change_there_is_taken_and_a_decision_here_stays() -> None:
    document = {
        "limits": {"context": 1000, "rpm": 7},
        "upstream": seen(limits__context=1000, limits__rpm=60),
    }
    plan = plan_of(document, entry(limits__context=2000, limits__rpm=60))
    assert verdicts(plan) == {"limits.context": "take", "limits.rpm": "kept"}
    done = after(document, plan, usual(plan))
    assert done == {
        "limits": {"context": 2000, "rpm": 7},
        "upstream": seen(limits__context=2000, limits__rpm=60),
    }
    again = plan_of(done, entry(limits__context=2000, limits__rpm=60))
    assert verdicts(again) == {"limits.context": "same", "limits.rpm": "kept"}
    assert resolved(again, usual(again), lambda *_: None).edits == {}


def test_both_to_the_same_only_moves_what_was_seen() -> None:
    document = {"limits": {"context": 2000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__context=2000))
    assert verdicts(plan) == {"limits.context": "same"}
    assert after(document, plan, usual(plan)) == {**document, "upstream": seen(limits__context=2000)}


def test_a_conflict_waits_until_somebody_chooses() -> None:
    document = {"limits": {"context": 3000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__context=2000))
    assert [(row.verdict, row.ours, row.theirs, row.base) for row in plan.rows] == [("conflict", 3000, 2000, 1000)]
    assert after(document, plan, usual(plan)) == document
    theirs = after(document, plan, all_theirs(plan, with_kept=False))
    assert get(theirs, CONTEXT) == 2000
    ours = after(document, plan, all_ours(plan))
    assert ours == {**document, "upstream": seen(limits__context=2000)}
    assert verdicts(plan_of(ours, entry(limits__context=2000))) == {"limits.context": "kept"}


def test_what_is_not_picked_is_offered_again() -> None:
    document = {"limits": {"context": 1000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__context=2000))
    assert after(document, plan, Choice(frozenset())) == document


def test_what_was_kept_can_be_taken_after_all() -> None:
    document = {"limits": {"context": 3000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__context=1000))
    assert after(document, plan, all_theirs(plan, with_kept=False)) == document
    assert get(after(document, plan, all_theirs(plan, with_kept=True)), CONTEXT) == 1000


@pytest.mark.parametrize("pin", ["limits", "limits.context"])
def test_what_is_pinned_stays_and_is_told_of(pin: str) -> None:
    document = {"limits": {"context": 1000}, "upstream": {"pinned": [pin], **seen(limits__context=1000)}}
    plan = plan_of(document, entry(limits__context=2000))
    assert verdicts(plan) == {"limits.context": "pinned"}
    done = after(document, plan, all_theirs(plan, with_kept=True))
    assert done == {**document, "upstream": {"pinned": [pin], **seen(limits__context=2000)}}


def test_a_locked_model_is_told_of_and_nothing_of_it_written() -> None:
    document = {"limits": {"context": 1000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__context=2000), lock=Lock(by="ops"))
    assert verdicts(plan) == {"limits.context": "locked"}
    assert resolved(plan, all_theirs(plan, with_kept=True), lambda *_: None).edits == {}


def test_a_last_day_and_a_status_that_were_taken_back_go() -> None:
    document = {"retires_on": date(2027, 1, 1), "status": "beta"}
    document |= {"upstream": seen(retires_on=date(2027, 1, 1), status="beta", limits__context=1)}
    plan = plan_of(document, entry(limits__context=1))
    assert verdicts(plan) == {"limits.context": "kept", "retires_on": "take", "status": "take"}
    done = after(document, plan, usual(plan))
    assert done == {"upstream": seen(limits__context=1)}


def test_a_limit_that_is_not_told_any_more_has_not_changed() -> None:
    document = {"limits": {"context": 1000}, "upstream": seen(limits__context=1000)}
    plan = plan_of(document, entry(limits__rpm=5))
    assert verdicts(plan) == {"limits.rpm": "take"}
    assert get(after(document, plan, usual(plan)), ("upstream",)) == seen(limits__context=1000, limits__rpm=5)


def test_a_last_day_that_is_announced_later_is_taken() -> None:
    document = {"limits": {"context": 1}, "upstream": seen(limits__context=1)}
    plan = plan_of(document, entry(limits__context=1, retires_on=date(2027, 5, 1)))
    assert verdicts(plan) == {"limits.context": "same", "retires_on": "take"}


def test_only_some_kinds_says_nothing_of_the_others() -> None:
    document: Document = {"limits": {"context": 1000}, "released_on": date(2026, 1, 1)}
    theirs = entry(limits__context=2000, released_on=date(2026, 2, 2))
    plan = plan_of(document, theirs, scope=Scope(frozenset({"limit"})))
    assert verdicts(plan) == {"limits.context": "differs"}
    noted = after(document, plan, usual(plan))
    assert noted["upstream"]["models_dev"]["compared"] == ["limit"]
    assert verdicts(plan_of(noted, theirs)) == {"limits.context": "kept", "released_on": "differs"}
    whole = after(noted, plan_of(noted, theirs), Choice(frozenset()))
    assert "compared" not in whole["upstream"]["models_dev"]


def test_only_some_fields() -> None:
    document: Document = {"limits": {"context": 1000, "rpm": 1}}
    theirs = entry(limits__context=2000, limits__rpm=2)
    plan = plan_of(document, theirs, scope=Scope(frozenset(), frozenset({CONTEXT})))
    noted = after(document, plan, usual(plan))
    assert noted["upstream"] == {"models_dev": {"id": "acme/m", "compared": [], "seen": {"limits.context": 2000}}}
    assert verdicts(plan_of(noted, theirs)) == {"limits.context": "kept", "limits.rpm": "differs"}


def test_an_ability_that_is_denied_is_switched_off() -> None:
    document = {"capabilities": {"reasoning": True}, "upstream": seen(capabilities__reasoning=True)}
    plan = plan_of(document, entry(abilities={"reasoning": False, "tool_call": False}))
    assert verdicts(plan) == {"capabilities.reasoning": "take", "capabilities.tool_call": "same"}
    done = after(document, plan, usual(plan))
    assert done["capabilities"] == {"reasoning": False}
    assert done["upstream"]["models_dev"]["seen"] == {"capabilities.reasoning": False, "capabilities.tool_call": False}


# Prices

TOKENS = Quote(input=Decimal("1.5"), output=Decimal(6))


def test_prices_of_tokens_are_taken_and_the_estimate_follows() -> None:
    tokens = {"input": "1.00", "output": "6", "assume_input": 1000, "assume_output": 500}
    document = {
        "cost": {"currency": "USD", "base": "0.004", "tokens": tokens},
        "upstream": seen(cost__tokens__input="1", cost__tokens__output="6"),
    }
    plan = plan_of(document, entry(quote=TOKENS))
    assert verdicts(plan) == {"cost.tokens.input": "take", "cost.tokens.output": "same"}
    done = after(document, plan, usual(plan))
    assert done["cost"] == {"currency": "USD", "base": "0.0045", "tokens": {**tokens, "input": "1.5"}}


def test_a_base_that_is_no_estimate_is_left_alone() -> None:
    tokens = {"input": "1", "output": "6", "assume_input": 1000, "assume_output": 500}
    document = {
        "cost": {"currency": "USD", "base": "9", "tokens": tokens},
        "upstream": seen(cost__tokens__input="1", cost__tokens__output="6"),
    }
    plan = plan_of(document, entry(quote=TOKENS))
    assert after(document, plan, usual(plan))["cost"]["base"] == "9"


def test_a_rate_is_compared_in_its_own_unit() -> None:
    document: Document = {
        "cost": {"currency": "USD", "base": "3", "rate": {"per": "minute", "of": "media", "price": "3"}}
    }
    plan = plan_of(document, entry(quote=Quote(second=Decimal("0.05"))))
    assert verdicts(plan) == {"cost.rate.price": "same"}
    noted = after(document, plan, usual(plan))
    assert noted["upstream"]["models_dev"]["seen"] == {"cost.rate.price": "3", "cost.rate.per": "minute"}
    dearer = plan_of(noted, entry(quote=Quote(second=Decimal("0.06"))))
    assert [(row.verdict, row.theirs) for row in dearer.rows] == [("take", "3.6")]
    other = {**noted, "cost": {"currency": "USD", "base": "3", "rate": {"per": "hour", "of": "media", "price": "3"}}}
    assert verdicts(plan_of(other, entry(quote=Quote(second=Decimal("0.06"))))) == {"cost.rate.price": "differs"}


@pytest.mark.parametrize(
    ("cost", "quote", "why"),
    [
        ({"currency": "credits", "base": "5"}, Quote(run=Decimal(1)), "its price is in credits, theirs in USD"),
        ({"currency": "USD", "base": "5"}, TOKENS, "its price is for a run, theirs is not"),
        (
            {"currency": "USD", "base": "5", "multipliers": {"hd": {"true": "2"}}},
            Quote(run=Decimal(1)),
            "its price depends on inputs, by multipliers of its own",
        ),
    ],
)
def test_prices_that_cannot_be_held_against_each_other_are_said_so(cost: Any, quote: Quote, why: str) -> None:
    found, note = held({"cost": cost}, entry(quote=quote, limits__context=5))
    assert note == f"{why}; prices are not compared"
    assert [row.field for row in found.rows] == ["limits.context"]
    assert "price" not in found.whole


def test_tables_of_the_same_inputs_are_compared_price_by_price() -> None:
    def cost(small: str, large: str) -> dict[str, Any]:
        table = {"by": ["size"], "prices": {"1024x1024": small, "1024x1792": large}}
        return {"currency": "USD", "base": large, "times": ["n"], "table": table}

    document = {"cost": cost("0.04", "0.08")}
    noted = after(document, plan := plan_of(document, entry(media=MediaCost({}, cost("0.04", "0.08")))), usual(plan))
    dearer = plan_of(noted, entry(media=MediaCost({}, cost("0.05", "0.08"))))
    assert [(row.field, row.theirs) for row in dearer.rows if row.verdict is Verdict.TAKE] == [
        ("cost.table.prices.1024x1024", "0.05")
    ]
    assert after(noted, dearer, usual(dearer))["cost"] == cost("0.05", "0.08")


def test_what_is_charged_besides_is_compared_only_where_it_is_the_same() -> None:
    def cost(base: str, *of: str) -> dict[str, Any]:
        plus = [{"price": "0.01", "per": "image", "of": each} for each in of]
        return {"currency": "USD", "base": base, "times": ["n"], **({"plus": plus} if plus else {})}

    found, note = held({"cost": cost("1", "inputs.images")}, entry(media=MediaCost({}, cost("2", "inputs.images"))))
    assert ([row.field for row in found.rows], note) == (["cost.base", "cost.plus.0.price"], None)
    found, note = held({"cost": cost("1")}, entry(media=MediaCost({}, cost("2", "inputs.images"))))
    assert [row.field for row in found.rows] == ["cost.base"]
    assert note == "the items of cost.plus are others than theirs, and not compared"
    assert "price" in found.whole


def test_prices_of_large_requests_that_nobody_states_are_named() -> None:
    tokens = {"input": "1.5", "output": "6", "above": [{"tokens": 200_000, "input": "3"}]}
    _, note = held({"cost": {"currency": "USD", "base": "1", "tokens": tokens}}, entry(quote=TOKENS))
    assert note == "its prices of large requests are not compared"


def test_a_model_without_a_price_gets_a_whole_one() -> None:
    plan = plan_of({}, entry(quote=TOKENS))
    assert verdicts(plan) == {"cost.tokens.input": "differs", "cost.tokens.output": "differs"}
    assert after({}, plan, all_theirs(plan, with_kept=False))["cost"] == {
        "currency": "USD",
        "base": "0.0045",
        "tokens": {"input": "1.5", "output": "6", "assume_input": 1000, "assume_output": 500},
    }
    seconds = plan_of({}, entry(quote=Quote(second=Decimal("0.1"))))
    assert after({}, seconds, all_theirs(seconds, with_kept=False))["cost"] == {
        "currency": "USD",
        "base": "0.1",
        "rate": {"per": "second", "of": "media", "price": "0.1"},
    }


def test_a_model_that_cannot_take_it_is_refused() -> None:
    def check(key: str, *_: Any) -> None:
        raise RefusedError(f"{key} says no")

    plan = plan_of({"limits": {"context": 1}}, entry(limits__context=2))
    resolution = resolved(plan, usual(plan), check)
    assert (resolution.edits, resolution.refused["chat/m"].message) == ({}, "chat/m says no")
