"""Whatever is set and taken away, in whatever order: what is left of it says the same, and can be taken back."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, get, same, with_value
from modeltui.domain.pending.plan import fold

NAMES = st.sampled_from("ab")
SCALARS = st.integers(0, 2)
TABLES = st.recursive(SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=2), max_leaves=4)
DOCUMENTS = st.dictionaries(NAMES, TABLES, max_size=2)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
STEPS = st.lists(st.tuples(PATHS, TABLES | st.just(ABSENT)), max_size=6)


def made(document: Document, steps: list[tuple[FieldPath, Any]]) -> tuple[list[Edit], Document]:
    """The edits as they are queued one after the other, and what they make of the document."""
    edits: list[Edit] = []
    for path, value in steps:
        if all(isinstance(get(document, path[:depth]), dict | type(ABSENT)) for depth in range(1, len(path))):
            edits.append(Edit(path, get(document, path), value))
            document = with_value(document, path, value)
    return edits, document


def after(document: Document, edits: tuple[Edit, ...], *, is_back: bool = False) -> Document:
    for edit in edits:
        document = with_value(document, edit.path, edit.old if is_back else edit.new)
    return document


def full(value: Any) -> Any:
    """Without the tables that hold nothing: to set a field makes them, and a roll-back takes them away."""
    if not isinstance(value, dict):
        return value
    return {key: each for key, part in value.items() if (each := full(part)) != {}}


@given(DOCUMENTS, STEPS)
def test_the_net_edits_say_the_same_and_lead_back(before: dict[str, Any], steps: list[tuple[FieldPath, Any]]) -> None:
    edits, wanted = made(before, steps)
    net = fold(edits, lambda: before)
    assert same(full(after(before, net)), full(wanted))
    assert all(same(edit.old, get(before, edit.path)) for edit in net)
    for one, other in combinations((edit.path for edit in net), 2):
        depth = min(len(one), len(other))
        assert one[:depth] != other[:depth], "no two of them touch the same value"
    assert same(full(after(wanted, net, is_back=True)), full(before))


@given(DOCUMENTS, STEPS)
def test_without_the_file_it_is_the_same_but_for_empty_tables(
    before: dict[str, Any], steps: list[tuple[FieldPath, Any]]
) -> None:
    edits, wanted = made(before, steps)
    net = fold(edits)
    assert same(full(after(before, net)), full(wanted))
    assert same(full(after(wanted, net, is_back=True)), full(before))
