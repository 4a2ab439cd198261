"""A model file while it is edited: its rows, what changed, what is wrong, what may be added and removed."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import ABSENT, with_value
from modeltui.domain.form import Form, FormSteps, addable, is_named_by_file, moved, purpose_of, start_value
from modeltui.domain.form_rows import GENERAL, FormRow, rows_of
from modeltui.errors import InvalidValueError

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "uid": "00000000-0000-4000-8000-000000000001",
    "model_id": "m",
    "name": "M",
    "provider": "acme",
    "content_type": "chat",
    "tags": ["a"],
    "timing": {"estimated_seconds": 3},
    "inputs": {"prompt": {"type": "string", "required": True}, "size": {"type": "integer", "minimum": 1}},
    "rules": [{"message": "say it", "require": ["prompt"]}],
    "request": {"path": "/run", "body": {"prompt": "${inputs.prompt}", "size": "${inputs.size}"}},
    "result": {"kind": "text", "select": "text"},
    "cost": {"currency": "credits", "base": "1"},
}


def form(document: dict[str, Any] = DOCUMENT) -> Form:
    return Form("models/chat/m.toml", document, document)


def keys(rows: list[FormRow]) -> list[str]:
    return [row.key for row in rows]


def row(made: Form, key: str) -> FormRow:
    return next(each for each in rows_of(made, {GENERAL}, "", with_absent=False) if each.key == key)


def test_tables_fold_and_single_fields_come_first() -> None:
    assert keys(rows_of(form(), ())) == ["", "timing", "inputs", "rules", "request", "result", "cost"]
    opened = keys(rows_of(form(), {GENERAL, "inputs", "inputs.size", "rules", "rules.0"}))
    assert opened[:8] == ["", "schema", "uid", "model_id", "name", "provider", "content_type", "tags"]
    assert "inputs.size.minimum" in opened
    assert "rules.0.message" in opened
    assert "request.path" not in opened


def test_a_query_finds_values_names_and_what_could_be_there() -> None:
    assert keys(rows_of(form(), (), "rpm")) == ["limits", "limits.rpm"]
    assert keys(rows_of(form(), (), "credits")) == ["cost", "cost.currency"]
    assert keys(rows_of(form(), (), "retires")) == ["", "retires_on"]
    assert keys(rows_of(form(), (), "size min")) == [
        "inputs",
        "inputs.size",
        "inputs.size.minimum",
        "inputs.size.min_length",
        "inputs.size.min_items",
    ]
    assert rows_of(form(), (), "nothing of that name") == []


def test_what_is_not_there_is_shown_when_asked_for_or_needed() -> None:
    assert "description" in keys(rows_of(form(), {GENERAL}, with_absent=True))
    made = form().with_value(("poll",), {})
    shown = {each.key: each for each in rows_of(made, {"poll"})}
    assert shown["poll.status"].value is ABSENT
    assert shown["poll.success"].problem is not None
    assert "poll.interval_s" not in shown


def test_changes_are_marked_and_only_those_are_there() -> None:
    made = form().with_value(("name",), "N").with_value(("limits", "rpm"), 5).without(("tags",))
    assert [(path, new) for path, _, new in made.changes] == [
        (("name",), "N"),
        (("tags",), ABSENT),
        (("limits",), {"rpm": 5}),
    ]
    assert row(made, "name").is_changed
    assert (row(made, "tags").value, row(made, "tags").before) == (ABSENT, ["a"])
    assert not row(made, "provider").is_changed
    assert made.restored(("name",)).restored(("tags",)).restored(("limits",)).changes == ()


def test_faults_are_at_their_fields_and_old_ones_do_not_count() -> None:
    made = form().with_value(("inputs", "size", "maximum"), 0)
    (fault,) = made.new_faults
    assert (fault.field, made.path_of(fault)) == ("inputs.size.minimum", ("inputs", "size", "minimum"))
    assert next(each for each in rows_of(made, ()) if each.key == "inputs").problems_inside == 1
    odd = with_value(DOCUMENT, ("odd",), 1)
    assert form(odd).new_faults == ()
    assert form(odd).problems["odd"].code == "unknown-key"
    rule = form().with_value(("rules", 0, "require"), ["nobody"])
    assert rule.path_of(rule.new_faults[0])[:2] == ("rules", 0)


def test_what_every_table_needs_is_not_removed() -> None:
    for path in (("name",), ("cost", "base"), ("rules", 0, "message"), ("inputs", "size", "type")):
        with pytest.raises(InvalidValueError, match="is needed"):
            form().without(path)
    assert form().without(("inputs", "size")).document["inputs"].keys() == {"prompt"}
    assert form().without(("rules", 0)).document["rules"] == []


def test_a_new_table_goes_with_its_last_field() -> None:
    assert form().with_value(("limits", "rpm"), 5).without(("limits", "rpm")).changes == ()
    assert form().without(("timing", "estimated_seconds")).document["timing"] == {}


def test_entries_are_added_at_the_end() -> None:
    assert form().with_entry(("tags",), "b").document["tags"] == ["a", "b"]
    assert form().with_entry(("keys",), "K").document["keys"] == ["K"]


def test_what_may_be_added_and_how_it_begins() -> None:
    assert "poll" in addable(form(), ())
    assert "name" not in addable(form(), ())
    assert "maximum" in addable(form(), ("inputs", "size"))
    assert is_named_by_file(("inputs",))
    assert is_named_by_file(("request", "body"))
    assert not is_named_by_file(("cost",))
    assert not is_named_by_file(("rules",))
    assert start_value(("inputs", "x")) == {"type": "string"}
    assert start_value(("active",)) is True
    assert start_value(("cost", "minimum")) is ABSENT
    assert purpose_of(("inputs", "x", "required")).startswith("The caller must give it.")
    assert purpose_of(("limits",)).startswith("What one request may hold")


def test_undo_and_redo_go_through_the_forms() -> None:
    first = form()
    second, third = first.with_value(("name",), "N"), first.with_value(("name",), "O")
    steps = FormSteps(first).took(second).took(third)
    assert steps.back().now is second
    assert steps.back().back().back().now is first
    assert steps.back().again().now is third
    assert steps.back().took(first).undone == ()


def test_changes_move_onto_the_file_as_it_is_now() -> None:
    made = form().with_value(("name",), "N").with_value(("timing", "estimated_seconds"), 9)
    onto = form(with_value(DOCUMENT, ("cost", "base"), "7"))
    assert [(path, new) for path, _, new in moved(made, onto).changes] == [
        (("name",), "N"),
        (("timing", "estimated_seconds"), 9),
    ]
    odd = form(with_value(DOCUMENT, ("timing",), 3))
    assert [path for path, _, _ in moved(made, odd).changes] == [("name",)]


def test_other_models_with_other_values_are_told() -> None:
    made = Form("models/chat/m.toml", DOCUMENT, DOCUMENT, (with_value(DOCUMENT, ("cost", "base"), "2"),))
    assert made.varies(("cost", "base"))
    assert not made.varies(("cost", "currency"))
