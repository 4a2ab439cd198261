"""Steps of a workflow that two people changed: each is known by its id."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import FieldPath, get
from modeltui.domain.merging.conflict import Conflict, FieldState, Sides, find_conflicts
from modeltui.domain.merging.list_places import place_in
from modeltui.domain.merging.merge import merged, with_edits
from modeltui.domain.pending.plan import make_plan
from unit.domain.test_conflict import AT, catalog

A, B, C = ({"id": name, "model": f"chat/{name}"} for name in "abc")
STEP: FieldPath = ("steps", 1, "model")


def steps(*given: Any, **more: Any) -> dict[str, Any]:
    return {"steps": list(given), **more}


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (steps(A, B, name="other"), STEP),
        (steps(C, A, B), ("steps", 2, "model")),
        (steps({**B, "model": "chat/x"}, A), ("steps", 0, "model")),
        (steps(A), None),
        (steps(A, {**B, "id": "b2"}), None),
        (steps(A, B, B), None),
        (steps(A, B, {"model": "chat/x"}), None),
        ({}, None),
        ({"steps": "none"}, None),
    ],
)
def test_a_step_is_found_by_its_id(theirs: dict[str, Any], found: FieldPath | None) -> None:
    assert place_in(STEP, steps(A, B), theirs) == found
    assert place_in(("name",), steps(A, B), theirs) == ("name",), "what is in no list is where it was"


def conflict_of(base: dict[str, Any], theirs: dict[str, Any], *edits: Edit) -> Conflict:
    change = Change(
        id="1", key="a", path="models/a.toml", action=Action.UPDATE, base="old", edits=edits, by="ada", at=AT
    )
    shown = catalog(a=theirs)
    plan = make_plan(shown, [change])
    (found,) = find_conflicts(plan.files.values(), shown, Sides({"a": base}, {}))
    return found


def test_an_edit_of_a_step_follows_it_to_another_place() -> None:
    found = conflict_of(steps(A, B), steps(C, A, B), Edit(STEP, "chat/b", "chat/new"))
    assert [(each.path, each.state) for each in found.fields] == [(("steps", 2, "model"), FieldState.CLEAN)]
    assert with_edits(steps(C, A, B), found.edits(mine=False)) == steps(C, A, {**B, "model": "chat/new"})


def test_a_step_that_both_changed_is_in_conflict_wherever_it_is() -> None:
    theirs = steps({**B, "model": "chat/theirs"}, A)
    found = conflict_of(steps(A, B), theirs, Edit(STEP, "chat/b", "chat/new"))
    assert [(each.path, each.state) for each in found.fields] == [(("steps", 0, "model"), FieldState.CONFLICT)]
    assert get(with_edits(theirs, found.edits(mine=True)), ("steps", 0, "model")) == "chat/new"


def test_mine_never_lands_on_another_step() -> None:
    """They took my step out: my value over theirs is my list, not the step that is in its place now."""
    mine = (Edit(("steps", 0, "model"), "chat/a", "chat/one"), Edit(STEP, "chat/b", "chat/two"))
    found = conflict_of(steps(A, B, C), steps(A, C), *mine)
    assert [(each.path, each.state) for each in found.fields] == [(("steps",), FieldState.CONFLICT)]
    after = with_edits(steps(A, C), found.edits(mine=True))
    assert after == steps({**A, "model": "chat/one"}, {**B, "model": "chat/two"}, C)


def test_a_merge_goes_into_steps_that_are_the_same_ones() -> None:
    base = steps(A, B)
    ours, theirs = steps({**A, "model": "chat/ours"}, B), steps(A, {**B, "inputs": {"prompt": "x"}})
    merge = merged(base, ours, theirs)
    assert merge.clashes == ()
    both = steps({**A, "model": "chat/ours"}, {**B, "inputs": {"prompt": "x"}})
    assert with_edits(ours, merge.into_ours) == with_edits(theirs, merge.into_theirs) == both
    clash = merged(base, steps({**A, "model": "x"}, B), steps({**A, "model": "y"}, B)).clashes
    assert [each.path for each in clash] == [("steps", 0, "model")]
    assert [each.path for each in merged(base, ours, steps(B, A)).clashes] == [("steps",)], "another order is one value"
