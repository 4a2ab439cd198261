"""`history` and `rollback`: what is told, what is queued, what a walk of the audit log says."""

from __future__ import annotations

import json
import subprocess

from cli.small import FLUX, KLING, VEO, Line


def _git(modeltui: Line, *words: str) -> str:
    return subprocess.run(["git", "-C", str(modeltui.root), *words], check=True, capture_output=True, text=True).stdout


def _apply(modeltui: Line, reason: str = "") -> str:
    name: str = modeltui("apply", "-y", "--reason", reason, "--format", "json").json["id"]
    return name


def test_the_newest_and_what_holds_words(modeltui: Line) -> None:
    modeltui("disable", KLING)
    _apply(modeltui, "too slow")
    modeltui("set", FLUX, "order=4")
    _apply(modeltui, "sorted")
    ran = modeltui("history", "--limit", "1", "--format", "json")
    assert [row["reason"] for row in ran.json] == ["sorted"]
    assert ran.err == "the newest 1; --limit 0 shows all\n"
    assert [row["reason"] for row in modeltui("history", "--find", "SLOW kling", "--format", "json").json] == [
        "too slow"
    ]
    assert modeltui("history", "--find", "nobody").err == "nothing matches\n"
    assert modeltui("history", "--limit", "-1").code == 2


def test_commits_by_hand_are_told_once_and_safely(modeltui: Line) -> None:
    _git(modeltui, "init", "-q")
    _git(modeltui, "add", "models", "providers", "catalog.toml")
    _git(modeltui, "commit", "-qm", "start")
    modeltui("disable", KLING)
    own = _apply(modeltui, "mine")
    path = modeltui.file(FLUX)
    path.write_text(path.read_text().replace('base = "5"', 'base = "6"'))
    _git(modeltui, "commit", "-qam", "dearer\x1b]0;x\x07", "--author=Bob\x1b[31m <b@x>")
    rows = modeltui("history", "--format", "json").json
    hand = _git(modeltui, "rev-parse", "HEAD").strip()
    assert [row["id"] for row in rows] == [hand, own, _git(modeltui, "rev-parse", "HEAD~2").strip()]
    assert set(rows[0]) == set(rows[1]) == {"id", "at", "by", "reason", "commit", "commit_error", "changes"}
    assert rows[0]["changes"] == [{"key": FLUX, "field": "cost.base", "old": "5", "new": "6"}]
    assert rows[0]["commit"] == hand
    text = modeltui("history", "--limit", "1").out
    assert "\x1b" not in text
    assert text.splitlines()[0].startswith(f"{hand[:12]}  ")
    assert 'cost.base: "5" → "6"' in text


def test_a_diff_of_two_moments(modeltui: Line) -> None:
    modeltui("set", FLUX, "order=4")
    one = _apply(modeltui)
    modeltui("set", FLUX, "order=5", "name=Two")
    two = _apply(modeltui)
    ran = modeltui("history", "--diff", f"{one}..{two}", "--format", "json")
    assert ran.json == {
        "from": one,
        "to": two,
        "complete": False,
        "changes": [
            {"key": FLUX, "field": "name", "old": "Flux", "new": "Two"},
            {"key": FLUX, "field": "order", "old": 4, "new": 5},
        ],
    }
    assert modeltui("history", FLUX, "--diff", f"{one}..").out.splitlines() == [
        f'~ {FLUX}  name: "Flux" → "Two"',
        f"~ {FLUX}  order: 4 → 5",
    ]
    assert modeltui("history", KLING, "--diff", f"{one}..").err.splitlines()[0] == "nothing differs"
    assert modeltui("history", "--diff", one).code == 2
    assert modeltui("history", "--diff", "nothing..").code == 1


def test_rollback_queues_and_writes_nothing(modeltui: Line) -> None:
    before = modeltui.file(KLING).read_bytes()
    modeltui("disable", KLING)
    modeltui("set", FLUX, "order=4", "name=Two")
    name = _apply(modeltui)
    after = modeltui.file(KLING).read_bytes()
    ran = modeltui("rollback", name)
    assert (ran.code, ran.out, ran.err) == (0, "", "2 models queued\n")
    assert modeltui.file(KLING).read_bytes() == after
    modeltui("undo")
    assert modeltui("pending", "--format", "json").json == []
    assert modeltui("rollback", name, "--model", FLUX, "--field", "order").code == 0
    [row] = modeltui("pending", "--format", "json").json
    assert [(change["field"], change["new"]) for change in row["changes"]] == [("order", 1)]
    modeltui("discard", "--all")
    modeltui("rollback", name, "--model", KLING)
    _apply(modeltui)
    assert modeltui.file(KLING).read_bytes() == before
    assert modeltui("rollback", name, "--model", KLING).err == "0 models queued, 1 already so\n"


def test_rollback_says_what_it_refuses(modeltui: Line) -> None:
    modeltui("set", FLUX, "order=4", "name=Two")
    name = _apply(modeltui)
    modeltui("set", FLUX, "order=5")
    _apply(modeltui)
    ran = modeltui("rollback", name)
    assert ran.code == 0
    assert ran.err.startswith(f"skipped {FLUX}: order: changed later by ")
    modeltui("discard", "--all")
    ran = modeltui("rollback", name, "--field", "order")
    assert ran.code == 1
    assert "--even-if-changed" in ran.err
    assert modeltui("rollback", name, "--field", "order", "--even-if-changed").code == 0
    assert modeltui("rollback", "nothing").code == 1
    assert modeltui("rollback", name, "--model", VEO).code == 2
    modeltui("discard", "--all")
    modeltui("lock", FLUX, "--reason", "hold")
    _apply(modeltui)
    ran = modeltui("rollback", name)
    assert ran.code == 1
    assert "locked" in ran.err


def test_the_audit_log_and_its_walk(modeltui: Line) -> None:
    assert modeltui("history", "--verify").code == 0
    for order in ("4", "5", "6"):
        modeltui("set", FLUX, f"order={order}")
        name = _apply(modeltui, f"to {order}")
    rows = modeltui("history", "--audit", "--format", "json").json
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert set(rows[0]) == {"number", "at", "by", "host", "what", "subject", "detail", "keys"}
    assert (rows[0]["what"], rows[0]["subject"], rows[0]["keys"]) == ("apply", name, [FLUX])
    ran = modeltui("history", "--audit", "--limit", "1")
    assert ran.out.count("\n") == 1
    assert ran.err == "the newest 1 of 3; --limit 0 shows all\n"
    ran = modeltui("history", "--verify", "--format", "json")
    assert ran.json == {"intact": True, "entries": 3, "broken": None, "entry": None, "notes": []}
    log = modeltui.root / ".modeltui/audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + lines[2])
    ran = modeltui("history", "--verify")
    assert ran.code == 1
    assert "entry 2 is missing" in ran.err
    ran = modeltui("history", "--verify", "--format", "json")
    assert (ran.code, json.loads(ran.out)["entry"]) == (1, 2)
    assert modeltui("history", "--verify", "--audit").code == 2
