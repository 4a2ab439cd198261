"""The queue goes back and forth by deltas; the plan is what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import ABSENT, FieldPath
from modeltui.domain.model import model_of
from modeltui.domain.pending.plan import make_plan, pending_document
from modeltui.domain.pending.queue import Queue, Step

AT = datetime(2026, 11, 20, tzinfo=UTC)


def change(number: int, *edits: tuple[FieldPath, Any, Any], key: str = "chat/a", **more: Any) -> Change:
    values: dict[str, Any] = {"action": Action.UPDATE, "base": "d1", "by": "alice", "at": AT} | more
    made = tuple(Edit(path, old, new) for path, old, new in edits)
    return Change(id=f"{number:04d}", key=key, path=f"models/{key}.toml", edits=made, **values)


def catalog(document: dict[str, Any], digest: str = "d1", key: str = "chat/a") -> Catalog:
    model = model_of(key, f"models/{key}.toml", digest, document)
    return Catalog("/catalog", {key: model}, {key: document})


ON, OFF = (("active",), True, False), (("active",), False, True)


def test_undo_and_redo_go_back_and_forth() -> None:
    first, second = change(1, ON), change(2, OFF, key="chat/b")
    queue = Queue().take(Step("disable", (first,))).take(Step("enable", (second,)))
    assert queue.changes == (first, second)
    assert queue.undo().changes == (first,)
    assert queue.undo().undo().changes == ()
    assert queue.undo().undo().redo().redo().changes == queue.changes
    assert Queue().undo() == Queue().redo() == Queue()


def test_a_new_step_forgets_what_was_undone() -> None:
    queue = Queue().take(Step("a", (change(1, ON),))).undo().take(Step("b", (change(2, ON),)))
    assert queue.redo() == queue


def test_a_drop_can_be_undone_in_place() -> None:
    changes = tuple(change(n, ON, key=f"chat/{n}") for n in range(3))
    queue = Queue().take(Step("all", changes)).take(Step("drop", removed=(changes[1],)))
    assert queue.changes == (changes[0], changes[2])
    assert queue.undo().changes == changes


def test_what_was_applied_does_not_come_back() -> None:
    first, second = change(1, ON), change(2, ON, key="chat/b")
    queue = Queue().take(Step("a", (first,))).take(Step("b", (second,))).undo().settled({"0001"})
    assert queue.changes == ()
    assert queue.undo() == queue
    assert queue.redo().changes == (second,)


def test_an_apply_of_all_that_waits_is_a_floor_for_undo() -> None:
    old, new, later = change(1, ON), change(2, ON, key="chat/b"), change(3, OFF, key="chat/b")
    queue = Queue().take(Step("a", (old,))).take(Step("drop", removed=(old,))).take(Step("b", (new,)))
    assert queue.no_undo == "nothing to undo"
    queue = queue.settled({"0002"})
    assert (queue.changes, queue.done, queue.undo()) == ((), (), queue)
    assert "modeltui rollback APPLY" in queue.no_undo
    after = queue.take(Step("c", (later,)))
    assert after.undo().changes == ()
    assert after.undo().undo() == after.undo()
    assert after.undo().redo() == after
    assert after.undo().no_undo == queue.no_undo


def test_an_apply_of_a_part_leaves_the_steps_of_other_models() -> None:
    first, more, other = change(1, ON), change(2, (("order",), 1, 2)), change(3, ON, key="chat/b")
    queue = Queue().take(Step("both", (first, other))).take(Step("drop", removed=(first,))).take(Step("more", (more,)))
    queue = queue.settled({"0002"})
    assert queue.changes == (other,)
    assert queue.done == (Step("both", (other,)),), "of the applied model nothing is undone: it was made on old bytes"
    assert queue.undo().changes == ()
    assert queue.undo().redo() == queue


def test_what_was_undone_of_an_applied_model_is_not_done_again() -> None:
    first, second, other = change(1, ON), change(2, (("order",), 1, 2)), change(3, ON, key="chat/b")
    queue = Queue().take(Step("a", (first,))).take(Step("b", (other,))).take(Step("c", (second,))).undo().undo()
    assert queue.settled({"0001"}).redo().changes == (other,)
    assert queue.settled({"0001"}).redo().redo().changes == (other,)


def test_an_apply_of_nothing_that_waits_is_no_floor() -> None:
    queue = Queue().take(Step("a", (change(1, ON),)))
    assert queue.settled({"0009"}) is queue


@given(st.lists(st.sampled_from(["take", "undo", "redo", "drop"]), max_size=30))
def test_any_walk_can_be_undone_to_the_start_and_redone_to_the_end(walk: Sequence[str]) -> None:
    queue, number = Queue(), 0
    for step in walk:
        if step == "take":
            number += 1
            queue = queue.take(Step("t", (change(number, ON, key=f"chat/{number}"),)))
        elif step == "drop" and queue.changes:
            queue = queue.take(Step("d", removed=queue.changes[:1]))
        elif step in {"undo", "redo"}:
            queue = getattr(queue, step)()
    end = queue
    while queue.done:
        queue = queue.undo()
    assert queue.changes == ()
    while queue.undone and len(queue.done) < len(end.done):
        queue = queue.redo()
    assert queue.changes == end.changes


def test_edits_of_one_field_fold_into_one() -> None:
    plan = make_plan(catalog({"order": 1}), [change(1, (("order",), 1, 2)), change(2, (("order",), 2, 3))])
    assert plan.files["chat/a"].edits == (Edit(("order",), 1, 3),)


def test_a_field_set_back_is_no_change() -> None:
    assert make_plan(catalog({"active": True}), [change(1, ON), change(2, OFF)]).files == {}


def test_an_edit_of_a_table_takes_over_those_inside_it() -> None:
    edits = [
        change(1, (("lock", "by"), "alice", "bob")),
        change(2, (("lock",), {"locked": True, "by": "bob"}, ABSENT)),
    ]
    plan = make_plan(catalog({"lock": {"locked": True, "by": "alice"}}), edits)
    assert plan.files["chat/a"].edits == (Edit(("lock",), {"locked": True, "by": "alice"}, ABSENT),)


def test_create_then_delete_is_nothing_and_delete_wins() -> None:
    made = change(1, action=Action.CREATE, base=None, text="a = 1\n", key="chat/new")
    gone = change(2, action=Action.DELETE, base=None, key="chat/new")
    assert make_plan(catalog({}), [made, gone]).files == {}
    deleted = make_plan(catalog({"active": True}), [change(1, ON), change(2, action=Action.DELETE)])
    assert deleted.files["chat/a"].action is Action.DELETE
    assert deleted.files["chat/a"].edits == ()


@pytest.mark.parametrize(
    ("document", "digest", "edit", "problem", "is_stale"),
    [
        ({"active": True}, "d1", ON, None, False),
        ({"active": True}, "d2", ON, "the file changed since the edit was queued", True),
        ({"active": True, "lock": {"locked": True}}, "d1", ON, "locked; unlock it and apply that first", False),
        ({"lock": {"locked": True}}, "d1", (("lock",), {"locked": True}, ABSENT), None, False),
    ],
)
def test_problems(
    document: dict[str, Any], digest: str, edit: tuple[FieldPath, Any, Any], problem: str | None, is_stale: bool
) -> None:
    file = make_plan(catalog(document, digest), [change(1, edit)]).files["chat/a"]
    assert (file.problem, file.is_stale) == (problem, is_stale)


def test_a_missing_file_and_a_taken_name_are_stale() -> None:
    gone = make_plan(catalog({}), [change(1, ON, key="chat/gone")]).files["chat/gone"]
    assert gone.is_stale
    taken = make_plan(catalog({}), [change(1, action=Action.CREATE, base=None, text="")]).files["chat/a"]
    assert taken.is_stale


def test_the_pending_document() -> None:
    shown = catalog({"active": True, "poll": {"interval_s": 5}})
    plan = make_plan(shown, [change(1, ON), change(2, (("poll", "interval_s"), 5, 9))])
    assert pending_document(plan, shown, "chat/a") == {"active": False, "poll": {"interval_s": 9}}
    assert shown.documents["chat/a"]["active"] is True


def test_changes_and_steps_are_found_by_model() -> None:
    first, second, third = change(1, ON), change(2, OFF, key="chat/b"), change(3, OFF)
    queue = Queue().take(Step("all", (first, second))).take(Step("back", (third,), (first,)))
    assert queue.of("chat/a") == (third,)
    assert [step.label for step in queue.steps_of("chat/a")] == ["all", "back"]
    assert [step.label for step in queue.steps_of("chat/b")] == ["all"]
    assert queue.undo().of("chat/a") == (first,)
    assert not queue.of("chat/c")
    assert not queue.steps_of("chat/c")
