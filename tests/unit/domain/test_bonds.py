"""Which fields a merge takes from one side only, because none of them makes sense without the others."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import parse_field
from modeltui.domain.merging.bonds import Changed, bound
from modeltui.domain.merging.merge import merged, with_edits


def sets(ours: str, theirs: str) -> list[set[str]]:
    mine, other = ({parse_field(each) for each in side.split()} for side in (ours, theirs))
    changes = [Changed(path, path in mine, path in other) for path in sorted(mine | other)]
    return [{".".join(map(str, path)) for path in paths} for paths in bound(changes)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("cost.currency cost.base", "cost.round"),
        ("cost.base", "cost.currency"),
        ("cost.table", "cost.base"),
        ("cost.rate.per", "cost.rate.price"),
        ("cost.table.by", "cost.table.prices.x"),
        ("inputs.size.minimum", "inputs.size.default"),
        ("inputs.size.enum", "inputs.size.type"),
        ("rollout.percent", "rollout.deny"),
        ("poll.path", "poll.success"),
        ("poll.status", "poll.failure"),
        ("request.path", "request.body.prompt"),
        ("request.idempotent", "request.body.id"),
        ("request.cost", "request.cost_currency"),
        ("result.kind", "result.select"),
        ("result.cost_factor", "result.cost"),
        ("cancel.path", "cancel.method"),
        ("provider", "request.path"),
        ("provider model_id", "poll.success"),
        ("status", "retires_on"),
        ("verified_on", "source"),
        ("limits.min_media_seconds", "limits.max_media_seconds"),
        ("upstream.litellm.id", "upstream.litellm.seen"),
        ("base_url", "auth.env"),
        ("hosts", "headers.key"),
        ("errors.code", "errors.money"),
    ],
)
def test_these_come_from_one_side(ours: str, theirs: str) -> None:
    together = {*ours.split(), *theirs.split()}
    assert sets(ours, theirs) == sets(theirs, ours) == [together]
    assert not sets(f"{ours} {theirs}", ""), "one side may change as many as it likes"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("cost.base", "cost.multipliers.size.large"),
        ("cost.base", "cost.minimum"),
        ("cost.currency", "order"),
        ("cost.rate.price", "cost.rate.max"),
        ("inputs.size.minimum", "inputs.size.title"),
        ("inputs.size.minimum", "inputs.other.maximum"),
        ("request.body.a", "request.body.b"),
        ("request.path", "request.timeout_s"),
        ("request.path", "request.cost"),
        ("poll.path", "poll.interval_s"),
        ("retires_on", "replaced_by"),
        ("model_id", "request.path"),
        ("limits.context", "limits.output_tokens"),
        ("name", "order"),
        ("cost", "timing.estimated_seconds"),
    ],
)
def test_these_merge_each_for_itself(ours: str, theirs: str) -> None:
    assert not sets(ours, theirs)


def test_sets_that_share_a_field_are_one() -> None:
    found = sets("cost.currency cost.rate.per", "cost.rate.price cost.base")
    assert found == [{"cost.currency", "cost.rate.per", "cost.rate.price", "cost.base"}]
    assert len(sets("cost.currency rollout.percent", "cost.base rollout.salt")) == 2


BASE: dict[str, Any] = {"order": 1, "cost": {"currency": "credits", "base": "60", "round": "up:0"}}
OURS: dict[str, Any] = {"order": 1, "cost": {"currency": "USD", "base": "0.3", "round": "up:0"}}
THEIRS: dict[str, Any] = {"order": 2, "cost": {"currency": "credits", "base": "55", "round": "up:0"}}


def test_a_price_is_not_merged_with_another_currency() -> None:
    found = merged(BASE, OURS, THEIRS)
    assert [clash.path for clash in found.clashes] == [("cost", "currency"), ("cost", "base")]
    assert found.clashes[0].why == "taken only together with cost.base"
    assert found.clashes[0].together == (("cost", "currency"), ("cost", "base"))
    assert with_edits(OURS, found.into_ours) == {**OURS, "order": 2}, "ours, with what is in no conflict"


def test_all_of_them_are_taken_from_the_side_that_is_chosen() -> None:
    found = merged(BASE, OURS, THEIRS, lambda _: "theirs")
    assert with_edits(OURS, found.into_ours) == THEIRS
    halves = merged(BASE, OURS, THEIRS, lambda path: "theirs" if path[-1] == "base" else None)
    assert len(halves.clashes) == 2, "a word for some of them decides nothing here"


def test_what_both_changed_alike_binds_nothing() -> None:
    alike = {**BASE, "cost": {**BASE["cost"], "currency": "USD"}}
    ours, theirs = ({**alike, "cost": {**alike["cost"], **more}} for more in ({"base": "1"}, {"round": "up:2"}))
    assert not merged(BASE, ours, theirs).clashes


def test_a_step_of_a_workflow_has_the_inputs_of_its_model() -> None:
    step = {"id": "a", "model": "chat/a", "inputs": {"prompt": "x"}}
    base, ours, theirs = (
        {"steps": [{**step, **more}]} for more in ({}, {"model": "chat/b"}, {"inputs": {"prompt": "x", "size": 1}})
    )
    found = merged(base, ours, theirs)
    assert [clash.path for clash in found.clashes] == [("steps", 0, "model"), ("steps", 0, "inputs", "size")]
