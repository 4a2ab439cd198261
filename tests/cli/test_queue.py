"""`pending`, `discard`, `undo` and `redo`."""

from __future__ import annotations

from cli.small import FLUX, KLING, VEO, Line
from modeltui.config import load_settings


def test_nothing_pending(modeltui: Line) -> None:
    ran = modeltui("pending")
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing is pending\n")
    assert modeltui("pending", "--format", "json").json == []
    assert modeltui("pending", "--format", "diff").out == ""


def test_pending_as_text_tells_each_field(modeltui: Line) -> None:
    modeltui("set", KLING, "order=7", "name=Kling 3")
    head, *fields = modeltui("pending").out.splitlines()
    assert head.startswith(f"~ {KLING}  ({load_settings(str(modeltui.root)).user}, ")
    assert fields == ["    order: 2 → 7", '    name: "Kling 2.6" → "Kling 3"']


def test_pending_as_a_real_diff(modeltui: Line) -> None:
    modeltui("disable", KLING)
    lines = modeltui("pending", "--format", "diff").out.splitlines()
    assert lines[:2] == [f"--- a/models/{KLING}.toml", f"+++ b/models/{KLING}.toml"]
    assert [line for line in lines[3:] if line[0] in "+-"] == [
        "-active = true     # on or off",
        "+active = false     # on or off",
    ]


def test_pending_as_json_has_the_names_of_the_contract(modeltui: Line) -> None:
    modeltui("disable", KLING)
    (row,) = modeltui("pending", "--format", "json").json
    assert set(row) >= {"key", "path", "action", "changes", "queued_by", "queued_at", "stale"}
    assert (row["key"], row["path"], row["action"]) == (KLING, f"models/{KLING}.toml", "update")
    assert row["changes"] == [{"field": "active", "old": True, "new": False}]
    assert row["queued_by"] == load_settings(str(modeltui.root)).user
    assert row["queued_at"].endswith("+00:00")
    assert row["stale"] is False


def test_a_file_that_changed_meanwhile_is_stale(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui.file(KLING).write_text(modeltui.file(KLING).read_text() + "# later\n")
    (row,) = modeltui("pending", "--format", "json").json
    assert row["stale"] is True
    assert "    ! the file changed since the edit was queued" in modeltui("pending").out


def test_discard_by_query_and_all(modeltui: Line) -> None:
    modeltui("set", "kling", "order=7")
    modeltui("enable", FLUX)
    ran = modeltui("discard", "kling")
    assert (ran.code, ran.err) == (0, "1 model discarded; `modeltui undo` brings it back\n")
    assert [row["key"] for row in modeltui("pending", "--format", "json").json] == [FLUX]
    assert modeltui("discard", "--all").code == 0
    assert modeltui("pending", "--format", "json").json == []
    assert modeltui("discard", "--all").code == 0


def test_a_change_of_a_file_that_is_gone_is_discarded_by_its_key(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui.file(KLING).unlink()
    assert modeltui("discard", KLING).code == 0
    assert modeltui("pending", "--format", "json").json == []


def test_discard_needs_to_know_what(modeltui: Line) -> None:
    assert modeltui("discard").code == 2
    assert modeltui("discard", "veo", "--all").code == 2
    ran = modeltui("discard", VEO)
    assert (ran.code, ran.err.splitlines()[0]) == (1, f"error: nothing pending matches '{VEO}'")


def test_undo_and_redo_go_step_by_step(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui("enable", FLUX)
    ran = modeltui("undo")
    assert (ran.code, ran.err) == (0, "undone: enable; 1 model pending\n")
    assert modeltui("undo").code == 0
    assert modeltui("pending", "--format", "json").json == []
    ran = modeltui("undo")
    assert (ran.code, ran.err) == (1, "error: nothing to undo\n")
    assert modeltui("redo").err == "redone: disable; 1 model pending\n"
    assert modeltui("redo").code == 0
    assert modeltui("redo").code == 1
    assert [row["key"] for row in modeltui("pending", "--format", "json").json] == [FLUX, KLING]


def test_an_apply_is_a_floor_for_undo(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui("discard", "--all")
    modeltui("enable", FLUX)
    assert modeltui("apply", "--yes", "--reason", "out of testing").code == 0
    ran = modeltui("undo")
    said = "nothing to undo: what was applied is rolled back in history (R, or `modeltui rollback APPLY`)"
    assert (ran.code, ran.err) == (1, f"error: {said}\n")
    assert modeltui("redo").code == 1
    assert modeltui("pending", "--format", "json").json == []
    modeltui("disable", KLING)
    assert modeltui("undo").err == "undone: disable; 0 models pending\n"


def test_nothing_is_discarded_where_nothing_waits(modeltui: Line) -> None:
    ran = modeltui("discard", "--all")
    assert (ran.code, ran.err) == (0, "nothing is pending, so nothing was discarded\n")


def test_one_field_is_discarded_and_the_rest_stays(modeltui: Line) -> None:
    modeltui("set", KLING, "order=7", "cost.base=31", "name=Kling 3")
    ran = modeltui("discard", KLING, "--field", "cost", "--field", "order")
    assert (ran.code, ran.err) == (0, "cost, order of 1 model discarded; `modeltui undo` brings it back\n")
    (row,) = modeltui("pending", "--format", "json").json
    assert [change["field"] for change in row["changes"]] == ["name"]
    modeltui("undo")
    (row,) = modeltui("pending", "--format", "json").json
    assert [change["field"] for change in row["changes"]] == ["order", "cost.base", "name"]
    assert modeltui("discard", "--all", "--field", "name").code == 0
    assert modeltui("discard", KLING, "--field", "order").code == 0
    assert modeltui("discard", KLING, "--field", "name").code == 1, "only the price is left"
    assert modeltui("discard", KLING, "--field", "no field").code == 2
