"""`conflicts`, `rebase`, `drift`, and what others have pending."""

from __future__ import annotations

import subprocess

import pytest

from cli.small import FLUX, KLING, VEO, Line
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.pending.queue import Step
from modeltui.storage.queue_file import QueueFile


@pytest.fixture
def stale(modeltui: Line) -> Line:
    """kling: my order clashes with theirs, my active is clean."""
    modeltui("set", KLING, "order=7", "active=false")
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace("order = 2", "order = 5"))
    return modeltui


def test_no_conflict(modeltui: Line) -> None:
    modeltui("disable", KLING)
    assert modeltui("conflicts").err == "nothing is in conflict\n"
    assert modeltui("conflicts", "--format", "json").json == []
    assert modeltui("rebase", "--all").err == "nothing is in conflict\n"


def test_conflicts_as_text_has_three_sides(stale: Line) -> None:
    assert stale("conflicts").out.splitlines() == [
        f"~ {KLING}: the file changed since the edit was queued",
        "    order: conflict",
        "        base    2",
        "        theirs  5",
        "        mine    7",
        "    active: clean",
        "        base    true",
        "        theirs  true",
        "        mine    false",
    ]


def test_conflicts_as_json_has_the_names_of_the_contract(stale: Line) -> None:
    [row] = stale("conflicts", KLING, "--format", "json").json
    assert (row["key"], row["path"]) == (KLING, f"models/{KLING}.toml")
    assert row["problem"] == "the file changed since the edit was queued"
    assert row["fields"][0] == {"field": "order", "base": 2, "theirs": 5, "mine": 7, "state": "conflict"}


def test_a_stale_apply_names_the_ways_out(stale: Line) -> None:
    ran = stale("apply", "--yes")
    assert ran.code == 3
    assert all(f"`modeltui {name}`" in ran.err for name in ("conflicts", "rebase", "discard"))


def test_rebase_is_exit_3_while_something_stays(stale: Line) -> None:
    ran = stale("rebase", "--all")
    assert ran.code == 3
    assert ran.err.startswith(f"left {KLING}: both sides changed order (")
    assert ran.err.endswith("1 left in conflict\n")
    ran = stale("rebase", KLING, "--mine")
    assert (ran.code, ran.err) == (0, "1 model rebased\n")
    assert stale("apply", "--yes").code == 0
    assert "order = 7" in stale.file(KLING).read_text()


def test_rebase_needs_to_know_what(stale: Line) -> None:
    assert stale("rebase").code == 2
    assert stale("rebase", KLING, "--all").code == 2
    assert stale("rebase", FLUX).code == 1


def test_the_file_of_a_model_that_moved_is_followed(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui.file(KLING).rename(modeltui.file("prompt_to_video/kling-3"))
    assert modeltui("conflicts", "--format", "json").json[0]["moved_to"] == "prompt_to_video/kling-3"
    assert modeltui("rebase", KLING).code == 3
    assert modeltui("rebase", KLING, "--follow").code == 0
    assert [row["key"] for row in modeltui("pending", "--format", "json").json] == ["prompt_to_video/kling-3"]


def test_what_others_have_pending(modeltui: Line) -> None:
    modeltui("disable", KLING)
    mine = modeltui("pending", "--format", "json").json
    base = QueueFile(str(modeltui.root), mine[0]["queued_by"]).load().changes[0]
    theirs = Change(
        id="1",
        key=KLING,
        path=base.path,
        action=Action.UPDATE,
        base=base.base,
        edits=(Edit(("order",), 2, 3),),
        by="bob\x1b",
        at=base.at,
    )
    QueueFile(str(modeltui.root), "bob\x1b").take(Step("x", added=(theirs,)))
    assert modeltui("pending", "--format", "json").json == mine
    assert modeltui("pending", "--all-users").out.splitlines()[-2:] == ["bob\\e: 1 pending", f"    ~ {KLING}"]
    rows = modeltui("pending", "--all-users", "--format", "json").json
    assert [row["queued_by"] for row in rows] == [mine[0]["queued_by"], "bob\x1b"]
    modeltui("discard", "--all")
    assert modeltui("pending", "--all-users").err == "nothing of yours is pending\n"


def _lock_in_git(modeltui: Line) -> None:
    for words in (["init", "-q"], ["add", "models", "providers", "catalog.toml"], ["commit", "-qm", "start"]):
        subprocess.run(["git", "-C", modeltui.root, *words], check=True, capture_output=True)
    modeltui("lock", KLING, "--reason", "live")
    assert modeltui("apply", "--yes").code == 0


def test_drift_names_what_changed_behind_the_lock(modeltui: Line) -> None:
    _lock_in_git(modeltui)
    ran = modeltui("drift")
    assert (ran.code, ran.out, ran.err) == (0, "", "every lock holds\n")
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace("order = 2", "order = 5"))
    ran = modeltui("drift", KLING)
    assert (ran.code, ran.err) == (1, "1 locked file changed behind the lock\n")
    assert ran.out.splitlines()[1] == "    order: 2 → 5"
    [row] = modeltui("drift", "--format", "json").json
    assert row["changes"] == [{"field": "order", "from": 2, "to": 5}]
    assert (row["complete"], row["restorable"], row["reason"]) == (True, True, "live")


def test_drift_is_settled_by_locking_anew_or_by_what_was_locked(modeltui: Line) -> None:
    _lock_in_git(modeltui)
    path = modeltui.file(KLING)
    path.write_text(path.read_text().replace("order = 2", "order = 5"))
    assert modeltui("drift", KLING, "--restore", "--relock").code == 2
    assert modeltui("drift", "--restore").code == 2
    assert modeltui("drift", KLING, "--restore").err == "1 model queued\n"
    assert "+order = 2" in modeltui("pending", "--format", "diff").out.splitlines()
    assert modeltui("drift", KLING, "--relock", "--reason", "the new order is right").code == 0
    assert modeltui("apply", "--yes").code == 0
    assert modeltui("drift").code == 0
    assert modeltui("drift", VEO, "--relock").err == "0 models queued, 1 already so\n"


def test_history_tells_locks_in_words(modeltui: Line) -> None:
    modeltui("lock", KLING, "--reason", "in production")
    modeltui("apply", "--yes")
    modeltui("unlock", KLING, VEO, "--reason", "new prices")
    assert modeltui("unlock", KLING, "--reason", "new prices").code == 0
    assert modeltui("apply", "--yes").code == 0
    unlocked, how, locked, why = modeltui("history").out.splitlines()
    assert unlocked.endswith("  new prices")
    assert how.startswith(f"    ~ {KLING}  unlocked; it was locked by ")
    assert how.endswith(" (in production)")
    assert locked.endswith("  (no reason)")
    assert why == f"    ~ {KLING}  locked (in production)"


def test_the_reason_of_an_unlock_is_reason_enough(modeltui: Line) -> None:
    path = modeltui.root / "catalog.toml"
    path.write_text(path.read_text().replace("reason_required = false", "reason_required = true"))
    modeltui("unlock", VEO, "--reason", "new prices")
    assert modeltui("apply", "--yes").code == 0
