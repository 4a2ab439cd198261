"""Fields merge by what they say; comments as far as that is sound; a lock is never broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.document import Document, same
from modeltui.domain.lock_text import lock_digest
from modeltui.domain.merging.merge import Take, merged, with_edits
from modeltui.errors import BrokenFileError
from modeltui.history.text_merge import clean_lines
from modeltui.storage.toml import codec
from modeltui.storage.toml.merging import TextMerge, breach, merge_texts, with_markers
from modeltui.storage.toml.whole_file import file_text

BASE = """\
# kept by hand
name = "A"   # shown
order = 1
tags = ["x"]

[cost]
base = "5"
currency = "credits"

[timing]
seconds = 3
"""


def _merged(ours: str, theirs: str, base: str = BASE, take: Take = lambda _: None) -> TextMerge:
    return merge_texts(base.encode(), ours.encode(), theirs.encode(), clean_lines, take)


def _changed(old: str, new: str, text: str = BASE) -> str:
    assert old in text
    return text.replace(old, new)


def test_different_fields_merge_and_all_else_stays() -> None:
    ours, theirs = _changed('"5"', '"6"'), _changed("order = 1", "order = 2")
    found = _merged(ours, theirs)
    assert not found.clashes
    assert found.content.decode() == _changed('"5"', '"6"', theirs)


def test_adjacent_lines_are_no_conflict() -> None:
    found = _merged(_changed('name = "A"', 'name = "B"'), _changed("order = 1", "order = 2"))
    assert not found.clashes
    assert found.content.decode() == _changed("order = 1", "order = 2", _changed('name = "A"', 'name = "B"'))


def test_the_same_change_on_both_sides_is_one() -> None:
    both = _changed('"5"', '"6"')
    assert _merged(both, both).content == both.encode()
    assert _merged(_changed("order = 1", "order = 2", both), both).content.decode().count('base = "6"') == 1


def test_the_same_field_is_a_conflict_and_the_rest_merges() -> None:
    found = _merged(_changed('"5"', '"6"'), _changed("order = 1", "order = 2", _changed('"5"', '"7"')))
    [clash] = found.clashes
    assert (clash.path, clash.base, clash.ours, clash.theirs) == (("cost", "base"), "5", "6", "7")
    assert b"order = 2" in found.content


@pytest.mark.parametrize(("whose", "value"), [("ours", "6"), ("theirs", "7")])
def test_a_conflict_can_be_decided(whose: str, value: str) -> None:
    take: Take = lambda _: whose  # type: ignore[assignment, return-value]  # noqa: E731
    found = _merged(_changed('"5"', '"6"'), _changed('"5"', '"7"'), take=take)
    assert not found.clashes
    assert codec.parse(found.content)["cost"]["base"] == value


def test_lists_are_values() -> None:
    found = _merged(_changed('["x"]', '["x", "y"]'), _changed('["x"]', '["x", "z"]'))
    assert [clash.path for clash in found.clashes] == [("tags",)]


def test_a_list_of_tables_is_a_value() -> None:
    base = f'{BASE}\n[[rules]]\nwhen = "a"\n\n[[rules]]\nwhen = "b"\n'
    theirs = base.replace('when = "b"', 'when = "c"')
    assert _merged(_changed("order = 1", "order = 2", base), theirs, base).content.decode() == theirs.replace(
        "order = 1", "order = 2"
    )
    assert [clash.path for clash in _merged(base.replace('"a"', '"z"'), theirs, base).clashes] == [("rules",)]


def test_a_table_that_one_side_removed_and_the_other_changed_is_a_conflict() -> None:
    gone = BASE.partition("\n[timing]")[0]
    found = _merged(gone, _changed("seconds = 3", "seconds = 4"))
    [clash] = found.clashes
    assert (clash.path, clash.theirs) == (("timing",), {"seconds": 4})
    assert b"timing" not in _merged(gone, _changed("order = 1", "order = 2")).content


def test_a_type_is_part_of_a_value() -> None:
    assert _merged(_changed("order = 1", "order = 1.0"), _changed("order = 1", "order = true")).clashes


def test_comments_of_a_side_that_changed_no_field_are_kept() -> None:
    theirs = _changed("# kept by hand", "# kept by them\n# on two lines")
    found = _merged(_changed('"5"', '"6"'), theirs)
    assert found.content.decode() == _changed('"5"', '"6"', theirs)
    assert found.note is None


def test_comments_of_both_sides_are_kept_where_lines_merge() -> None:
    ours = _changed('"5"', '"6" # dearer')
    theirs = _changed("# kept by hand", "# kept by them", _changed("order = 1", "order = 2"))
    found = _merged(ours, theirs)
    assert found.content.decode() == _changed('"5"', '"6" # dearer', theirs)
    assert found.note is None


def test_comments_of_neighbouring_lines_are_kept() -> None:
    """git has a conflict there."""
    ours = _changed('name = "A"   # shown', 'name = "A"   # ours', _changed('"5"', '"6"   # dearer'))
    theirs = _changed("order = 1", "order = 2   # theirs")
    found = _merged(ours, theirs)
    assert found.content.decode() == _changed("order = 1", "order = 2   # theirs", ours)
    assert found.note is None


def test_comments_that_cannot_be_merged_are_told() -> None:
    ours = _changed('name = "A"   # shown', 'name = "A"   # ours', _changed('"5"', '"6"'))
    theirs = _changed('name = "A"   # shown', 'name = "A"   # theirs', _changed("order = 1", "order = 2"))
    found = _merged(ours, theirs)
    assert found.content.decode() == _changed("order = 1", "order = 2", ours)
    assert found.note


def test_what_is_no_toml_is_not_merged_here() -> None:
    for texts in ((b"a = ", b"a = 1\n", b"a = 2\n"), (b"a = 1\n", b"a = \xff", b"a = 2\n")):
        with pytest.raises(BrokenFileError):
            merge_texts(*texts, clean_lines)


def test_a_file_that_both_made_merges_by_field() -> None:
    found = _merged('name = "A"\norder = 1\n', 'name = "A"\nactive = true\n', "")
    assert codec.parse(found.content) == {"name": "A", "order": 1, "active": True}
    assert _merged('name = "A"\n', 'name = "B"\n', "").clashes


def test_values_that_make_sense_only_together_are_of_one_side() -> None:
    ours = _changed('currency = "credits"', 'currency = "USD"', _changed('"5"', '"0.1"'))
    theirs = _changed('"5"', '"6"', _changed("order = 1", "order = 2"))
    found = _merged(ours, theirs)
    assert [clash.path for clash in found.clashes] == [("cost", "base"), ("cost", "currency")]
    assert found.content.decode() == _changed("order = 1", "order = 2", ours)
    assert found.other.decode() == theirs, "and their side has both of theirs"


# Markers


def _marked(ours: str, theirs: str, base: str) -> bytes:
    found = _merged(ours, theirs, base)
    return with_markers(found.content, found.other)


def test_markers_stand_only_around_the_lines_in_conflict() -> None:
    found = _merged(_changed('"5"', '"6"'), _changed("order = 1", "order = 2", _changed('"5"', '"7"')))
    marked = with_markers(found.content, found.other)
    assert marked.decode() == _changed("order = 1", "order = 2").replace(
        'base = "5"\n', '<<<<<<< ours\nbase = "6"\n=======\nbase = "7"\n>>>>>>> theirs\n'
    )
    with pytest.raises(BrokenFileError, match="merge conflict") as refused:
        codec.parse(marked)
    assert refused.value.line == 7


def test_markers_of_a_last_line_without_an_end_and_of_windows_lines() -> None:
    marked = _marked("a = 1\nb = 2", "a = 1\nb = 3", "a = 1\nb = 1")
    assert marked == b"a = 1\n<<<<<<< ours\nb = 2\n=======\nb = 3\n>>>>>>> theirs\n"
    marked = _marked("a = 1\r\nb = 2\r\n", "a = 1\r\nb = 3\r\n", "a = 1\r\nb = 1\r\n")
    assert marked == b"a = 1\r\n<<<<<<< ours\r\nb = 2\r\n=======\r\nb = 3\r\n>>>>>>> theirs\r\n"


def test_many_marks_are_no_trouble_for_a_reader() -> None:
    with pytest.raises(BrokenFileError):
        codec.parse(b"<<<<<<< a\n" * 25_000)


# Locks


def _locked(text: str, by: str = "ann") -> str:
    digest = lock_digest(f"{text}\n[lock]\nlocked = true\n".encode())
    return f'{text}\n[lock]\nlocked = true\nby = "{by}"\ndigest = "{digest}"\n'


def test_a_lock_and_an_edit_beside_it_are_a_conflict_as_a_whole() -> None:
    edit = _changed("order = 1", "order = 2")
    for ours, theirs in ((_locked(BASE), edit), (edit, _locked(BASE))):
        found = _merged(ours, theirs)
        assert [clash.path for clash in found.clashes] == [()]
        assert found.content == ours.encode(), "nothing of theirs is mixed in"
        assert found.other == theirs.encode()


def test_the_same_lock_on_both_sides_is_fine() -> None:
    assert not _merged(_locked(BASE), _locked(BASE)).clashes
    changed = _locked(_changed("order = 1", "order = 2"))
    assert _merged(changed, changed, _locked(BASE)).content == changed.encode()


def test_a_comment_may_not_change_behind_a_lock_either() -> None:
    assert _merged(_locked(BASE), _changed("# kept by hand", "# mine")).clashes
    assert breach(_locked(BASE).encode(), _locked(BASE).replace("by hand", "by me").encode()) is not None


def test_an_unlock_there_is_taken_and_an_edit_here_behind_the_lock_is_not() -> None:
    locked = _locked(BASE)
    unlocked = _changed("order = 1", "order = 2")
    assert _merged(locked, unlocked, locked).content == unlocked.encode()
    assert _merged(locked.replace('"5"', '"6"'), unlocked, locked).clashes


def test_what_is_a_breach() -> None:
    locked = _locked(BASE).encode()
    assert breach(BASE.encode(), b"a = 1\n") is None
    assert breach(locked, locked) is None
    assert breach(locked, None) is not None
    assert breach(locked, BASE.encode()) is None
    assert breach(locked, b"a = ") is not None
    assert breach(locked, locked.replace(b"order = 1", b"order = 2")) is not None
    assert breach(locked, _locked(_changed("order = 1", "order = 2"), "bob").encode()) is None
    assert breach(locked, locked.replace(b'"ann"', b'"bob"').replace(b"order = 1", b"order = 2")) is not None


# Any three documents

_VALUES = st.one_of(st.integers(0, 2), st.text("ab", max_size=2), st.lists(st.integers(0, 1), max_size=2))
_NAMES = st.sampled_from(["a", "b", "c"])
_TABLES = st.dictionaries(_NAMES, _VALUES, max_size=3)
_DOCUMENTS = st.dictionaries(_NAMES, st.one_of(_VALUES, _TABLES), max_size=3)


@given(_DOCUMENTS, _DOCUMENTS, _DOCUMENTS)
def test_both_ways_round_come_to_the_same(base: Document, ours: Document, theirs: Document) -> None:
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert {clash.path for clash in one.clashes} == {clash.path for clash in other.clashes}
    result = with_edits(ours, one.into_ours)
    assert same(result, with_edits(theirs, one.into_theirs))
    if not one.clashes:
        assert same(result, with_edits(theirs, other.into_ours))
    texts = [file_text(document).encode() if document else b"" for document in (base, ours, theirs)]
    assert same(codec.parse(merge_texts(texts[0], texts[1], texts[2], lambda *_: None).content), result)
