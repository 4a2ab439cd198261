"""Rows, counts, completion and jumps on a catalogue of files."""

from __future__ import annotations

import pytest

from modeltui.errors import QueryError, UsageError
from modeltui.services.workspace import Workspace


def test_rows_are_grouped_and_sorted_within(workspace: Workspace) -> None:
    rows = workspace.browsing.rows("", "-name", "provider")
    assert [group.title for group in rows.groups] == ["sandbox"]
    assert [row.name for row in rows.models] == sorted((row.name or "" for row in rows.models), reverse=True)
    assert workspace.browsing.rows("", "", "").groups == ()
    with pytest.raises(QueryError):
        workspace.browsing.rows("cost<x")


def test_a_facet_counts_as_if_its_own_field_were_not_chosen(workspace: Workspace) -> None:
    lock, provider = workspace.browsing.facets("lock:yes", ["lock", "provider"])
    assert {value.label: (value.count, value.is_chosen) for value in lock.values} == {
        "no": (3, False),
        "yes": (1, True),
    }
    assert [(value.label, value.count) for value in provider.values] == [("sandbox", 1)]
    with pytest.raises(UsageError):
        workspace.browsing.facets("", ["nonsense"])


def test_values_are_completed_from_what_the_rest_of_the_query_leaves(workspace: Workspace) -> None:
    found = workspace.browsing.completion("lock:yes tag:te", 15)
    assert [(each.text, each.note) for each in found.candidates] == [("test", "1")]
    assert (found.start, found.end) == (13, 15)
    broken = workspace.browsing.completion("cost<x tag:te", 13)
    assert [each.note for each in broken.candidates] == ["4"], "a mistake elsewhere does not stop it"
    assert workspace.browsing.completion("", 0).candidates == ()


def test_a_jump_finds_by_name_and_by_key(workspace: Workspace) -> None:
    rows = workspace.browsing.rows("").models
    assert [row.key for row in workspace.browsing.nearest("chheld", rows, 5)] == ["chat/held"]
    assert workspace.browsing.nearest("mdlb", rows, 1)[0].key == "chat/b"
    assert len(workspace.browsing.nearest(" ", rows, 2)) == 2
