"""`rollout`: steps through the queue, who is in, and off at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import BROKEN, FLUX, KLING, SETTINGS, UIDS, VEO, Line, write
from modeltui.domain.rollout import bucket_of, shown_bucket


def pending(modeltui: Line) -> dict[str, dict[str, Any]]:
    return {
        row["key"]: {change["field"]: change["new"] for change in row["changes"]}
        for row in modeltui("pending", "--format", "json").json
    }


def table(modeltui: Line, key: str, text: str) -> None:
    """Write a `[rollout]` into a file by hand."""
    file = modeltui.file(key)
    file.write_text(f"{file.read_text()}\n[rollout]\n{text}\n")


def state(modeltui: Line, key: str) -> Any:
    return next(row for row in modeltui("rollout", "--format", "json").json if row["key"] == key)


def test_a_percentage_waits_in_the_queue_and_one_undo_takes_it_back(modeltui: Line) -> None:
    assert modeltui("rollout").out == ""
    ran = modeltui("rollout", "provider:kie_ai", "10")
    assert ran.code == 0
    assert "2 models queued, 1 skipped" in ran.err
    assert f"skipped {VEO}: Veo 3.1 is locked by alice (in production)" in ran.err
    assert pending(modeltui) == {KLING: {"rollout": {"percent": 10}}, FLUX: {"rollout": {"percent": 10}}}
    assert "rollout" not in modeltui.file(KLING).read_text()
    assert modeltui("undo").code == 0
    assert pending(modeltui) == {}


def test_a_locked_model_is_refused(modeltui: Line) -> None:
    for words in (["50"], ["--off", "--yes"], ["50", "--dry-run"], ["--off", "--dry-run"]):
        ran = modeltui("rollout", VEO, *words)
        assert ran.code == 1
        assert "Veo 3.1 is locked by alice" in ran.err
    assert pending(modeltui) == {}
    assert modeltui("rollout", "key:*veo*", "50").code == 1


def test_all_of_the_table_is_written_and_shown(modeltui: Line) -> None:
    modeltui("rollout", KLING, "0.5", "--allow", "ann", "--allow", "bob", "--deny", "cid", "--salt", "two")
    modeltui("apply", "--yes", "--reason", "ramp")
    assert (
        modeltui.file(KLING)
        .read_text()
        .endswith('\n[rollout]\npercent = 0.5\nsalt = "two"\nallow = ["ann", "bob"]\ndeny = ["cid"]\n')
    )
    found = state(modeltui, KLING)
    assert found["rollout"] == {"percent": 0.5, "salt": "two", "allow": ["ann", "bob"], "deny": ["cid"]}
    assert found["pending"] is None
    assert found["since"] is not None
    shown = modeltui("rollout").out.splitlines()
    assert shown[1].split()[:4] == [KLING, "yes", "0.5", "%"]
    assert "ann, bob" in shown[1]


def test_two_steps_that_wait_are_rolled_back_as_one(modeltui: Line) -> None:
    before = modeltui.file(KLING).read_text()
    modeltui("rollout", KLING, "10")
    modeltui("rollout", KLING, "50", "--allow", "ann")
    modeltui("apply", "--yes")
    assert state(modeltui, KLING)["rollout"]["percent"] == 50
    modeltui("rollback", modeltui("history", "--format", "json").json[0]["id"])
    modeltui("apply", "--yes")
    assert modeltui.file(KLING).read_text() == before


def test_since_is_told_where_the_history_tells_it(modeltui: Line) -> None:
    for percent in ("1", "10"):
        modeltui("rollout", KLING, percent)
        modeltui("apply", "--yes")
    first = modeltui("history", "--format", "json").json[0]
    assert state(modeltui, KLING)["since"] == first["at"]
    file = modeltui.file(KLING)
    file.write_text(file.read_text().replace("percent = 10", "percent = 11"))
    table(modeltui, FLUX, "percent = 5")
    assert (state(modeltui, KLING)["since"], state(modeltui, FLUX)["since"]) == (None, None)


def test_100_keeps_the_lists_and_drop_takes_somebody_off_both(modeltui: Line) -> None:
    table(modeltui, KLING, 'percent = 50\nallow = ["ann", "bob"]\ndeny = ["cid"]')
    assert modeltui("rollout", KLING, "100", "--drop", "ann", "--drop", "cid").code == 0
    assert pending(modeltui) == {KLING: {"rollout.percent": 100, "rollout.allow": ["bob"], "rollout.deny": None}}
    assert state(modeltui, KLING)["pending"]["allow"] == ["bob"]
    assert modeltui("rollout", KLING, "--deny", "bob").code == 0
    assert pending(modeltui)[KLING]["rollout.allow"] is None


def test_everybody_already(modeltui: Line) -> None:
    for words in (["100"], ["--drop", "ann"]):
        assert "0 models queued, 1 already so" in modeltui("rollout", KLING, *words).err
    assert pending(modeltui) == {}
    ran = modeltui("rollout", KLING, "--deny", "ann", "--allow", "bob")
    assert pending(modeltui)[KLING] == {"rollout": {"percent": 100, "allow": ["bob"], "deny": ["ann"]}}
    assert "warning: Kling 2.6: everybody is in, so the allow list does nothing yet" in ran.err


def test_what_is_doubtful_is_said_and_done(modeltui: Line) -> None:
    table(modeltui, KLING, "percent = 1")
    ran = modeltui("rollout", KLING, "50", "--salt", "new")
    assert ran.code == 0
    assert "warning: Kling 2.6: from 1 % to 50 % at once; the usual next step is 10 %" in ran.err
    assert "warning: Kling 2.6: another salt draws other callers" in ran.err
    assert pending(modeltui) == {KLING: {"rollout.percent": 50, "rollout.salt": "new"}}
    assert "warning" not in modeltui("rollout", KLING, "10", "--salt", UIDS[KLING]).err
    modeltui("set", KLING, "default=true")
    modeltui("apply", "--yes")
    assert "the default of prompt_to_video; callers who are out" in modeltui("rollout", KLING, "1").err


def test_a_dry_run_queues_nothing(modeltui: Line) -> None:
    ran = modeltui("rollout", KLING, "10", "--dry-run")
    assert (ran.code, ran.out) == (0, f"~ {KLING}\n    rollout: – → {{ percent = 10 }}\n")
    assert pending(modeltui) == {}


def test_who_is_in_and_why(modeltui: Line) -> None:
    table(modeltui, KLING, 'percent = 40\nallow = ["ann"]\ndeny = ["bob"]')
    found = {who: modeltui("rollout", "--who", who, "--format", "json").json for who in ("ann", "bob", "cid", "dan")}
    assert [row["key"] for row in found["ann"]] == [KLING]
    assert {who: rows[0]["why"] for who, rows in found.items()} | {"cid": "", "dan": ""} == {
        "ann": "allowed",
        "bob": "denied",
        "cid": "",
        "dan": "",
    }
    for who in ("cid", "dan"):
        bucket = shown_bucket(bucket_of(UIDS[KLING], who))
        row = found[who][0]
        assert (row["bucket"], row["in"], row["why"]) == (bucket, bucket < 40, "within" if bucket < 40 else "beyond")
    assert modeltui("rollout", FLUX, "--who", "bob").out.split()[-5:-2] == ["yes", "everybody", f"{bucket_of_flux()}"]


def bucket_of_flux() -> str:
    return f"{shown_bucket(bucket_of(UIDS[FLUX], 'bob')):.6f}"


def test_nobody_gets_a_broken_model(modeltui: Line) -> None:
    assert modeltui("rollout", BROKEN, "--who", "ann", "--format", "json").json[0]["in"] is False
    assert modeltui("rollout", BROKEN, "--format", "json").json[0]["broken"] is True
    assert modeltui("rollout", BROKEN, "10").code == 1


def test_an_id_cannot_attack_the_terminal(modeltui: Line) -> None:
    modeltui("rollout", KLING, "0", "--allow", "\x1b[31mred")
    assert "\x1b" not in modeltui("rollout", KLING, "0", "--allow", "\x1b[31mred", "--dry-run").out
    modeltui("apply", "--yes")
    shown = modeltui("rollout").out
    assert "\x1b" not in shown
    assert "red" in shown
    assert modeltui("rollout", KLING, "--who", "\udc9b").code == 1


@pytest.mark.parametrize(
    "words",
    [
        [KLING, "101"],
        [KLING, "ten"],
        [KLING, "-1"],
        ["--allow", "ann"],
        ["--off", "--yes"],
        [KLING, "10", "--off"],
        [KLING, "10", "--who", "ann"],
        [KLING, "--allow", "ann", "--deny", "ann"],
        [KLING, "--allow", " "],
        [KLING, "--who", "ann", "--off"],
        [KLING, "10", "--yes"],
        [KLING, "10", "--reason", "why"],
        [KLING, "--dry-run"],
        [KLING, "10", "--format", "json"],
        [KLING, "--off"],
        ["a", "b", "c"],
    ],
)
def test_wrong_use_is_said(modeltui: Line, words: list[str]) -> None:
    assert modeltui("rollout", *words).code == 2
    assert pending(modeltui) == {}


# Off


def test_off_is_applied_at_once_and_nothing_else_is(modeltui: Line) -> None:
    modeltui("rollout", KLING, "50")
    modeltui("set", FLUX, "order=7")
    ran = modeltui("rollout", KLING, "--off", "--yes", "--reason", "it fails", "--format", "json")
    assert ran.code == 0
    assert ran.json["files"] == [f"models/{KLING}.toml"]
    assert modeltui.file(KLING).read_text().endswith("\n[rollout]\npercent = 0\n")
    assert pending(modeltui) == {FLUX: {"order": 7}}
    record = modeltui("history", "--format", "json").json[0]
    assert (record["id"], record["reason"]) == (ran.json["id"], "it fails")
    assert [(change["field"], change["new"]) for change in record["changes"]] == [("rollout", {"percent": 0})]
    assert modeltui("rollout", KLING, "--off", "--yes").err == "off already; nothing was applied\n"
    assert modeltui("rollback", ran.json["id"]).code == 0
    assert pending(modeltui)[KLING] == {"rollout": None}


def test_off_does_not_take_along_what_else_waits_for_the_model(modeltui: Line) -> None:
    modeltui("set", KLING, "order=9", "version=2")
    before = modeltui.file(KLING).read_text()
    ran = modeltui("rollout", KLING, "--off", "--yes")
    assert ran.code == 1
    assert "Kling 2.6 has other pending changes: order, version" in ran.err
    assert f"modeltui discard {KLING}" in ran.err
    assert modeltui.file(KLING).read_text() == before
    assert pending(modeltui) == {KLING: {"order": 9, "version": "2"}}


def test_off_of_several_leaves_out_who_refuses(modeltui: Line) -> None:
    ran = modeltui("rollout", "provider:kie_ai", "--off", "--yes")
    assert ran.code == 0
    assert f"skipped {VEO}" in ran.err
    assert "2 files off" in ran.err
    assert "rollout" not in modeltui.file(VEO).read_text()
    refused = [row for row in modeltui("history", "--audit", "--format", "json").json if row["what"] == "refused"]
    assert refused[0]["keys"] == [VEO]


def test_off_says_who_stays_on(modeltui: Line) -> None:
    table(modeltui, KLING, 'percent = 10\nallow = ["ann", "bob"]\ndeny = ["bob"]')
    ran = modeltui("rollout", KLING, "--off", "--yes")
    assert "warning: Kling 2.6 stays on for ann, by its allow list" in ran.err
    modeltui("rollout", KLING, "1")
    ran = modeltui("rollout", KLING, "--off", "--yes")
    assert "is off, and what is pending takes it to 1 % again" in ran.err


def test_off_keeps_to_the_policy(modeltui: Line, catalog: Path) -> None:
    write(catalog / "catalog.toml", SETTINGS.replace("false", "true"))
    ran = modeltui("rollout", KLING, "--off", "--yes")
    assert ran.code == 2
    assert "wants a reason" in ran.err
    write(catalog / "catalog.toml", f"{SETTINGS}\n[policy.limits]\napply_files = 1\n")
    assert modeltui("rollout", "provider:kie_ai", "--off", "--yes").code == 2
    assert modeltui("rollout", "provider:kie_ai", "--off", "--yes", "--confirm", "2").code == 0
    write(catalog / "catalog.toml", f'{SETTINGS}\n[policy.roles]\nadmin = ["nobody-here"]\n')
    assert modeltui("rollout", KLING, "--off", "--yes").code == 1
    assert modeltui("rollout", KLING, "50").code == 1


def test_off_is_asked_about_and_shown(modeltui: Line, typed: Callable[[str], None]) -> None:
    ran = modeltui("rollout", KLING, "--off", "--dry-run")
    assert "+percent = 0" in ran.out
    typed("no reason\nn\n")
    ran = modeltui("rollout", KLING, "--off")
    assert (ran.code, "rollout" in modeltui.file(KLING).read_text()) == (1, False)
    typed("broken upstream\ny\n")
    assert modeltui("rollout", KLING, "--off").code == 0
    assert modeltui("history", "--format", "json").json[0]["reason"] == "broken upstream"


def test_a_read_only_session_does_neither(modeltui: Line) -> None:
    assert modeltui("--read-only", "rollout", KLING, "10").code == 1
    assert modeltui("--read-only", "rollout", KLING, "--off", "--yes").code == 1
    assert modeltui("--read-only", "rollout", KLING).code == 0


# As any field


def test_it_is_filtered_sorted_shown_and_set_as_any_field(modeltui: Line) -> None:
    table(modeltui, KLING, "percent = 10")
    table(modeltui, FLUX, "percent = 0.5")
    for query in ("rollout.percent<100", "rollout<=10", "rollout:*"):
        assert [row["key"] for row in modeltui("list", query, "--format", "json").json] == [FLUX, KLING], query
    assert modeltui("list", "rollout.percent<1", "--columns", "key,rollout").out.split() == [
        *("Key", "Rollout"),
        *(FLUX, "0.5", "%"),
    ]
    assert modeltui("list", "rollout:*", "--sort", "-rollout", "--columns", "rollout.percent").out.split() == [
        *("Rollout", "10", "%", "0.5", "%"),
    ]
    assert modeltui("set", KLING, "rollout.percent=20").code == 0
    assert modeltui("set", KLING, "rollout.percent=120").code == 1
    assert modeltui("set", KLING, 'rollout.allow=["a"]', 'rollout.deny=["a"]').code == 1
    assert modeltui("set", KLING, "--unset", "rollout").code == 0
    assert pending(modeltui) == {KLING: {"rollout": None}}


def test_check_names_what_is_wrong(modeltui: Line) -> None:
    table(modeltui, KLING, 'percent = 120\nallow = ["a", "a"]\nsalt = 3')
    table(modeltui, FLUX, 'percent = 10\nallow = ["a"]\ndeny = ["a"]')
    codes = {
        (row["code"], row["field"])
        for row in modeltui("check", "--format", "json").json
        if (row["field"] or "").startswith("rollout")
    }
    assert codes == {
        ("bad-value", "rollout.percent"),
        ("repeated-value", "rollout.allow"),
        ("wrong-type", "rollout.salt"),
        ("allowed-and-denied", "rollout.allow"),
    }


def test_a_default_for_a_part_is_a_warning_unless_it_is_inactive(modeltui: Line) -> None:
    for key, active in ((KLING, "true"), (FLUX, "false")):
        file = modeltui.file(key)
        file.write_text(file.read_text().replace("default = false", "default = true"))
        table(modeltui, key, "percent = 10")
        assert f"active = {active}" in file.read_text()
    rows = [row for row in modeltui("check", "--format", "json").json if row["code"] == "default-in-part"]
    assert [(row["severity"], row["path"], row["field"]) for row in rows] == [
        ("warning", f"models/{KLING}.toml", "rollout.percent")
    ]
    assert f"modeltui rollout {KLING} 100" in rows[0]["hint"]


def test_the_last_step_is_said_and_ends_with_the_default(modeltui: Line) -> None:
    default, new = modeltui.file(VEO), modeltui.file(KLING)
    default.write_text(default.read_text().partition("\n[lock]")[0].replace("default = false", "default = true"))
    new.write_text(new.read_text().replace("default = true", "default = false"))
    before = new.read_text()
    table(modeltui, KLING, 'percent = 50\nallow = ["ann"]')
    ran = modeltui("rollout", KLING, "100")
    assert "everybody gets it before Veo 3.1, the default; `modeltui default` makes it that one" in ran.err
    modeltui("apply", "--yes")
    [row] = [row for row in modeltui("check", "--format", "json").json if row["code"] == "before-default"]
    assert (row["path"], row["severity"]) == (f"models/{KLING}.toml", "warning")
    assert modeltui("default", KLING).code == 0
    gone = {"percent": 100, "allow": ["ann"]}
    rows = {row["key"]: row["changes"] for row in modeltui("pending", "--format", "json").json}
    assert {"field": "rollout", "old": gone, "new": None} in rows[KLING]
    modeltui("apply", "--yes")
    assert new.read_text() == before.replace("default = false", "default = true")
    assert "before-default" not in modeltui("check", "--format", "json").out


def test_a_former_default_does_not_come_back_by_its_rollout(modeltui: Line) -> None:
    default, new = modeltui.file(KLING), modeltui.file(VEO)
    new.write_text(new.read_text().partition("\n[lock]")[0])
    table(modeltui, VEO, 'percent = 100\ndeny = ["cid"]')
    default.write_text(default.read_text().replace("default = false", "default = true"))
    before = default.read_text()
    table(modeltui, KLING, "percent = 100")
    assert modeltui("default", VEO).code == 0
    modeltui("apply", "--yes")
    assert default.read_text() == before.replace("default = true", "default = false")
    assert state(modeltui, VEO)["rollout"]["deny"] == ["cid"], "who is kept out stays out"


@pytest.mark.parametrize("caller", ["", "  "])
def test_who_is_nobody_is_refused(modeltui: Line, caller: str) -> None:
    ran = modeltui("rollout", KLING, "--who", caller)
    assert ran.code == 2
    assert "a caller is a text that is not blank" in ran.err


def test_many_names_are_cut_in_the_table_and_whole_as_json(modeltui: Line) -> None:
    names = [f"user-{number:03}" for number in range(500)]
    table(modeltui, KLING, f"percent = 1\nallow = {names}")
    assert "user-000, user-001, user-002, user-003 and 496 more" in modeltui("rollout").out
    assert max(map(len, modeltui("rollout").out.splitlines())) < 200
    assert state(modeltui, KLING)["rollout"]["allow"] == names
