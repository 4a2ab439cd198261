"""Three sides of a field: which state it has, for every way in which the sides can differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import ABSENT, FieldPath, get, same, with_value
from modeltui.domain.merging.conflict import Conflict, Fate, Sides, find_conflicts
from modeltui.domain.model import model_of
from modeltui.domain.pending.plan import make_plan

AT = datetime(2026, 11, 20, tzinfo=UTC)
NOTHING = Sides({}, {})
VALUES = st.sampled_from([ABSENT, 1, 1.0, True, "1", [1], {"x": 1}, {}])


def catalog(**documents: dict[str, Any]) -> Catalog:
    models = {key: model_of(key, f"models/{key}.toml", f"digest of {key}", each) for key, each in documents.items()}
    return Catalog("/catalog", models, documents)


def conflicts(shown: Catalog, *edits: Edit, sides: Sides = NOTHING, **more: Any) -> tuple[Conflict, ...]:
    values: dict[str, Any] = {"key": "a", "action": Action.UPDATE, "base": "old", "by": "alice", "at": AT} | more
    change = Change(id="1", path=f"models/{values['key']}.toml", edits=edits, **values)
    return find_conflicts(make_plan(shown, [change]).files.values(), shown, sides)


def of_field(base: Any, theirs: Any, mine: Any, path: FieldPath = ("f",)) -> Conflict:
    document: dict[str, Any] = {} if theirs is ABSENT else with_value({}, path, theirs)
    [conflict] = conflicts(catalog(a=document), Edit(path, base, mine))
    return conflict


@given(VALUES, VALUES, VALUES)
def test_the_state_of_a_field_and_what_a_rebase_does_to_it(base: Any, theirs: Any, mine: Any) -> None:
    if same(base, mine):
        return
    conflict = of_field(base, theirs, mine)
    [field] = conflict.fields
    expected = "same" if same(theirs, mine) else "clean" if same(theirs, base) else "conflict"
    assert field.state.value == expected
    assert len(conflict.edits(mine=False)) == (expected == "clean")
    after: Any = {} if theirs is ABSENT else {"f": theirs}
    for edit in conflict.edits(mine=True):
        assert same(edit.old, theirs)
        after = with_value(after, edit.path, edit.new)
    assert same(get(after, ("f",)), mine), "mine is what there is in the end"


def test_a_file_that_did_not_change_is_no_conflict() -> None:
    assert conflicts(catalog(a={"f": 1}), Edit(("f",), 1, 2), base="digest of a") == ()


def test_a_position_in_a_list_is_never_clean() -> None:
    [conflict] = conflicts(catalog(a={"f": [1, 2]}), Edit(("f", 0), 1, 9))
    assert [field.state.value for field in conflict.fields] == ["conflict"]


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "state"),
    [
        (ABSENT, {"locked": True, "by": "bob"}, {"locked": True, "by": "me"}, "same"),
        (ABSENT, ABSENT, {"locked": True, "by": "me"}, "clean"),
        ({"locked": True, "by": "ops"}, {"locked": True, "by": "bob"}, ABSENT, "conflict"),
        ({"locked": True, "by": "ops"}, ABSENT, ABSENT, "same"),
        (ABSENT, {"locked": False}, {"locked": True, "by": "me"}, "conflict"),
    ],
)
def test_a_lock_is_one_field(base: Any, theirs: Any, mine: Any, state: str) -> None:
    conflict = of_field(base, theirs, mine, ("lock",))
    assert (conflict.fields[0].state.value, conflict.lock) == (state, None)


def test_their_lock_holds_against_an_edit() -> None:
    [conflict] = conflicts(catalog(a={"f": 1, "lock": {"locked": True, "by": "bob"}}), Edit(("f",), 1, 2))
    assert str(conflict.lock) == "locked by bob"
    assert conflict.problem.endswith(", and is locked by bob")


@pytest.mark.parametrize(
    ("documents", "base", "fate", "moved_to"),
    [
        ({"a": {"uid": "u"}}, {"uid": "u"}, Fate.CHANGED, None),
        ({"a": {"uid": "other"}}, {"uid": "u"}, Fate.REPLACED, None),
        ({"a": {"uid": "other"}, "b": {"uid": "U"}}, {"uid": "u"}, Fate.REPLACED, "b"),
        ({"b": {"uid": "U"}}, {"uid": "u"}, Fate.MOVED, "b"),
        ({"b": {"uid": "other"}}, {"uid": "u"}, Fate.GONE, None),
        ({"b": {"uid": "u"}}, None, Fate.GONE, None),
    ],
)
def test_what_became_of_the_file(
    documents: dict[str, Any], base: dict[str, Any] | None, fate: Fate, moved_to: str | None
) -> None:
    sides = Sides({} if base is None else {"a": base}, {})
    [conflict] = conflicts(catalog(**documents), Edit(("f",), ABSENT, 1), sides=sides)
    assert (conflict.fate, conflict.moved_to) == (fate, moved_to)


def test_the_same_bytes_under_another_key_are_the_file_that_moved() -> None:
    [conflict] = conflicts(catalog(b={"uid": "u", "f": 1}), Edit(("f",), 1, 2), base="digest of b")
    assert (conflict.fate, conflict.moved_to) == (Fate.MOVED, "b")
    assert conflict.edits(mine=False) == (Edit(("f",), 1, 2),)


def test_a_copy_of_the_old_file_is_no_move() -> None:
    shown = catalog(a={"uid": "u", "f": 5}, b={"uid": "u", "f": 1})
    [conflict] = conflicts(shown, Edit(("f",), 1, 2), base="digest of b")
    assert (conflict.fate, conflict.moved_to) == (Fate.CHANGED, None)
