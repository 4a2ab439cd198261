"""What an edit makes of a file, byte for byte."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, Value, differences, get, parse_field
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.toml import codec, editor
from modeltui.storage.toml.editor import edited


def change(text: str, *edits: tuple[str | FieldPath, Value]) -> str:
    made = [Edit(parse_field(path) if isinstance(path, str) else path, None, value) for path, value in edits]
    return edited(text.encode(), made).decode()


MODEL = """\
# A model.
schema = 1
name = "Veo"   # shown
active = true  # on
tags = ["video", "fast"]

# what it costs
[cost]
base = "60"
# in credits

[[rules]]
message = "one"

[[rules]]
message = "two"
"""


# Values


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("true", False, "false"),
        ("1", 2, "2"),
        ("1_000", 2_000_000, "2_000_000"),
        ("1000", 2_000_000, "2000000"),
        ("1_000", 0.5, "0.5"),
        ("1", 1.0, "1.0"),
        ("1.0", 1, "1"),
        ("0.30", 1e-7, "1e-07"),
        ("1", float("inf"), "inf"),
        ("1", "x", '"x"'),
        ("'x'", 'say "hi" \\', '"say \\"hi\\" \\\\"'),
        ('"x"', "a\nb\t\x7f\x1b\x85é", '"a\\nb\\t\\u007f\\u001b\\u0085é"'),
        ('"""x"""', "a\nb", '"""\na\nb"""'),
        ("'''\nx\n'''", 'a\n""""\\\n"', '"""\na\n\\"\\"""\\\\\n\\""""'),
        ('"""x"""', "one line", '"one line"'),
        ("1", date(2026, 1, 31), "2026-01-31"),
        ("1", time(7, 32), "07:32:00"),
        ("1", datetime(2026, 1, 31, 7, 32, tzinfo=UTC), "2026-01-31T07:32:00Z"),
        ("1", [], "[]"),
        ("1", {}, "{}"),
        ("1", {"a": {"b c": [1, {"d": "e"}]}}, '{ a = { "b c" = [1, { d = "e" }] } }'),
        ('{ a = 1 }', 2, "2"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("comment", ["", "  # why = 1"])
def test_a_value_is_replaced_and_its_comment_stays(before: str, value: Value, after: str, comment: str) -> None:
    assert (
        change(f"x = 0\nkey  =\t{before}{comment}\n[t]\n", ("key", value)) == f"x = 0\nkey  =\t{after}{comment}\n[t]\n"
    )


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("[1, 2, 3]", [1, 3], "[1, 3]"),
        ("[1, 2, 3]", [1, 2], "[1, 2]"),
        ("[1, 2, 3]", [2, 3], "[2, 3]"),
        ("[1]", [], "[]"),
        ("[ 1 ]", [], "[]"),
        ("[]", [1, 2], "[1, 2]"),
        ("[1]", [0, 1, 2], "[0, 1, 2]"),
        ("[ 1,2 ]", [1, 2, 3], "[ 1,2,3 ]"),
        ("[1_000, 'a', 0.50]", [1000, "b", 0.5], '[1_000, "b", 0.50]'),
        ("[1, 2,]", [1], "[1,]"),
        ("[1, true, 1.0]", [1, True], "[1, true]"),
        ("[\n  1, # one\n  2, # two\n  3, # three\n]", [1, 3], "[\n  1, # one\n  3, # three\n]"),
        ("[\n  1, # one\n  2 # two\n]", [1, 2, 3], "[\n  1, # one\n  2, # two\n  3\n]"),
        ("[\n  1, # one\n  2 # two\n]", [1], "[\n  1 # one\n]"),
        ("[\n  # first\n  1,\n  # second\n  2,\n]", [2], "[\n  # first\n  # second\n  2,\n]"),
        ("[\n  # first\n  1,\n  # second\n  2,\n]", [0, 1, 2], "[\n  0,\n  # first\n  1,\n  # second\n  2,\n]"),
        ("[ # all\n  1]", [1, 2], "[ # all\n  1,\n  2]"),
        ("[1, # one\n 2, 3]", [1, 3], "[1, # one\n 3]"),
        ("[[1, 2], [3]]", [[1, 2], [3, 4]], "[[1, 2], [3, 4]]"),
        ("[{ a = 1, b = 1_0 }]", [{"a": 2, "b": 10}], "[{ a = 2, b = 1_0 }]"),
        ("[\n]", [1], "[1\n]"),
    ],
)  # fmt: skip
def test_a_list_keeps_what_stays_in_it(before: str, value: Value, after: str) -> None:
    assert change(f"key = {before} # c\n", ("key", value)) == f"key = {after} # c\n"


def test_a_long_list_may_change_everywhere() -> None:
    before, after = list(range(2000)), [*range(1, 2000, 3), "end"]
    assert codec.parse(change(f"key = {before}\n", ("key", after)).encode()) == {"key": after}


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("{ a = 1, b = 2 }", {"a": 1}, "{ a = 1 }"),
        ("{ a = 1, b = 2 }", {"b": 2}, "{ b = 2 }"),
        ("{ a = 1 }", {}, "{}"),
        ("{}", {"a": 1}, "{ a = 1 }"),
        ("{a=1}", {"a": 1, "b c": [2]}, '{a=1, "b c" = [2]}'),
        ("{ a = 1_0, b = 'x' }", {"a": 10, "b": "y"}, '{ a = 1_0, b = "y" }'),
        ("{ a.b = 1, a.c = 2 }", {"a": {"b": 1, "c": 3, "d": 4}}, "{ a.b = 1, a.c = 3, a.d = 4 }"),
        ("{ a.b = 1 }", {"a": {}}, "{ a = {} }"),
        ("{ a.b = 1 }", {"a": 2}, "{ a = 2 }"),
        ("{ a = { b = 1 } }", {"a": {"b": 1, "c": 2}}, "{ a = { b = 1, c = 2 } }"),
        ("{\n  a = 1, # one\n}", {"a": 1, "b": 2}, "{\n  a = 1, # one\n  b = 2,\n}"),
    ],
)  # fmt: skip
def test_an_inline_table_keeps_what_stays_in_it(before: str, value: Value, after: str) -> None:
    assert change(f"key = {before} # c\n", ("key", value)) == f"key = {after} # c\n"


def test_a_field_within_a_value_is_reached_by_its_path() -> None:
    text = "a = [{ b = 1 }, { b = [1, 2] }] # c\n"
    assert change(text, (("a", 1, "b", 0), 9)) == "a = [{ b = 1 }, { b = [9, 2] }] # c\n"
    assert change(text, (("a", 0), ABSENT)) == "a = [{ b = [1, 2] }] # c\n"


# Keys


def test_a_new_key_goes_below_the_last_of_its_table() -> None:
    assert change(MODEL, ("premium", True)) == MODEL.replace('"fast"]\n', '"fast"]\npremium = true\n')
    assert change(MODEL, ("cost.round", "half_up:2")) == MODEL.replace('"60"\n', '"60"\nround = "half_up:2"\n')
    assert change(MODEL, (("rules", 0, "x"), 1)) == MODEL.replace('"one"\n', '"one"\nx = 1\n')


def test_several_new_keys_stand_together() -> None:
    assert change(MODEL, ("a", 1), ('"b c"', 2)) == MODEL.replace('"fast"]\n', '"fast"]\na = 1\n"b c" = 2\n')


def test_a_new_key_in_a_table_without_any() -> None:
    assert change("[t] # c\n\n[u]\n", ("t.a", 1)) == "[t] # c\na = 1\n\n[u]\n"


def test_a_new_key_at_the_top_of_a_file_without_any() -> None:
    assert change("", ("a", 1)) == "a = 1\n"
    assert change("# only this\n", ("a", 1)) == "# only this\na = 1\n"
    assert change("# file\n\n# of t\n[t]\n", ("a", 1)) == "# file\n\na = 1\n\n# of t\n[t]\n"


def test_a_new_key_beside_dotted_ones_is_dotted() -> None:
    assert change("a.b.c = 1\nz = 1\n", ("a.b.d", 2)) == "a.b.c = 1\na.b.d = 2\nz = 1\n"
    assert change("[t]\na.b = 1\n", ("t.a.c", {"d": 1})) == "[t]\na.b = 1\na.c = { d = 1 }\n"


def test_a_new_key_in_a_table_that_only_its_subtables_show() -> None:
    assert change("x = 1\n\n# c\n[a.b]\ny = 1\n", ("a.z", 2)) == "x = 1\n\n[a]\nz = 2\n\n# c\n[a.b]\ny = 1\n"


def test_a_removed_key_takes_its_line_along() -> None:
    assert change(MODEL, ("name", ABSENT)) == MODEL.replace('name = "Veo"   # shown\n', "")
    assert change('a = """\nx\n""" # c\nb = 1\n', ("a", ABSENT)) == "b = 1\n"
    assert change("# about a\na = 1\nb = 1\n", ("a", ABSENT)) == "# about a\nb = 1\n"


def test_the_table_of_a_removed_key_stays() -> None:
    assert change("[t]\na = 1\n", ("t.a", ABSENT)) == "[t]\n"
    assert codec.parse(change("t.a = 1\n", ("t.a", ABSENT)).encode()) == {"t": {}}
    assert codec.parse(change("[a.b]\nc = 1\n", ("a.b", ABSENT)).encode()) == {"a": {}}


# Tables

LOCK = {"locked": True, "by": "ann", "at": datetime(2026, 1, 31, tzinfo=UTC), "reason": 'in "use"'}
LOCKED = '[lock]\nlocked = true\nby = "ann"\nat = 2026-01-31T00:00:00Z\nreason = "in \\"use\\""\n'


@pytest.mark.parametrize(
    "text", [MODEL, "a = 1\n", "a = 1", "a = 1\n\n\n", "# c", "\ufeffa = 1\n", "a = 1\n[t]\n# end"]
)
def test_a_lock_is_a_table_of_its_own_and_its_removal_leaves_no_trace(text: str) -> None:
    locked = change(text, ("lock", LOCK))
    closed = "" if text.endswith("\n") else "\n"
    assert locked + closed == text + closed + "\n" + LOCKED
    assert change(locked, ("lock", ABSENT)) == text


def test_a_lock_in_the_middle_stays_in_its_place() -> None:
    text = f"a = 1\n\n{LOCKED}# why\n\n[t]\nb = 1\n"
    assert change(text, ("lock", {**LOCK, "by": "bob"})) == text.replace("ann", "bob")
    assert change(text, ("lock", ABSENT)) == "a = 1\n# why\n\n[t]\nb = 1\n"


def test_a_table_at_the_very_beginning_leaves_no_blank_line() -> None:
    assert change(f"{LOCKED}\n[t]\n", ("lock", ABSENT)) == "[t]\n"


def test_a_table_is_removed_with_its_subtables_wherever_they_stand() -> None:
    text = "[a]\nx = 1\n\n[b]\ny = 1\n\n[a.c]\n# inside\nz = 1\n\n[[a.d]]\n"
    assert change(text, ("a", ABSENT)) == "[b]\ny = 1\n"


def test_a_new_table_goes_below_the_table_around_it() -> None:
    text = "[cost]\nbase = 1\n\n[cost.rate]\nx = 1\n\n# of limits\n[limits]\n"
    after = text.replace("x = 1\n", 'x = 1\n\n[cost.multipliers.mode]\nfast = "2"\n')
    assert change(text, ("cost.multipliers.mode.fast", "2")) == after


def test_a_new_table_with_tables_in_it() -> None:
    rules = [{"message": "a long message " * 4, "when": {"x": 1}}, {"message": "another long message"}]
    after = change("a = 1\n", ("inputs", {"prompt": {"type": "string"}, "size": {"enum": ["1"]}}), ("rules", rules))
    assert after == (
        'a = 1\n\n[inputs.prompt]\ntype = "string"\n\n[inputs.size]\nenum = ["1"]\n\n'
        f'[[rules]]\nmessage = "{"a long message " * 4}"\n\n[rules.when]\nx = 1\n\n'
        '[[rules]]\nmessage = "another long message"\n'
    )


def test_a_short_list_of_tables_is_one_line() -> None:
    assert change("[limits]\n", ("limits.requests", [{"count": 6, "per_s": 1}])) == (
        "[limits]\nrequests = [{ count = 6, per_s = 1 }]\n"
    )


def test_tables_of_a_list_come_go_and_change() -> None:
    rules: Any = [{"message": "one"}, {"message": "two"}]
    assert change(MODEL, ("rules", rules[1:])) == MODEL.replace('[[rules]]\nmessage = "one"\n\n', "")
    assert change(MODEL, ("rules", rules[:1])) == MODEL.replace('\n[[rules]]\nmessage = "two"\n', "")
    assert change(MODEL, (("rules", 0, "message"), "1")) == MODEL.replace('"one"', '"1"')
    third = '\n[[rules]]\nmessage = "three"\n'
    assert change(MODEL, ("rules", [*rules, {"message": "three"}])) == MODEL + third
    first = '[[rules]]\nmessage = "zero"\n\n'
    assert change(MODEL, ("rules", [{"message": "zero"}, *rules])) == MODEL.replace(
        '[[rules]]\nmessage = "one"', first + '[[rules]]\nmessage = "one"'
    )


def test_a_list_of_tables_may_end_as_an_empty_list() -> None:
    after = change(MODEL, ("rules", []))
    assert codec.parse(after.encode())["rules"] == []
    assert "[[rules]]" not in after


def test_a_table_may_become_a_value_and_a_value_a_table() -> None:
    assert change("a = 1\n\n[t]\nb = 1\n", ("t", 5)) == "a = 1\nt = 5\n"
    assert change("a = 1 # c\n", ("a", {"b": 2})) == "a = { b = 2 } # c\n"


# Line ends


def test_new_lines_end_like_the_line_above() -> None:
    assert change("a = 1\r\nb = 2\n", (("c"), 3)) == "a = 1\r\nb = 2\nc = 3\n"
    assert change("a = 1\n[t]\r\nb = 2\r\n", ("t.c", 3)) == "a = 1\n[t]\r\nb = 2\r\nc = 3\r\n"
    assert change("a = 1\r\n", ("lock", {"locked": True})) == "a = 1\r\n\r\n[lock]\r\nlocked = true\r\n"
    assert change('a = """\r\nx\r\n"""\r\n', ("a", "y\nz")) == 'a = """\r\ny\r\nz"""\r\n'


def test_a_missing_last_line_end_stays_missing() -> None:
    assert change("a = 1", ("a", 2)) == "a = 2"
    assert change("a = 1", ("b", 2)) == "a = 1\nb = 2"
    assert change("a = 1\r\nb = 2", ("b", ABSENT)) == "a = 1"
    assert change("a = 1\r\nb = 2", ("c.d", 1)) == "a = 1\r\nb = 2\r\n\r\n[c]\r\nd = 1"


def test_a_byte_order_mark_stays() -> None:
    assert change("\ufeffa = 1\n", ("a", ABSENT), ("b", 2)) == "\ufeffb = 2\n"


# What is not edited


def test_no_difference_is_the_same_object() -> None:
    content = MODEL.encode()
    edits = [Edit(("name",), None, "Veo"), Edit(("none",), None, ABSENT), Edit(("cost",), None, {"base": "60"})]
    assert edited(content, edits) is content
    assert edited(content, []) is content
    assert edited(content, [Edit(("active",), True, False), Edit(("active",), False, True)]) is content


def test_types_are_exact() -> None:
    assert change("a = 1\n", ("a", True)) == "a = true\n"
    assert change("a = 1\n", ("a", 1.0)) == "a = 1.0\n"
    assert change("a = 0.0\n", ("a", -0.0)) == "a = -0.0\n"


@pytest.mark.parametrize("value", [None, (1, 2), {1, 2}, b"x", object(), "\ud800", [None], {"a": None}])
def test_what_toml_cannot_hold_is_refused(value: Value) -> None:
    with pytest.raises(EditRefusedError):
        change("a = 1\n", ("a", value))
    with pytest.raises(EditRefusedError):
        change("a = 1\n", ("b", value))


@pytest.mark.parametrize("path", [("a", "b"), ("list", "x"), ("list", 5), ("a", 0)])
def test_a_path_through_a_value_is_refused(path: FieldPath) -> None:
    with pytest.raises(EditRefusedError):
        change("a = 1\nlist = [1]\n", (path, 1))


def test_a_broken_file_is_never_edited() -> None:
    with pytest.raises(BrokenFileError):
        change("a = null\nb = 1\n", ("b", 2))


def test_a_result_beyond_the_limits_is_refused() -> None:
    with pytest.raises(EditRefusedError, match="would not be readable"):
        change("a = 1\n", ("b", "x" * 300_000))


def test_whatever_makes_the_edit_the_net_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(content: bytes, *_: object) -> bytes:
        return content.replace(b"# c", b"").replace(b"1", b"2")

    monkeypatch.setattr(editor, "spliced", careless)
    monkeypatch.setattr(editor, "rewritten", careless)
    with pytest.raises(EditRefusedError, match="lines of other fields"):
        change("# c\na = 1\n", ("a", 2))


# Real files and real edits


def plain(text: str) -> str:
    """Without the grouping of digits."""
    return re.sub(r"(?<=\d)_(?=\d)", "", text)


def real_edits(shared: Path, kind: str) -> Iterator[dict[str, Any]]:
    for line in (shared / "edits" / f"{kind}.jsonl").read_text().splitlines():
        yield json.loads(line)


def test_the_edits_of_real_people_come_out_as_theirs(shared_data: Path) -> None:
    count = 0
    for real in real_edits(shared_data, "value_edits"):
        edits = [Edit(tuple(item["path"]), item["old"], item["new"]) for item in real["changes"]]
        assert plain(edited(real["before"].encode(), edits).decode()) == plain(real["after"])
        count += 1
    assert count == 150


@pytest.mark.parametrize("kind", ["pure_add", "pure_remove", "mixed"])
def test_other_edits_of_real_people_leave_all_other_lines(shared_data: Path, kind: str) -> None:
    for real in real_edits(shared_data, kind):
        before, after = codec.parse(real["before"].encode()), codec.parse(real["after"].encode())
        result = edited(real["before"].encode(), [Edit(*difference) for difference in differences(before, after)])
        assert codec.parse(result) == after
        if kind == "pure_remove":
            assert result.decode() == real["after"]
        if kind == "pure_add":
            lines = iter(result.decode().splitlines(keepends=True))
            old_lines = real["before"].splitlines(keepends=True)
            assert all(line in lines for line in old_lines if not line.startswith("reasoning_options"))


def leaves(table: Document, at: FieldPath = ()) -> Iterator[FieldPath]:
    for key, value in table.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from leaves(value, (*at, key))


@pytest.fixture(scope="session")
def real_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    archive = Path(__file__).parents[4] / "shared" / "data" / "models.dev.tar.gz"
    if not archive.exists():
        pytest.skip("the shared data is not beside this checkout")
    with tarfile.open(archive) as tar:
        members = [item for item in tar if item.isfile() and item.name.endswith(".toml")]
        return [stream.read() for item in members if (stream := tar.extractfile(item))]


def test_all_real_files_are_read_and_stay_without_an_edit(real_files: list[bytes]) -> None:
    assert len(real_files) >= 800
    for content in real_files:
        document = codec.parse(content)
        assert edited(content, [Edit((key,), None, value) for key, value in document.items()]) is content


@pytest.mark.parametrize(("path", "value"), [(("active",), True), (("lock",), LOCK), (("new",), [{"a": 1}])])
def test_real_files_take_a_new_field_and_give_it_back(real_files: list[bytes], path: FieldPath, value: Value) -> None:
    for content in real_files[::5]:
        there = edited(content, [Edit(path, ABSENT, value)])
        assert get(codec.parse(there), path) == value
        assert edited(there, [Edit(path, value, ABSENT)]) == content


def test_every_field_of_some_real_files_can_be_removed(real_files: list[bytes]) -> None:
    for content in real_files[::20]:
        for path in leaves(codec.parse(content)):
            result = edited(content, [Edit(path, None, ABSENT)])
            left = iter(content.splitlines(keepends=True))
            assert all(line in left for line in result.splitlines(keepends=True) if not line.startswith(b"["))
