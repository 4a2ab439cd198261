"""`apply`, `recover` and `history`: what is asked, what is written, what is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from cli.small import FLUX, KLING, VEO, Line


def _want_a_reason(modeltui: Line) -> None:
    path = modeltui.root / "catalog.toml"
    path.write_text(path.read_text().replace("reason_required = false", "reason_required = true"))


def test_an_empty_queue_is_done(modeltui: Line) -> None:
    ran = modeltui("apply")
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing is pending\n")
    assert modeltui("apply", "--format", "json").json == {"id": None, "files": [], "commit": None}


def test_apply_writes_only_the_touched_line(modeltui: Line) -> None:
    before = modeltui.file(KLING).read_text()
    modeltui("disable", KLING)
    ran = modeltui("apply", "--yes", "--reason", "too slow", "--format", "json")
    assert ran.code == 0
    assert modeltui.file(KLING).read_text() == before.replace("active = true ", "active = false ")
    assert ran.json == {"id": ran.json["id"], "files": [f"models/{KLING}.toml"], "commit": None}
    assert ran.json["id"]
    assert f"applied {ran.json['id']}: 1 file" in ran.err
    assert modeltui("pending", "--format", "json").json == []


def test_history_tells_who_when_why_and_what(modeltui: Line) -> None:
    assert modeltui("history", "--format", "json").json == []
    modeltui("disable", KLING)
    first = modeltui("apply", "-y", "--reason", "too slow", "--format", "json").json
    modeltui("set", FLUX, "order=4", "--unset", "family")
    modeltui("apply", "-y")
    rows = modeltui("history", "--format", "json").json
    assert [row["reason"] for row in rows] == ["", "too slow"]
    old = rows[1]
    assert set(old) == {"id", "at", "by", "reason", "commit", "commit_error", "changes"}
    assert (old["id"], old["commit"]) == (first["id"], None)
    assert old["changes"] == [{"key": KLING, "field": "active", "old": True, "new": False}]
    assert [(change["field"], change["new"]) for change in rows[0]["changes"]] == [("order", 4), ("family", None)]
    assert [row["id"] for row in modeltui("history", KLING, "--format", "json").json] == [first["id"]]
    text = modeltui("history", KLING).out.splitlines()
    assert text[0].endswith("  too slow")
    assert text[1:] == [f"    ~ {KLING}  active: true → false"]


def test_history_of_a_model_that_is_gone_or_never_was(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui("apply", "-y")
    modeltui.file(KLING).unlink()
    assert len(modeltui("history", KLING, "--format", "json").json) == 1
    assert modeltui("history", "never/was").code == 1
    assert modeltui("history", VEO).err == "nothing was applied yet\n"


def test_without_a_terminal_the_question_is_exit_2(modeltui: Line) -> None:
    modeltui("disable", KLING)
    ran = modeltui("apply", "--reason", "why")
    assert (ran.code, ran.out) == (2, "")
    assert "--yes" in ran.err
    assert "active = true" in modeltui.file(KLING).read_text()


def test_at_a_terminal_it_asks_once_with_numbers(modeltui: Line, typed: Callable[[str], None]) -> None:
    modeltui("disable", KLING)
    typed("\n\n")
    ran = modeltui("apply")
    assert (ran.code, ran.err) == (1, "Why? Apply 1 file (1 update)? [y/N] nothing was applied; all stays pending\n")
    typed("too slow\ny\n")
    assert modeltui("apply").code == 0
    assert modeltui("history", "--format", "json").json[0]["reason"] == "too slow"


def test_a_policy_that_wants_a_reason(modeltui: Line) -> None:
    _want_a_reason(modeltui)
    modeltui("disable", KLING)
    ran = modeltui("apply", "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: this catalogue wants a reason for every apply\n\nhint: ")
    assert modeltui("apply", "--yes", "--reason", " ").code == 2
    assert modeltui("apply", "--yes", "--reason", "because").code == 0


def test_dry_run_shows_and_writes_nothing(modeltui: Line) -> None:
    before = modeltui.file(KLING).read_bytes()
    modeltui("disable", KLING)
    ran = modeltui("apply", "--dry-run")
    assert ran.code == 0
    assert "+active = false     # on or off" in ran.out.splitlines()
    assert ran.err == "1 file would be written; nothing was\n"
    found = modeltui("apply", "--dry-run", "--format", "json").json
    assert found == {"id": None, "files": [f"models/{KLING}.toml"], "commit": None}
    assert modeltui.file(KLING).read_bytes() == before
    assert len(modeltui("pending", "--format", "json").json) == 1


def test_a_stale_file_is_exit_3_and_nothing_is_written(modeltui: Line) -> None:
    modeltui("disable", KLING)
    modeltui("enable", FLUX)
    later = modeltui.file(KLING).read_text() + "# later\n"
    modeltui.file(KLING).write_text(later)
    for words in (["apply", "--yes"], ["apply", "--dry-run"], ["apply", "--yes", "--format", "json"]):
        assert modeltui(*words).code == 3
    assert modeltui.file(KLING).read_text() == later
    assert "active = false" in modeltui.file(FLUX).read_text()
    assert len(modeltui("pending", "--format", "json").json) == 2


def test_edits_behind_an_unlock_wait_for_it(modeltui: Line) -> None:
    modeltui("unlock", VEO)
    assert modeltui("disable", VEO).code == 1
    assert modeltui("apply", "--yes").code == 0
    assert "[lock]" not in modeltui.file(VEO).read_text()
    assert modeltui("disable", VEO).code == 0


def test_a_lock_that_was_applied_holds(modeltui: Line) -> None:
    modeltui("lock", KLING, "--reason", "in production")
    modeltui("apply", "--yes")
    assert 'digest = "sha256:' in modeltui.file(KLING).read_text()
    assert modeltui("disable", KLING).code == 1


def test_in_git_there_is_one_commit_with_the_reason(modeltui: Line) -> None:
    _git(modeltui, "init", "-q")
    _git(modeltui, "add", "models", "providers", "catalog.toml")
    _git(modeltui, "commit", "-qm", "start")
    modeltui("disable", KLING)
    modeltui("enable", FLUX)
    ran = modeltui("apply", "--yes", "--reason", "swap", "--format", "json")
    assert ran.code == 0
    assert ran.json["commit"] == _git(modeltui, "rev-parse", "HEAD").strip()
    assert _git(modeltui, "rev-list", "--count", "HEAD").strip() == "2"
    assert "swap" in _git(modeltui, "log", "-1", "--format=%B")
    assert modeltui("history", "--format", "json").json[0]["commit"] == ran.json["commit"]


def test_recover_with_nothing_to_do_is_done(modeltui: Line) -> None:
    ran = modeltui("recover")
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing to recover\n")


def _git(modeltui: Line, *words: str) -> str:
    return subprocess.run(["git", "-C", str(modeltui.root), *words], check=True, capture_output=True, text=True).stdout
