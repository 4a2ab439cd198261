"""Three values of each field: here, there, and there when somebody last looked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.document import ABSENT, Document, get, parse_field
from modeltui.domain.lock import Lock
from modeltui.domain.sync.choosing import Choice, all_ours, all_theirs, resolved, usual
from modeltui.domain.sync.merging import Base, Scope, judged
from modeltui.domain.sync.sync_plan import Verdict
from modeltui.errors import RefusedError
from unit.domain.sync.ground import after, entry, held, plan_of, seen, verdicts

CONTEXT = ("limits", "context")


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


def test_a_model_that_cannot_take_it_is_refused() -> None:
    def check(key: str, *_: Any) -> None:
        raise RefusedError(f"{key} says no")

    plan = plan_of({"limits": {"context": 1}}, entry(limits__context=2))
    resolution = resolved(plan, usual(plan), check)
    assert (resolution.edits, resolution.refused["chat/m"].message) == ({}, "chat/m says no")


def test_what_is_said_and_cannot_be_read_is_not_taken_for_silence() -> None:
    document = {"retires_on": date(2027, 1, 1), "status": "beta", "limits": {"context": 5}}
    document |= {"upstream": seen(retires_on=date(2027, 1, 1), status="beta", limits__context=5)}
    theirs = replace(
        entry(limits__rpm=5),
        unread={("limits", "context"): "context is no whole number: much", ("cost",): "cost is no table"},
        vague={("retires_on",): "its deprecation_date is no day: 2027-05", ("status",): "its status is resting"},
    )
    plan = plan_of(document, theirs)
    assert verdicts(plan) == {"limits.rpm": "take"}
    assert len(held(document, theirs)[1]) == 4
    fresh = after({}, plan_of({}, theirs), Choice(frozenset()))
    assert fresh["upstream"]["models_dev"]["compared"] == ["modality", "capability", "release"]
    only = held(document, theirs, scope=Scope(frozenset({"limit"})))[1]
    assert only == ("theirs cannot be read: context is no whole number: much",)
