"""A plan as text and back: nothing is lost, and nothing else is read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, same
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.pending.plan_file import parsed_plan, plan_text
from modeltui.domain.text import safe
from modeltui.errors import RefusedError

_SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from([date(2026, 1, 31), time(1, 2, 3, 4), datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 1)])  # noqa: DTZ001  # TOML has local times
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
_PATHS = st.tuples(st.text()) | st.tuples(st.text(), st.text() | st.integers(0, 9))
_EDITS = st.builds(Edit, _PATHS, _VALUES | st.just(ABSENT), _VALUES | st.just(ABSENT))


def planned(**more: Any) -> PlannedFile:
    values: dict[str, Any] = {
        "key": "chat/a",
        "path": "models/chat/a.toml",
        "action": Action.UPDATE,
        "base": "d1",
        "edits": (Edit(("active",), True, False),),
        "text": None,
        "change_ids": ("1",),
        "by": "alice",
        "at": datetime(2026, 11, 20, tzinfo=UTC),
    }
    return PlannedFile(**(values | more))


def text_of(*files: PlannedFile) -> str:
    return plan_text(Plan({file.key: file for file in files}), "catalogue", "alice")


@given(st.lists(_EDITS, min_size=1, max_size=4), st.none() | st.text())
def test_every_edit_and_text_comes_back_as_it_was(edits: list[Edit], text: str | None) -> None:
    [entry] = parsed_plan(text_of(planned(edits=tuple(edits), text=text)).encode()).entries
    assert entry.text == text
    for came, went in zip(entry.edits, edits, strict=True):
        assert came.path == went.path
        assert same(came.old, went.old)
        assert same(came.new, went.new)


@given(st.text(min_size=1))
def test_the_text_is_safe_to_look_at(name: str) -> None:
    text = text_of(planned(edits=(Edit(("name",), name, ABSENT),)))
    assert safe(text, keep="\n") == text


def test_who_and_when_and_each_kind_of_file() -> None:
    new = planned(key="chat/b", action=Action.CREATE, base=None, edits=(), text='a = 1\r\nb = "x"')
    gone = planned(key="chat/c", action=Action.DELETE, edits=(), at=datetime(2026, 11, 21, tzinfo=UTC))
    found = parsed_plan(text_of(planned(), new, gone).encode())
    assert (found.catalog, found.by, found.at) == ("catalogue", "alice", datetime(2026, 11, 21, tzinfo=UTC))
    assert [entry.action for entry in found.entries] == [Action.UPDATE, Action.CREATE, Action.DELETE]
    assert found.entries[1].text == 'a = 1\r\nb = "x"'


def test_a_new_text_is_a_line_of_json_for_each_of_its_lines() -> None:
    lines = text_of(planned(edits=(), text="a = 1\nb = 2\n")).splitlines()
    assert [line.strip() for line in lines if "= " in line] == ['"a = 1\\n",', '"b = 2\\n"']


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["key", "path", "action", "base", "edits", "text", "extra"]), _JSON)
def test_whatever_a_member_holds_it_is_read_or_refused(member: str, value: Any) -> None:
    document = json.loads(text_of(planned()))
    document["files"][0][member] = value
    try:
        found = parsed_plan(json.dumps(document).encode())
    except RefusedError:
        return
    assert member != "extra"
    assert len(found.entries) == 1


@pytest.mark.parametrize("levels", [63, 64, 200, 5_000])
def test_values_are_no_deeper_than_in_a_file(levels: int) -> None:
    text = text_of(planned()).replace('"new": false', f'"new": {"[" * levels}{"]" * levels}')
    if levels > 64:
        with pytest.raises(RefusedError):
            parsed_plan(text.encode())
    else:
        assert parsed_plan(text.encode()).entries
